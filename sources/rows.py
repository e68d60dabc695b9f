"""From rows to records: a record declaration compiled once for the fields that an operation asks for."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import tzinfo
from enum import StrEnum
from typing import Any, NamedTuple

from msgspec import Struct

from model.faults import SourceFault
from model.nouns import Noun
from model.records import Record
from sources.grammar.fields import FieldDeclaration, RecordDeclaration
from sources.grammar.nouns import Shape, shapes
from sources.oddities import Oddities
from sources.paths import ABSENT, ITSELF, Getter, Paths, Wanted
from sources.units import plain
from sources.values import Reader, reader, text

UNREADABLE = (ValueError, TypeError, OverflowError, ArithmeticError)
Nothing = frozenset[str]
"""Texts by which a system says that there is nothing, in small letters and without full-width forms."""


class Row(NamedTuple):
    """One row, the row around it where there is one, and the one key that it answers where that is known.

    fault: what it says in place of an answer.
    """

    data: Any
    parent: Any = None
    key: Any = ABSENT
    fault: SourceFault | None = None


class Take(NamedTuple):
    """How a value is taken: from the row (0), from the one around it (1), or it is the key that the row answers (2).

    By one name where that is all, or by a path.
    """

    level: int
    name: str | None
    get: Getter

    def __call__(self, row: Row) -> Any:
        """What stands there, or ABSENT."""
        return self.get(row[self.level])


Doubt = Callable[[Any], bool]
Plan = tuple[str, int, str | None, Getter, Reader, bool, Doubt | None]
"""A field as the loop over a row's fields unpacks it: its name, where it is taken, how it is read."""


class Field(NamedTuple):
    """One field, compiled. doubtful: whether a value read from the source holds something UNKNOWN."""

    name: str
    take: Take
    read: Reader
    nullable: bool
    doubtful: Doubt | None

    @property
    def plan(self) -> Plan:
        """The field, flat."""
        return (self.name, *self.take, self.read, self.nullable, self.doubtful)


class Mapper:
    """Makes the records of one noun for one source, as its declaration says."""

    def __init__(
        self,
        noun: Noun,
        record: RecordDeclaration,
        paths: Paths,
        *,
        source: str,
        zone: tzinfo | None,
        oddities: Oddities,
        nothing: Nothing = frozenset(),
    ) -> None:
        self.noun = noun
        self.nothing = nothing
        self.paths = paths
        self.source = source
        self.zone = zone
        self.oddities = oddities
        self.declared = record
        self.identity = noun.identity or (noun.id,)
        self.prefix = None if noun.identity else f"{source}:"
        """Goes before native ids, to name things that belong to one source alone."""
        self.fields = frozenset(self.declared) - {"native_id", "keys"}
        self.says_key = any(one.of == "key" for one in (*record.values(), *self.spaces.values()))

    def needed(self, asked: Iterable[str]) -> list[FieldDeclaration]:
        """The declarations that these fields take, with those that every record takes."""
        names = {*asked, *self.identity, "native_id", "keys"}
        return [declared for name, declared in self.declared.items() if name in names]

    def compile(self, asked: frozenset[str], *, raw: bool) -> "RowReader":
        """A reader of rows that fills these fields, and `Record.raw` where it is asked for."""
        known = shapes(self.noun.record)
        fields = [self.field(name, known[name], self.declared[name], self.noun.name) for name in self.names(asked)]
        spaces = {space: self.taker(one, Wanted.VALUE) for space, one in self.spaces.items()}
        return RowReader(self, fields, spaces, raw=raw)

    def names(self, asked: frozenset[str]) -> list[str]:
        """The fields that records get for these: with those that every record takes, but for its keys."""
        return [name for name in self.declared if name in asked or name in self.identity or name == "native_id"]

    @property
    def spaces(self) -> Mapping[str, FieldDeclaration]:
        """Key space -> where a row says its key there."""
        keys = self.declared.get("keys")
        declared = (keys.record if keys else None) or {}
        return {self.source if space == "self" else space: one for space, one in declared.items()}

    def field(self, name: str, shape: Shape, declared: FieldDeclaration, where: str) -> Field:
        """One field, of which `where` is the thing that it is of."""
        where = f"{where}.{name}"
        if declared.record is not None:
            read, doubtful = self._things(shape, declared, where)
            wanted = Wanted.THINGS if shape.many else Wanted.THING
        else:
            read = reader(shape, declared, self.zone, self.source)
            doubtful = _says_unknown(shape)
            wanted = Wanted.VALUES if shape.many else Wanted.VALUE
        return Field(name, self.taker(declared, wanted), read, shape.nullable, doubtful)

    def taker(self, declared: FieldDeclaration, wanted: Wanted) -> Take:
        """How what a field declaration points at is taken."""
        return taker(declared, self.paths, wanted, self.nothing)

    def _things(self, shape: Shape, declared: FieldDeclaration, where: str) -> tuple[Reader, Doubt | None]:
        inner = shapes(shape.kind)
        fields = [self.field(name, inner[name], one, where) for name, one in (declared.record or {}).items()]
        make = _thing(shape.kind, fields, self.oddities, where)
        doubts = [(field.name, field.doubtful) for field in fields if field.doubtful is not None]
        if not shape.many:
            return make, _any_doubt(doubts)

        def every(rows: Any) -> list[Any]:
            found = rows if type(rows) is list else [rows]
            return [thing for thing in map(make, found) if thing is not ABSENT]

        doubt = _any_doubt(doubts)
        return every, None if doubt is None else lambda things: any(map(doubt, things))


