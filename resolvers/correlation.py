"""Which records of several systems are about one alarm, or one ticket: what the configuration says of it.

    alarm:
      correlate:
        - keys: [nms]                                    # who names the other's own id, or a third system's
        - {equal: [element, port, probable_cause], within: {raised_at: 5m}}

Records match within a rule; what an earlier rule has brought together, a later one does not doubt. Where a record
matches two of one other system nobody can tell which it is: none of them is merged.
"""

from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from itertools import combinations, pairwise
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from model.nouns import NOUNS
from model.records import Record
from resolvers.comparing import comparable
from sources.grammar.words import Duration

CORRELATED = frozenset({"alarm", "ticket"})
"""The nouns that have no business key, and that two systems may both hold."""
CLOSE_AT_MOST = 32
"""So many records that look alike are compared each with each; of more none is told apart."""
Pairs = list[tuple[int, int]]
"""Places of two records that match."""


class CorrelationRule(BaseModel):
    """One way to see that two systems' records are about one thing.

    keys: the key spaces in which both tell the same key. equal: fields that both tell, and tell alike. within: by how
    much, beside that, one time of theirs may differ.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    keys: tuple[str, ...] = ()
    equal: tuple[str, ...] = ()
    within: Mapping[str, Duration] = Field(default_factory=dict, max_length=1)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.keys) == bool(self.equal):
            raise ValueError("expected either keys or equal")
        if self.within and not self.equal:
            raise ValueError("expected equal beside within")
        return self

    @property
    def fields(self) -> frozenset[str]:
        """The fields that must be known before records can be compared."""
        return frozenset({*self.equal, *self.within})

    def pairs(self, records: Sequence[Record]) -> Pairs:
        """The records that match; of very many that look alike, each with the next."""
        if self.keys:
            return [pair for same in _shelved(map(self._keys, records)) for pair in _each_with_each(same)]
        shelves = _shelved([self._values(record)] for record in records)
        if not self.within:
            return [pair for same in shelves for pair in _each_with_each(same)]
        return [pair for same in shelves for pair in self._close(records, same)]

    def _keys(self, record: Record) -> Sequence[Hashable]:
        return [(space, key) for space in self.keys if (key := record.keys.get(space)) is not None]

    def _values(self, record: Record) -> Hashable | None:
        values = [getattr(record, field) for field in self.equal]
        times = [getattr(record, field) for field in self.within]
        told = all(not isinstance(value, Exception) and value for value in values)
        return tuple(map(comparable, values)) if told and all(isinstance(time, datetime) for time in times) else None

    def _close(self, records: Sequence[Record], same: Sequence[int]) -> Pairs:
        ((field, seconds),) = self.within.items()
        timed = sorted((getattr(records[place], field), place) for place in same)
        pairs: Pairs = []
        run = timed[:1]
        for one in timed[1:]:
            if (one[0] - run[-1][0]).total_seconds() > seconds:
                pairs += _within(run, seconds)
                run = []
            run.append(one)
        return pairs + _within(run, seconds)


def _shelved(every: Iterable[Sequence[Any]]) -> list[list[int]]:
    """The places of what stands under the same name; None is no name."""
    shelves: dict[Any, list[int]] = {}
    for place, names in enumerate(every):
        for name in names:
            if name is not None:
                shelves.setdefault(name, []).append(place)
    return list(shelves.values())


def _each_with_each(same: Sequence[int]) -> Pairs:
    return list(combinations(same, 2)) if len(same) <= CLOSE_AT_MOST else list(pairwise(same))


def _within(run: Sequence[tuple[datetime, int]], seconds: float) -> Pairs:
    if len(run) > CLOSE_AT_MOST:
        return list(pairwise(place for _, place in run))
    return [
        (place, other)
        for index, (time, place) in enumerate(run)
        for later, other in run[index + 1 :]
        if (later - time).total_seconds() <= seconds
    ]


def source_of(record: Record) -> str:
    """Whose record it is, of those that are not merged yet."""
    return record.said[0].place or record.said[0].source


def brought_together(
    rules: Iterable[CorrelationRule], records: Sequence[Record]
) -> tuple[list[list[Record]], list[list[Record]]]:
    """The records that are about one thing each, and those of which it cannot be told which of them are."""
    groups = [[place] for place in range(len(records))]
    unclear: list[list[int]] = []
    for rule in rules:
        settled: list[list[int]] = []
        for component in _components(groups, rule.pairs(records), records):
            sources = [source_of(records[place]) for group in component for place in group]
            one_each = len(set(sources)) == len(sources)
            if one_each or len(set(sources)) == 1:
                settled += [[place for group in component for place in group]] if one_each else component
            else:
                unclear.append([place for group in component for place in group])
        groups = settled
    together = [[records[place] for place in group] for group in groups]
    return together, [[records[place] for place in group] for group in unclear]


def _components(groups: Sequence[list[int]], pairs: Pairs, records: Sequence[Record]) -> list[list[list[int]]]:
    """Groups that pairs connect, but for those of which one has a record of the other's system already."""
    home = {place: index for index, group in enumerate(groups) for place in group}
    sources = [{source_of(records[place]) for place in group} for group in groups]
    root = list(range(len(groups)))

    def found(index: int) -> int:
        while root[index] != index:
            root[index] = index = root[root[index]]
        return index

    for place, other in pairs:
        one, two = home.get(place), home.get(other)
        if one is None or two is None or one == two:
            continue
        settled = len(groups[one]) > 1 or len(groups[two]) > 1
        if not (settled and sources[one] & sources[two]):
            root[found(one)] = found(two)
    components: dict[int, list[list[int]]] = {}
    for index, group in enumerate(groups):
        components.setdefault(found(index), []).append(group)
    return list(components.values())


def names(noun: str, record: Record) -> list[str]:
    """All ids by which a thing is known: that of each record of which it was made."""
    return [str(getattr(one.record, NOUNS[noun].id)) for one in record.said]
