"""Where a path of a declaration leads in what is decoded, and how what stands there is taken, as text."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec import Struct

from sources.jmespaths import compile_path, dotted, top_attributes
from sources.typed.wire import Attribute

Bound = Callable[[str, Any], str]
"""Gives a value a name in a text."""


_PLAIN = Attribute()
"""Whatever is in plain data."""


class Inexpressible(Exception):  # noqa: N818 - it says what a declaration is
    """A declaration reads something that only plain data can show."""


class Place:
    """A thing that paths start from: a row, the one around it, a thing within."""

    def __init__(self, attribute: Attribute) -> None:
        self._attribute = attribute

    @property
    def struct(self) -> type | None:
        """As what it is decoded, where it is an object."""
        return self._attribute.struct

    def reads(self, path: str, kind: type | None = None, *, needed: bool = False) -> None:
        """Have what stands at a path decoded as plain data; kind: what is expected to stand there."""
        names = dotted(path)
        tops = [names] if names else [[top] for top in sorted(top_attributes(path) or ())]
        if not tops:
            raise Inexpressible
        for one in tops:
            attribute = self._attribute.below(one)
            attribute.plain = True
            attribute.needed |= needed and len(one) == 1
            attribute.expect(kind if names else None)

    def reads_within(self, path: str | None, *, things: bool = False) -> "Place":
        """Have things at a path decoded as objects, of what is read in the place that is given back."""
        if path is None:
            return self
        names = dotted(path)
        if names is None:
            self.reads(path)
            return Place(Attribute())  # nothing of it is decoded
        found = self._attribute.below(names)
        found.things |= things
        found.expect(None)  # whoever reads the same as a value is not to hold it to that
        return Place(found)

    def within(self, path: str | None) -> "Place | None":
        """Where things at a path are, if they are decoded as objects."""
        names = [] if path is None else dotted(path)
        found = self._attribute
        for name in names if names is not None else [""]:
            if found.plain or name not in found.names:
                return None
            found = found.names[name]
        return None if found.struct is None else Place(found)

    def kind(self, path: str) -> type | None:
        """What stands at a path is held to; None where it may be anything."""
        found: Attribute | None = self._attribute
        for name in dotted(path) or [""]:
            found = found.names.get(name) if found is not None and found.struct is not None else None
        return found.kind if found is not None else None

    def needs(self, path: str) -> bool:
        """Whether something is held to stand at a path of one name."""
        names = dotted(path) or []
        return len(names) == 1 and self._attribute.strict and self._attribute.names[names[0]].needed

    def straight(self, path: str, base: str) -> str | None:
        """An expression for what stands at a path of one name."""
        names = dotted(path) or []
        return f"{base}.{self._attribute.field(names[0])}" if len(names) == 1 else None

    @property
    def thing(self) -> type[Struct] | None:
        """The model's class of the things that are decoded here as such, to be finished in place."""
        return self._attribute.thing

    def are(self, kind: type[Struct], fields: Mapping[str, str]) -> None:
        """Have the things here decoded as a kind of the model's, if they can be; fields: name -> field."""
        self._attribute.are(kind, fields)

    def taking(self, path: str, base: str, v: str, bound: Bound) -> Iterator[str]:
        """The lines that put what stands at a path into a variable: UNSET where that leads nowhere."""
        names = dotted(path)
        if names is None:
            yield from self._picking(path, base, v, bound)
            return
        found = self._attribute
        for place, name in enumerate(names):
            if place == 0:
                yield f"{v} = {base}.{found.field(name)}"
            elif found.struct is not None:
                struct = bound("Wire", found.struct)
                yield f"if {v}.__class__ is {struct}: {v} = {v}.{found.field(name)}"
                yield f"elif {v} is not None: {v} = UNSET"
            else:
                yield f"if {v}.__class__ is dict: {v} = {v}.get({bound('name', name)}, UNSET)"
                yield f"elif {v} is not None: {v} = UNSET"
            found = found.names[name] if found.struct is not None else _PLAIN

    def _picking(self, path: str, base: str, v: str, bound: Bound) -> Iterator[str]:
        """By the path's own getter, in an object of the attributes that it reads."""
        yield f"{v} = {{}}"
        for top in sorted(top_attributes(path) or ()):
            field = f"{base}.{self._attribute.field(top)}"
            yield f"if {field} is not UNSET: {v}[{bound('name', top)}] = {field}"
        yield f"{v} = {bound('get', compile_path(path))}({v})"
        yield f"if {v} is ABSENT: {v} = UNSET"
