"""Filters and orders over merged values."""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from operator import attrgetter, itemgetter
from types import MappingProxyType
from typing import Any

from msgspec import UNSET

from model.ask import Condition, Operator, Sort
from model.enums import PerceivedSeverity, TicketState
from model.keys import Foreign
from model.nouns import NOUNS
from model.records import Circuit, Record, Ticket

ACTIVE_ALARMS = "active_alarms"
"""A condition on circuits that no record tells: it is worked out from the alarm sources."""

ENDED = frozenset(
    {TicketState.CLOSED, TicketState.RESOLVED, TicketState.REJECTED, TicketState.CANCELLED, TicketState.COMPLETED}
)
"""The states in which a ticket's clock no longer runs."""


def _sites(record: Record) -> list[Any]:
    ends = (record.a_end, record.z_end) if isinstance(record, Circuit) else ()
    return [end.site for end in ends if end and not isinstance(end, Exception)]


def _overdue(record: Record) -> bool | None:
    if not isinstance(record, Ticket) or not isinstance(record.due_at, datetime):
        return None
    return record.state not in ENDED and record.due_at < datetime.now(UTC)


DERIVED: Mapping[tuple[str, str], tuple[frozenset[str], Callable[[Record], Any]]] = MappingProxyType(
    {
        ("circuit", "site"): (frozenset({"a_end", "z_end"}), _sites),
        ("ticket", "overdue"): (frozenset({"due_at", "state"}), _overdue),
    }
)
"""(noun, name) -> the fields that the value is derived from, and how."""

_SEVERITY = {severity: -rank for rank, severity in enumerate(PerceivedSeverity)}


def fields_of(noun: str, conditions: Iterable[Condition], order: Iterable[Sort]) -> frozenset[str]:
    """The record fields that must be known before these can be judged."""
    named = {condition.field for condition in conditions} | {sort.field for sort in order}
    needed: set[str] = set()
    for name in named:
        needed |= DERIVED[noun, name][0] if (noun, name) in DERIVED else {name}
    return frozenset(needed) & NOUNS[noun].fields


def on_records(where: Sequence[Condition]) -> tuple[Condition, ...]:
    """The conditions that records alone decide."""
    if not where:
        return ()
    return tuple(condition for condition in where if condition.field != ACTIVE_ALARMS)


def holds(noun: str, record: Record, conditions: Iterable[Condition]) -> bool:
    """Whether a record meets all conditions; one on a value that nobody can tell is not met."""
    return all(_meets(_value(noun, record, condition.field), condition) for condition in conditions)


@functools.cache
def _reading(noun: str, field: str) -> Callable[[Record], Any]:
    """How a field is read off a noun's records."""
    derived = DERIVED.get((noun, field))
    return derived[1] if derived else attrgetter(field)


def _value(noun: str, record: Record, field: str) -> Any:
    value = _reading(noun, field)(record)
    return None if value is UNSET or isinstance(value, Exception) else value


def _meets(value: Any, condition: Condition) -> bool:
    if isinstance(value, list | tuple):
        return any(_meets(one, condition) for one in value)
    if value is None:
        return False
    if isinstance(value, Foreign):
        value = value.key
    wanted = condition.value
    match condition.operator:
        case Operator.EQ:
            return bool(value == wanted)
        case Operator.IN:
            return value in wanted
        case Operator.PREFIX:
            return str(value).startswith(wanted)
        case Operator.AT_LEAST:
            return bool(_rank(value) >= _rank(wanted))
        case Operator.AT_MOST:
            return bool(_rank(value) <= _rank(wanted))


def _rank(value: Any) -> Any:
    """Severities compare by how bad they are, everything else as it is."""
    return _SEVERITY[value] if isinstance(value, PerceivedSeverity) else value


SortKey = tuple[Any, ...]


def sort_key(noun: str, record: Record, order: Sequence[Sort]) -> SortKey:
    """What decides a record's place: a value for each rank, then its id, so that no two are equal."""
    values = [_plain(_value(noun, record, sort.field)) for sort in order]
    return (*values, str(getattr(record, NOUNS[noun].id)))


def in_order(noun: str, records: Iterable[Record], order: Sequence[Sort]) -> list[Record]:
    """Records sorted as `comparison` ranks them, each rank by the language's own sorting, the last one first."""
    ordered = list(records)
    if len(ordered) < 2:
        return ordered
    ordered.sort(key=attrgetter(NOUNS[noun].id))
    for sort in reversed(order):
        ordered = _by_one(ordered, _reading(noun, sort.field), sort.descending)
    return ordered


def each_in_order(noun: str, lists: Iterable[Sequence[Record]], order: Sequence[Sort]) -> Iterator[Sequence[Record]]:
    """Many lists, each as `in_order` sorts it: most are short, and are told by one look at two values, or none."""
    if len(order) != 1:
        for records in lists:
            yield in_order(noun, records, order) if len(records) > 1 else records
        return
    name, read, descending = attrgetter(NOUNS[noun].id), _reading(noun, order[0].field), order[0].descending
    for records in lists:
        many = len(records)
        if many > 2:
            yield _by_one(sorted(records, key=name), read, descending)
        elif many == 2:
            one, other = records
            first, second = read(one), read(other)
            if first.__class__ is second.__class__ and first.__class__ in _AS_THEY_ARE and first != second:
                yield records if (first > second) is descending else [other, one]
            else:
                yield in_order(noun, records, order)
        else:
            yield records


_AS_THEY_ARE = frozenset({datetime, int, str})
"""The kinds of values that need no other form to be sorted by, where all are of one kind."""


def _by_one(records: Sequence[Record], read: Callable[[Record], Any], descending: bool) -> list[Record]:
    """Sorted by one rank; of those that are equal there, none passes another. What is unknown comes last."""
    kinds = set(map(type, map(read, records)))
    if len(kinds) == 1 and kinds <= _AS_THEY_ARE:
        return sorted(records, key=read, reverse=descending)
    ranked = [(_ranked(read(record)), record) for record in records]
    known = [pair for pair in ranked if pair[0] is not None]
    known.sort(key=itemgetter(0), reverse=descending)
    in_rank = [record for _, record in known]
    return in_rank if len(known) == len(ranked) else in_rank + [record for rank, record in ranked if rank is None]


def _ranked(value: Any) -> Any:
    """A value as it is sorted by: times need not be written for that."""
    if value.__class__ is datetime:
        return value
    return None if value is UNSET or isinstance(value, Exception) else _plain(value)


def _plain(value: Any) -> Any:
    """A value as a cursor can carry it and a comparison can rank it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, PerceivedSeverity):
        return _SEVERITY[value]
    if isinstance(value, Foreign):
        return value.key
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def comparison(order: Sequence[Sort]) -> Callable[[SortKey], Any]:
    """A key function over sort keys: each rank in its direction, what is unknown last, ids as the tie-break."""
    directions = [-1 if sort.descending else 1 for sort in order] + [1]

    def compare(a: SortKey, b: SortKey) -> int:
        for direction, left, right in zip(directions, a, b, strict=True):
            if left == right:
                continue
            if left is None or right is None:
                return 1 if left is None else -1
            return direction if left > right else -direction
        return 0

    return functools.cmp_to_key(compare)