class RowReader:
    """Reads rows of one shape into records, with the fields of one ask."""

    def __init__(self, mapper: Mapper, fields: Sequence[Field], spaces: Mapping[str, Take], *, raw: bool) -> None:
        self._record: type[Record] = mapper.noun.record
        self._noun, self._id = mapper.noun.name, mapper.noun.id
        self._source, self._prefix = mapper.source, mapper.prefix
        self._identity = mapper.identity
        self._oddities = mapper.oddities
        self._fields = [field.plan for field in fields]
        self._spaces = list(spaces.items())
        self._raw = raw
        self._told = mapper.paths.told

    def read(self, row: Row) -> Record | None:
        """The record of a row; None for a row that does not say which thing it is about.

        The loop is the hot path of every declared source: single names are looked up in place, and text that
        is to be text is taken as it is.
        """
        values: dict[str, Any] = {}
        raw: dict[str, Any] = {}
        for name, level, only, get, read, nullable, doubtful in self._fields:
            data = row[level]
            found = data.get(only, ABSENT) if only is not None and type(data) is dict else get(data)
            if found is ABSENT:
                continue
            if found is not None:
                if read is text and type(found) is str and not self._raw:
                    values[name] = found
                    continue
                try:
                    value = read(found)
                except UNREADABLE:
                    self._oddities.note("unreadable values", f"{self._noun}.{name}", found)
                    continue
                if value is ABSENT:
                    continue
                if self._raw or (doubtful is not None and value is not None and doubtful(value)):
                    raw[name] = self._told(found)
                found = value
            if found is not None or nullable:
                values[name] = found
        for name in self._identity:
            if values.get(name) in (None, ""):
                self._oddities.note("rows without identity", self._noun)
                return None
        keys = _keys(self._spaces, row)
        if "native_id" in values:
            self._named(values, keys)
        if keys:
            values["keys"] = keys
        if raw:
            values["raw"] = raw
        return self._record(**values)

    def _named(self, values: dict[str, Any], keys: dict[str, str]) -> None:
        """Name the thing by its own key, as everybody knows it."""
        own = keys[self._source] = values["native_id"]
        if self._prefix is not None:
            values[self._id] = self._prefix + own


