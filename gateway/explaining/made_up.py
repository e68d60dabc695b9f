"""Records that are made up, for a rehearsal: they refer to each other as those of the sources do."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from model.ask import Ask, Operator
from model.keys import Foreign, Key, Lookup
from model.nouns import NOUNS
from model.records import Record
from resolvers.identity import REFERENCES
from sources.grammar.nouns import Shape, shapes

DAY = datetime(2026, 1, 1, tzinfo=UTC)
Spaces = Mapping[str, str]
"""Field of a record -> the key space in which a source refers by it."""


class Author:
    """Makes up the records of one source. customer: whose everything is. spaces, keys: by noun, how it knows things."""

    def __init__(
        self, source: str, customer: str, spaces: Mapping[str, Spaces], keys: Mapping[str, Sequence[str]]
    ) -> None:
        self._source = source
        self._customer = customer
        self._spaces = spaces
        self._keys = keys

    def records(self, lookup: Lookup, key: Key, count: int, ask: Ask) -> list[Record]:
        """So many records that answer a key; the things are the same, whichever source speaks of them."""
        thing = _business(key if isinstance(key, str) else "-".join(key))
        one = lookup.by not in NOUNS and lookup.by != "parent" and lookup.by is not None
        names = [thing] if one else [f"{thing or lookup.noun}-{number}" for number in range(1, count + 1)]
        return [self._record(lookup, thing, name, number, ask) for number, name in enumerate(names)]

    def _record(self, lookup: Lookup, parent: str, name: str, number: int, ask: Ask) -> Record:
        noun = NOUNS[lookup.noun]
        known = shapes(noun.record)
        said = {condition.field: condition.value for condition in ask.filter if condition.operator is Operator.EQ}
        values: dict[str, Any] = {
            field: said.get(field, self._value(lookup, field, known[field], parent, number))
            for field in known
            if field in ask.fields or field in noun.identity
        }
        if noun.keyed:
            values[noun.id] = name
        elif not noun.identity:
            values[noun.id] = self._native(name)
        keys = {space: f"{space}/{name}" for space in self._keys.get(noun.name, ())}
        return noun.record(native_id=self._native(name), keys=keys, **values)

    def _native(self, name: str) -> str:
        return f"{self._source}/{name}"

    def _value(self, lookup: Lookup, field: str, shape: Shape, parent: str, number: int) -> Any:
        if field in (lookup.by, f"{lookup.by}s") and shape.reference:
            value: Any = self._reference(lookup.noun, field, parent)
        elif shape.reference:
            of = REFERENCES[lookup.noun].get(field, field)
            value = self._reference(lookup.noun, field, self._customer if of == "customer" else f"{of}-{number + 1}")
        elif issubclass(shape.kind, Struct):
            inner = shapes(shape.kind)
            value = shape.kind(**{name: self._value(lookup, name, one, parent, number) for name, one in inner.items()})
        else:
            value = _plain(shape.kind, field, number)
        return [value] if shape.many else value

    def _reference(self, noun: str, field: str, name: str) -> str | Foreign:
        space = self._spaces.get(noun, {}).get(field)
        return name if space is None else Foreign(space, f"{space}/{name}")


def _business(key: str) -> str:
    """The thing that is meant by a key, be it one of some system's own."""
    return key.rpartition("/")[2]


def _plain(kind: type, field: str, number: int) -> Any:
    if issubclass(kind, StrEnum):
        members = [member for member in kind if member != "UNKNOWN"]
        return members[number % len(members)]
    made: Mapping[type, Any] = {
        bool: True,
        int: number + 1,
        float: float(number + 1),
        datetime: DAY,
        date: DAY.date(),
    }
    return made.get(kind, f"{field} {number + 1}")
