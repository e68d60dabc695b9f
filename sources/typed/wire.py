"""What of a body is decoded: a tree of attributes, and the msgspec types that it comes to.

An attribute is either decoded as plain data, or as a Struct of those of its own attributes that somebody reads; all
others are skipped by the decoder. Whatever stands where an object is expected is decoded too, as plain data: a value of
the wrong type is for whoever reads it to judge, and never spoils the rest.
"""

from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Any

from msgspec import UNSET, defstruct

SCALARS = (type(None), bool, int, float, str)


class Attribute:
    """One attribute, or the whole of a row; `names` are the attributes within that are read."""

    def __init__(self) -> None:
        self.names: dict[str, Attribute] = {}
        self.plain = False
        self._struct: type | None = None

    def below(self, names: Sequence[str]) -> "Attribute":
        """The attribute at a dotted path, which will be decoded."""
        found = self
        for name in names:
            found = found.names.setdefault(name, Attribute())
        return found

    @property
    def struct(self) -> type | None:
        """The Struct as which objects are decoded; None where all is plain. No names can be added any more."""
        if self._struct is None and self.names and not self.plain:
            fields = [(self.field(name), one.type, UNSET) for name, one in self.names.items()]
            spelt = {self.field(name): name for name in self.names}
            self._struct = defstruct("Wire", fields, rename=spelt, eq=False, gc=False)
        return self._struct

    @property
    def type(self) -> Any:
        """What is decoded: a Struct for an object, several of them for a list; or plain data."""
        struct = self.struct
        return Any if struct is None else _anything(struct, list[_anything(struct, list[Any])])  # type: ignore[misc]

    def field(self, name: str) -> str:
        """The name of a Struct's field, which is an identifier whatever the attribute is called."""
        return f"f{list(self.names).index(name)}"


def _anything(struct: type, listed: Any) -> Any:
    return reduce(or_, (*SCALARS[1:], listed), struct | SCALARS[0])
