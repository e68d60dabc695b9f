"""Several sources' statements about one thing become one record, by policy; who said what is worked out when asked."""

import datetime
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, Struct
from msgspec.structs import replace

from model.keys import Foreign
from model.records import Record, Statement
from resolvers.choosing import says_nothing
from resolvers.comparing import comparable
from resolvers.keys import keys_of, keys_told, spaces_told
from resolvers.merging import Said, givers, merged, merger
from resolvers.policy import Policy, Rule
from resolvers.waves import Turns

T = TypeVar("T")
Row = tuple[Statement | None, ...]
_PART = 100
"""So many rows are merged before others may have their turn."""


def merge(policy: Policy, statements: Sequence[Statement]) -> Record:
    """Make one record of several; `said` keeps the statements beside it."""
    said = tuple(statements)
    if len(said) == 1:
        return replace(said[0].record, keys=keys_of(said), said=said)
    return merged(policy, said)


async def merge_each(policy: Policy, rows: Sequence[Row]) -> list[Record]:
    """One record of each row, at each place of which one and the same source says something, or nothing.

    Others have their turn in between.
    """
    turns, records = Turns(), merge_all(policy, rows[:_PART])
    for start in range(_PART, len(rows), _PART):
        if turns.over():
            await turns.pass_on()
        records += merge_all(policy, rows[start : start + _PART])
    return records


def merge_all(policy: Policy, rows: Sequence[Row]) -> list[Record]:
    """One record of each row; those of which all speak are merged by one function."""
    whole: list[Said] = [row for row in rows if None not in row] if rows and len(rows[0]) > 1 else []  # type: ignore[misc]
    merged = merger(policy, whole[0])(policy, whole) if whole else []
    if len(merged) == len(rows):
        return merged
    each = iter(merged)
    return [merge(policy, [*filter(None, row)]) if None in row or not whole else next(each) for row in rows]


def _counts(value: Any) -> bool:
    return value is not UNSET and not says_nothing(value)


class Provenance(Struct, frozen=True):
    """Which source a field's value comes from, when it said so, and how it wrote it (when that was asked for)."""

    field: str
    source: str
    fetched_at: datetime.datetime
    stale: bool
    raw: str | None


class SourceValue(Struct, frozen=True):
    """What one source says in a conflict."""

    source: str
    value: str | None
    chosen: bool


class Conflict(Struct, frozen=True):
    """A field of which sources say different things; the chosen value first."""

    field: str
    values: Sequence[SourceValue]


def provenance(
    policy: Policy, records: Sequence[Record], fields: Sequence[str], tell: Callable[[Provenance], T]
) -> list[list[T]]:
    """Say for each record who gave the value of each field; a field that nobody spoke of is left out.

    tell: makes of it what clients read, once of what is alike, for it mostly is.
    """
    told: dict[Any, T] = {}
    alone: dict[Any, list[T]] = {}
    every = []
    for record in records:
        who = _alone(record, fields)
        row = alone.get(who)
        if row is None:
            row = list(_told(policy, record, fields, tell, told))
            if who is not None:
                alone[who] = row
        every.append(row)
    return every


def _alone(record: Record, fields: Sequence[str]) -> tuple[str, datetime.datetime, bool] | None:
    """Who said all of these fields, when, and whether that is stale; None if that is not to be said of all alike."""
    if len(record.said) != 1:
        return None
    one = record.said[0]
    told = one.record
    for field in fields:
        if getattr(told, field) is UNSET:
            return None
    return None if told.raw else (one.source, one.as_of, one.stale)


def _told(
    policy: Policy, record: Record, fields: Sequence[str], tell: Callable[[Provenance], T], told: dict[Any, T]
) -> Iterator[T]:
    said = tuple(record.said)
    for field in fields:
        for one in givers(policy, field, said):
            gave = Provenance(field, one.source, one.as_of, one.stale, _as_written(one.record, field))
            found = told.get(gave)
            yield told.setdefault(gave, tell(gave)) if found is None else found


def _as_written(record: Record, field: str) -> str | None:
    return in_words(record.raw.get(field)) if record.raw else None


def conflicts(
    policy: Policy, record: Record, fields: Iterable[str], tellable: Callable[[str, Any], bool] = lambda *_: True
) -> list[Conflict]:
    """The fields of which two sources say different things, after all have been brought to one form.

    `tellable(field, value)`: whether a value may be told; words that may not are as if they had not been said.
    """
    found = []
    for field in fields:
        if policy.rule(field) is Rule.UNION:
            continue
        said = [(one, getattr(one.record, field)) for one in record.said]
        said = [(one, value) for one, value in said if _counts(value) and tellable(field, value)]
        if not any(_contradict(one, other) for (_, one), (_, other) in combinations(said, 2)):
            continue
        chosen = givers(policy, field, tuple(record.said))
        # a source that was heard twice, by two lookups, says the same thing once
        values = list(dict.fromkeys(SourceValue(one.source, in_words(value), one in chosen) for one, value in said))
        found.append(Conflict(field, sorted(values, key=lambda value: not value.chosen)))
    return found


def key_conflicts(record: Record) -> list[Conflict]:
    """The key spaces, as `keys.SPACE`, in which several keys are told of one thing; none of them is chosen."""
    return [
        Conflict(f"keys.{space}", values)
        for space in spaces_told(record.said)
        if len(told := keys_told(record.said, space)) > 1
        and (values := list(dict.fromkeys(_keys_said(record, space, told))))
    ]


def _keys_said(record: Record, space: str, told: Sequence[str]) -> Iterable[SourceValue]:
    for one in record.said:
        key = one.record.keys.get(space)
        if key in told:
            yield SourceValue(one.source, key, chosen=False)


def _contradict(one: Any, other: Any) -> bool:
    """Whether two words cannot both be true.

    Who says less of an end or a person does not contradict who says more, nor does who lists other people; what a
    key in another system's space means is not known here.
    """
    if isinstance(one, Foreign) is not isinstance(other, Foreign):
        return False
    if any(
        isinstance(value, list | tuple) and any(isinstance(item, Struct) for item in value) for value in (one, other)
    ):
        return False
    if isinstance(one, Struct) and type(one) is type(other):
        pairs = [(getattr(one, name), getattr(other, name)) for name in one.__struct_fields__]
        return any(_counts(left) and _counts(right) and _contradict(left, right) for left, right in pairs)
    return bool(comparable(one) != comparable(other))


def in_words(value: Any) -> str | None:
    """A value as text, for people."""
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case Foreign():
            return value.key
        case datetime.datetime() | datetime.date():
            return value.isoformat()
        case Struct():
            return msgspec.json.encode(value).decode()
        case dict() | list() | tuple():
            return json.dumps(value, ensure_ascii=False, default=in_words)
        case _:
            return str(value)
