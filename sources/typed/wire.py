"""What of a body is decoded: a tree of attributes, and the msgspec types that it comes to.

An attribute is either decoded as plain data, or as a Struct of those of its own attributes that somebody reads; all
others are skipped by the decoder. Whatever stands where an object is expected is decoded too, as plain data: a value of
the wrong type is for whoever reads it to judge, and never spoils the rest.

A strict tree holds values to what all their readers expect, so that nobody need look at them again. A body that is
otherwise in any place is refused as a whole, and to be decoded by a tree that is not. Things within rows that have to
say something in particular are decoded as what they become, where that can be.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, defstruct

from sources.typed.forms import TIMES
from sources.typed.unfinished import unfinished
from sources.typed.words import is_words

SCALARS = (type(None), bool, int, float, str)
_AWARE = Annotated[datetime, Meta(tz=True)]


class Attribute:
    """One attribute, or the whole of a row; `names` are the attributes within that are read.

    strict: whether it is held to what is expected. things: whether it is a list of objects, and needed: whether it has
    to be there, as far as its reader expects; rows: whether it is one object, or a list of them. All count where it is
    strict.
    """

    def __init__(self, *, strict: bool = False) -> None:
        self.names: dict[str, Attribute] = {}
        self.strict = strict
        self.plain = self.things = self.needed = self.rows = False
        self._struct: type | None = None
        self._thing: type[Struct] | None = None
        self._fields: Mapping[str, str] = {}
        self._kinds: set[type | None] = set()

    def below(self, names: Sequence[str]) -> "Attribute":
        """The attribute at a dotted path, which will be decoded; what stands on the way is not held to be a value."""
        found = self
        for name in names:
            if found is not self:
                found.expect(None)
            found = found.names.setdefault(name, Attribute(strict=self.strict))
        return found

    def are(self, kind: type[Struct], fields: Mapping[str, str]) -> None:
        """Each of the objects of the list becomes a thing of the model; fields: attribute -> what is read from it."""
        self._thing, self._fields = kind, fields if self._thing is None else {}

    @property
    def thing(self) -> type[Struct] | None:
        """The model's class of the things that are decoded as such, under the names of the system."""
        held = self.strict and self.things and self._fields.keys() == self.names.keys()
        return self._thing if held and not any(one.needed and one.kind is None for one in self.names.values()) else None

    def expect(self, kind: type | None) -> None:
        """Somebody reads it who expects a value of this kind, or null; None for whoever expects nothing."""
        self._kinds.add(kind)

    @property
    def kind(self) -> type | None:
        """What all expect who read it, and what it is held to; what is read in several ways is as it is written."""
        kinds = self._kinds if len(self._kinds) == 1 else set(map(_written, self._kinds))
        return next(iter(kinds)) if self.strict and len(kinds) == 1 else None

    @property
    def kinds(self) -> Iterator[type | None]:
        """What all attributes within are held to."""
        for one in self.names.values():
            yield one.kind
            yield from one.kinds

    @property
    def struct(self) -> type | None:
        """The Struct as which objects are decoded; None where all is plain. No names can be added any more."""
        if self._struct is None and self.names and not self.plain:
            fields = [
                (self.field(name), one.type) if one.strict and one.needed else (self.field(name), one.type, UNSET)
                for name, one in self.names.items()
            ]
            spelt = {self.field(name): name for name in self.names}
            if self.thing is None:
                self._struct = defstruct("Wire", fields, rename=spelt, gc=False, kw_only=True)
            else:
                self._struct = unfinished(self.thing, fields, spelt)
        return self._struct

    @property
    def type(self) -> Any:
        """What is decoded: a Struct for an object, several of them for a list; or plain data."""
        struct, kind = self.struct, self.kind
        if struct is None:
            held: Any = _AWARE if kind is datetime else kind
            return Any if kind is None else held if self.needed else held | None
        if self.strict and self.rows:
            return struct | list[struct]  # type: ignore[valid-type]
        if self.strict and self.things:
            return list[struct] | None  # type: ignore[valid-type]
        return _anything(struct, list[_anything(struct, list[Any])])  # type: ignore[misc]

    def field(self, name: str) -> str:
        """The name of a Struct's field, which is an identifier whatever the attribute is called."""
        return f"f{list(self.names).index(name)}" if self.thing is None else self._fields[name]


def _written(kind: type | None) -> type | None:
    """As what words and times are written."""
    return str if is_words(kind) or kind in TIMES else kind


def _anything(struct: type, listed: Any) -> Any:
    return reduce(or_, (*SCALARS[1:], listed), struct | SCALARS[0])
