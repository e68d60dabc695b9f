"""Answers of GraphQL that are answers in part: which of the keys asked for an error is about."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from model.faults import SourceFault
from model.keys import Key
from sources.answered import AnsweredLookup
from sources.medium import Reading
from sources.rows import Row
from sources.transport import Response

Way = Sequence[str | int]
"""From what a root field gives to where an error is: fields, and places in lists [GraphQL, 7.1.2]."""


class Lost(msgspec.Struct, frozen=True):
    """What is lost by one error: what stands at `way`, or nobody knows what; and why."""

    way: Way | None
    fault: SourceFault


class Told(msgspec.Struct, frozen=True):
    """What one root field gives: its value, and what of it is lost."""

    value: Any
    lost: Sequence[Lost]
    response: Response


class Blame(msgspec.Struct):
    """Whose answers are lost: these keys', and, where `unknown` is set, whoever has no rows."""

    keys: dict[Key, SourceFault] = msgspec.field(default_factory=dict)
    unknown: SourceFault | None = None


def blame(one: AnsweredLookup, keys: Sequence[Key], told: Told, reading: Reading) -> Blame:
    """Find the keys that errors are about.

    Rows with an error in them are taken out of what was told: a field that is null because it failed is not empty.
    """
    if told.lost and (told.value is None or len(keys) == 1):
        return Blame(dict.fromkeys(keys, told.lost[0].fault))
    found = Blame()
    if told.lost:
        asked = {one.fold(key): key for key in keys}
        rows = _rows(reading.rows(told.value)[0])
        for lost in told.lost:
            whose = _whose(one, asked, told.value, lost.way, rows)
            found.keys.update(dict.fromkeys(whose, lost.fault))
            found.unknown = found.unknown or (None if whose else lost.fault)
    return found


def _whose(
    one: AnsweredLookup, asked: Mapping[Key, Key], value: Any, way: Way | None, rows: Mapping[int, list[Row]]
) -> list[Key]:
    """The keys of the row that stands on the way to an error, or of the place in the list where there is no row."""
    for around, step, here in _steps(value, way or ()):
        if id(here) in rows:
            around[step] = None
            return [key for row in rows[id(here)] for key in _said(one, asked, row)]
        if here is None and type(around) is list:
            return _by_place(one, asked, around, int(step))
    return []


def _rows(rows: Sequence[Row]) -> dict[int, list[Row]]:
    """Rows by what they are read in: the row itself, and the one around it."""
    found: dict[int, list[Row]] = {}
    for row in rows:
        for data in (row.data, row.parent):
            if data is not None:
                found.setdefault(id(data), []).append(row)
    return found


def _steps(value: Any, way: Way) -> Iterator[tuple[Any, Any, Any]]:
    """Each step of a way: what is around, the name or place in it, and what stands there."""
    for step in way:
        known = type(value) is list and type(step) is int and step < len(value)
        if not known and not (type(value) is dict and step in value):
            return
        yield value, step, value[step]
        value = value[step]


def _said(one: AnsweredLookup, asked: Mapping[Key, Key], row: Row) -> list[Key]:
    return [asked[key] for key in one.match(row) if key in asked] if one.match is not None else []


def _by_place(one: AnsweredLookup, asked: Mapping[Key, Key], listed: Sequence[Any], place: int) -> list[Key]:
    """The key asked for at this place, if the list answers the keys in their order, as those do that are there."""
    keys = list(asked.values())
    if len(listed) != len(keys):
        return []
    in_order = all(key in _said(one, asked, Row(row)) for key, row in zip(keys, listed, strict=True) if row is not None)
    return [keys[place]] if in_order else []
