"""What a declaration finds in a row: the value at each of its paths, and how that was read."""

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Any

from msgspec import Struct

from sources.answered import AnsweredLookup
from sources.grammar.fields import FieldDeclaration
from sources.grammar.nouns import Shape, shapes
from sources.paths import ABSENT, Wanted
from sources.probing.leaves import Leaf, as_new, leaves
from sources.rows import UNREADABLE, Mapper, Row, Take
from sources.values import Reader, reader, text

Way = tuple[str, ...]
"""The way to a field in the YAML, below its record: `("a_end", "record", "site")`."""
LOOKED_AT = 5
"""So many rows are searched for values that nobody reads."""
LEAVES_AT_MOST = 400


class How(StrEnum):
    """What was found at a field's path."""

    ABSENT = "nothing there"
    NULL = "null"
    READ = "read"
    UNREADABLE = "cannot be read"
    UNKNOWN = "in no vocabulary"


class Sight(Struct, frozen=True):
    """One field of one row. raw: the value as the source wrote it; whole: all that stands where it was taken from."""

    way: Way
    path: str
    how: How
    raw: Any = None
    whole: Any = None


class Unread(Struct, frozen=True):
    """A value in a row that no declared path reads."""

    path: str
    value: str


class Looking:
    """Looks at the rows of one lookup by the paths that are declared for it."""

    def __init__(self, one: AnsweredLookup, namespaces: Mapping[str, str]) -> None:
        self._one = one
        self._mapper: Mapper = one.mapper
        self._known = shapes(one.noun.record)
        self._namespaces = namespaces
        self._takes: dict[tuple[int, Wanted, bool], Take] = {}
        self._readers: dict[int, Reader] = {}
        match = one.match_declared if isinstance(one.match_declared, list) else []
        self._said = [(int(one.of == "parent"), self._mapper.paths.compile(one.at, Wanted.VALUES)) for one in match]

    def sights(self, row: Row) -> Iterator[Sight]:
        """What every field finds in a row; a list within has as many sights as things."""
        for name, declared in self._mapper.declared.items():
            if name != "keys":
                yield from self._field((name,), self._known[name], declared, row)
        keys = self._mapper.declared.get("keys")
        for space, declared in ((keys.record if keys else None) or {}).items():
            yield self._single(("keys", space), declared, row, Wanted.VALUE, text)

    def keys(self, row: Row) -> list[Any]:
        """The keys that a row says that it answers."""
        return list(self._one.match(row)) if self._one.match is not None else []

    def unread(self, rows: Sequence[Row]) -> list[Unread]:
        """The values that no path reads in any of the first rows, each path once."""
        found: dict[str, str] = {}
        read: set[str] = set()
        for row in rows[:LOOKED_AT]:
            before = self._seen(row)
            for number, leaf in enumerate(leaves(row.data, self._namespaces)):
                if number >= LEAVES_AT_MOST:
                    break
                if self._reads(row, leaf, before):
                    read.add(leaf.path)
                else:
                    found.setdefault(leaf.path, leaf.value)
        return [Unread(path, value) for path, value in found.items() if path not in read]

    def _reads(self, row: Row, leaf: Leaf, before: str) -> bool:
        with leaf.disturbed():
            return self._seen(row) != before

    def _seen(self, row: Row) -> str:
        """All that is read of a row, written down."""
        anew = Row(as_new(row.data), as_new(row.parent), row.key)
        fields = [(sight.way, sight.whole) for sight in self.sights(anew)]
        return repr((fields, [get(anew[level]) for level, get in self._said]))

    def _field(self, way: Way, shape: Shape, declared: FieldDeclaration, row: Row) -> Iterator[Sight]:
        if declared.record is None:
            yield self._single(way, declared, row, Wanted.VALUES if shape.many else Wanted.VALUE, shape)
            return
        things = self._things(declared, row, many=shape.many)
        if not things:
            yield Sight(way, declared.each or declared.at or "", How.ABSENT)
        inner = shapes(shape.kind)
        for thing in things:
            for name, one in declared.record.items():
                yield from self._field((*way, "record", name), inner[name], one, Row(thing, thing))

    def _things(self, declared: FieldDeclaration, row: Row, *, many: bool) -> list[Any]:
        found = self._take(declared, Wanted.THINGS if many else Wanted.THING)(row)
        if found is ABSENT or found is None:
            return []
        return list(found) if type(found) is list else [found]

    def _single(self, way: Way, declared: FieldDeclaration, row: Row, wanted: Wanted, shape: Shape | Reader) -> Sight:
        path = declared.at or ("constant" if declared.constant is not None else "key" if declared.of == "key" else "")
        raw = self._take(declared, wanted)(row)
        whole = self._take(declared, wanted, bare=True)(row)
        if raw is ABSENT or raw is None or raw == []:
            return Sight(way, path, How.NULL if raw is None else How.ABSENT, whole=whole)
        read = self._read(declared, shape) if isinstance(shape, Shape) else shape
        try:
            value = read(raw)
        except UNREADABLE:
            return Sight(way, path, How.UNREADABLE, raw, whole)
        known = value if isinstance(value, list) else [value]
        unknown = any(isinstance(one, StrEnum) and one == "UNKNOWN" for one in known)
        return Sight(way, path, How.UNKNOWN if unknown else How.READ, raw, whole)

    def _take(self, declared: FieldDeclaration, wanted: Wanted, *, bare: bool = False) -> Take:
        """How a field's value is taken; bare: without what its pattern and default make of it."""
        known = self._takes.get((id(declared), wanted, bare))
        if known is None:
            plain = declared.model_copy(update={"pattern": None, "default": None}) if bare else declared
            known = self._takes[id(declared), wanted, bare] = self._mapper.taker(plain, wanted)
        return known

    def _read(self, declared: FieldDeclaration, shape: Shape) -> Reader:
        known = self._readers.get(id(declared))
        if known is None:
            mapper = self._mapper
            known = self._readers[id(declared)] = reader(shape, declared, mapper.zone, mapper.source)
        return known
