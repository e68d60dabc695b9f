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
    """What errors take away: the answers of these keys, or, where `unknown` is set, of whoever has no rows.

    whole: False where no key's answer is lost, but rows of its list are.
    """

    keys: dict[Key, SourceFault] = msgspec.field(default_factory=dict)
    unknown: SourceFault | None = None
    whole: bool = True


def blame(one: AnsweredLookup, keys: Sequence[Key], told: Told, reading: Reading) -> Blame:
    """Find what errors take away.

    Rows with an error in them are taken out of what was told: a field that is null because it failed is not empty. A
    key that asks for one thing has lost it then; a list has lost a row.
    """
    if told.lost and told.value is None:
        return Blame(dict.fromkeys(keys, told.lost[0].fault))
    found = Blame()
    if told.lost:
        asked = {one.fold(key): key for key in keys}
        rows = _rows(reading.rows(told.value)[0])
        for lost in told.lost:
            place = _place(told.value, lost.way, rows)
            if place is not None and (one.many or not keys):
                found.whole = False
                continue
            whose = keys if len(keys) == 1 else _whose(one, asked, place, rows)
            found.keys.update(dict.fromkeys(whose, lost.fault))
            found.unknown = found.unknown or (None if whose else lost.fault)
        _take_out(told, rows)
    return found


Place = tuple[Any, Any, Any]
"""What is around, the name or number of the place in it, and what stands there."""


def _place(value: Any, way: Way | None, rows: Mapping[int, list[Row]]) -> Place | None:
    """Where an error takes a row away: the row on its way, or the empty place of one in a list."""
    for place in _steps(value, way or ()):
        around, _, here = place
        if id(here) in rows or (here is None and type(around) is list):
            return place
    return None


def _whose(
    one: AnsweredLookup, asked: Mapping[Key, Key], place: Place | None, rows: Mapping[int, list[Row]]
) -> Sequence[Key]:
    """The keys that a lost row would have answered, as far as that can be told."""
    if place is None:
        return ()
    around, step, here = place
    if here is None:
        return _by_place(one, asked, around, int(step))
    return [key for row in rows[id(here)] for key in _said(one, asked, row)]


def _take_out(told: Told, rows: Mapping[int, list[Row]]) -> None:
    for lost in told.lost:
        place = _place(told.value, lost.way, rows)
        if place is not None:
            around, step, _ = place
            around[step] = None


def _rows(rows: Sequence[Row]) -> dict[int, list[Row]]:
    """Rows by what they are read in: the row itself, and the one around it."""
    found: dict[int, list[Row]] = {}
    for row in rows:
        for data in (row.data, row.parent):
            if data is not None:
                found.setdefault(id(data), []).append(row)
    return found


def _steps(value: Any, way: Way) -> Iterator[Place]:
    """The places that a way leads through, as far as there are any."""
    for step in way:
        known = type(value) is list and type(step) is int and step < len(value)
        if not known and not (type(value) is dict and step in value):
            return
        yield value, step, value[step]
        value = value[step]


def _said(one: AnsweredLookup, asked: Mapping[Key, Key], row: Row) -> list[Key]:
    words = map(one.fold, one.match(row)) if one.match is not None else ()
    return [asked[word] for word in words if word in asked]


def _by_place(one: AnsweredLookup, asked: Mapping[Key, Key], listed: Sequence[Any], place: int) -> list[Key]:
    """The key asked for at this place, if the list answers the keys in their order, as those do that are there."""
    keys = list(asked.values())
    if len(listed) != len(keys):
        return []
    in_order = all(key in _said(one, asked, Row(row)) for key, row in zip(keys, listed, strict=True) if row is not None)
    return [keys[place]] if in_order else []
