"""The smallest thing that every source is, whether written by hand, declared in YAML, or a guard around another."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import repeat
from typing import Protocol

from msgspec import Struct

from model.answer import Answer
from model.ask import Ask, Operator
from model.faults import SourceFault
from model.keys import Key, Lookup
from model.records import Record

_NO_RECORDS: Sequence[Record] = ()


class Answers(Mapping[Key, Answer]):
    """What a source says to keys, when all of it is whole, of now and its own: whoever looks for more need not look.

    records: those of each key; of one that is left out there is no such thing. as_of: when the source said so. An
    `Answer` is made of them for who asks for one.
    """

    __slots__ = ("as_of", "records")

    def __init__(self, records: Mapping[Key, Sequence[Record]], as_of: datetime) -> None:
        self.records = records
        self.as_of = as_of

    def __getitem__(self, key: Key) -> Answer:
        return Answer(records=self.records[key], as_of=self.as_of)

    def __iter__(self) -> Iterator[Key]:
        return iter(self.records)

    def __len__(self) -> int:
        return len(self.records)

    def column(self, keys: Sequence[Key]) -> list[Sequence[Record]]:
        """The records of each of these keys, in their order."""
        records = self.records
        if keys == list(records):  # as most often, and soon seen
            return list(records.values())
        return list(map(records.get, keys, repeat(_NO_RECORDS)))

    def among(self, keys: Iterable[Key]) -> "Answers":
        """What was said to those of these keys that were answered."""
        records = self.records
        return Answers({key: records[key] for key in keys if key in records}, self.as_of)


class Terms(Struct, frozen=True, kw_only=True):
    """On what terms a source answers a lookup.

    fields: what its records can speak of. keys: the key spaces, besides its own, in which its records tell keys of
    their things. space: the key space of the keys it takes; None for the business key. keys_at_most: how many keys
    go into one upstream call (None: no bound but that of the request's size). filters and orders: what it applies
    itself; the resolver does the rest. limit: whether it honours one. named: whether a record that has a native id has
    it among its keys, under the source's name, and after that name (`alarms:17`) as the id of a thing that belongs to
    one source alone.
    """

    fields: frozenset[str]
    keys: frozenset[str] = frozenset()
    space: str | None = None
    keys_at_most: int | None = None
    filters: frozenset[tuple[str, Operator]] = frozenset()
    orders: frozenset[str] = frozenset()
    limit: bool = False
    named: bool = False


class HealthState(StrEnum):
    """What a source's own health check found."""

    UP = "UP"
    DOWN = "DOWN"


class Health(Struct, frozen=True):
    """Whether a source answers: `fault` says what was wrong when it does not; `ms` is how long it took."""

    state: HealthState
    ms: float
    fault: SourceFault | None = None


class Source(Protocol):
    """One upstream system.

    `fetch` answers many keys of one lookup: a key left out was not found; one key may fault alone; raising a
    `SourceFault` means that the whole call failed. `page` walks a list lookup. Both may be called concurrently.
    """

    @property
    def name(self) -> str:
        """How the configuration calls it."""
        ...

    @property
    def lookups(self) -> Mapping[Lookup, Terms]:
        """What it can answer."""
        ...

    async def fetch(self, lookup: Lookup, keys: Sequence[Key], ask: Ask) -> Mapping[Key, Answer | SourceFault]:
        """Answer these keys."""
        ...

    async def page(self, lookup: Lookup, after: str | None, ask: Ask) -> Answer:
        """Answer the next stretch of a list: from the start, or from what the last answer's `after` said."""
        ...

    async def health(self) -> Health:
        """Ask it for as little as possible, to see whether it is there and lets us in."""
        ...

    async def aclose(self) -> None:
        """Let go of connections."""
        ...