def taker(declared: FieldDeclaration, paths: Paths, wanted: Wanted, nothing: Nothing = frozenset()) -> Take:
    """How to take what a field declaration points at, where these texts say that there is nothing."""
    if declared.constant is not None:
        constant = declared.constant
        return Take(0, None, lambda data: constant)
    if declared.of == "key":
        return Take(2, None, picking(declared, lambda key: key))
    path = declared.each or declared.at or ITSELF
    level = 1 if declared.of == "parent" else 0
    get = paths.compile(path, wanted)
    picked = picking(declared, get, nothing)
    return Take(level, paths.name(path) if picked is get else None, picked)


def picking(declared: FieldDeclaration, get: Getter, nothing: Nothing = frozenset()) -> Getter:
    """A getter that gives of what is found there what a declaration's pattern and default make of it."""
    if declared.pattern is not None:
        get = _found_by(re.compile(declared.pattern), get)
    if nothing and declared.record is None:
        get = _unless_nothing(get, nothing)
    return get if declared.default is None else _or_else(get, declared.default)


def _unless_nothing(get: Getter, nothing: Nothing) -> Getter:
    def says_nothing(value: Any) -> bool:
        return type(value) is str and plain(value).casefold() in nothing

    def found_or_none(data: Any) -> Any:
        found = get(data)
        if type(found) is list:
            return [one for one in found if not says_nothing(one)]
        return None if says_nothing(found) else found

    return found_or_none


def _found_by(pattern: re.Pattern[str], get: Getter) -> Getter:
    def group(data: Any) -> Any:
        found = get(data)
        if type(found) is list:
            every = [match[1] for one in found if type(one) is str and (match := pattern.search(one))]
            return [one for one in every if one is not None]
        match = pattern.search(found) if type(found) is str else None
        return match[1] if match is not None and match[1] is not None else ABSENT

    return group


def _or_else(get: Getter, default: Any) -> Getter:
    def given_or_default(data: Any) -> Any:
        found = get(data)
        return default if found is ABSENT or found is None else found

    return given_or_default


def _thing(kind: type[Struct], fields: Sequence[Field], oddities: Oddities, where: str) -> Reader:
    plans = [field.plan for field in fields]

    def make(data: Any) -> Any:
        values: dict[str, Any] = {}
        for name, _, only, get, read, nullable, _ in plans:
            found = data.get(only, ABSENT) if only is not None and type(data) is dict else get(data)
            if found is ABSENT:
                continue
            if found is not None:
                try:
                    found = read(found)
                except UNREADABLE:
                    oddities.note("unreadable values", f"{where}.{name}", found)
                    continue
            if found is not None or nullable:
                values[name] = found
        if not values:
            return ABSENT
        try:
            return kind(**values)
        except TypeError:
            oddities.note("rows without identity", where)
            return ABSENT

    return make


def _says_unknown(shape: Shape) -> Doubt | None:
    if not issubclass(shape.kind, StrEnum):
        return None
    unknown = shape.kind("UNKNOWN")
    return (lambda values: unknown in values) if shape.many else lambda value: value is unknown


def _any_doubt(doubts: Sequence[tuple[str, Doubt]]) -> Doubt | None:
    if not doubts:
        return None
    return lambda thing: any(doubt(getattr(thing, name)) for name, doubt in doubts)


def _keys(spaces: Sequence[tuple[str, Take]], row: Row) -> dict[str, str]:
    keys: dict[str, str] = {}
    for space, take in spaces:
        found = take(row)
        if found is not ABSENT and found is not None:
            put_key(keys, space, found)
    return keys


def put_key(keys: dict[str, str], space: str, found: Any) -> None:
    """Put what stands where a key is into its key space, if it is one; the first of several."""
    if found != []:
        with suppress(ValueError):
            keys[space] = text(found[0] if type(found) is list else found)
