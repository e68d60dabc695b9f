"""From what a system writes to what a record holds: one reader for each kind of field, compiled once.

A reader takes a value that is neither absent nor null and gives the record's value; ValueError (or TypeError,
OverflowError) when it cannot be read. Blank text is nothing (None) for everything but text.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from model.keys import Foreign
from sources.grammar.fields import FieldDeclaration
from sources.grammar.nouns import Shape
from sources.units import in_unit, number, plain, whole

Reader = Callable[[Any], Any]

_REMEMBERED = 1024
"""How many spellings of an enumeration's values are kept."""
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_MICROSECOND = timedelta(microseconds=1)
rounds_up = re.compile(r"[.,]\d{6}[5-9]").search
"""Whether a time is finer than microseconds, and nearer to the next one."""
_GAPS = re.compile(r"[\s\-./_]+")
_A_SECOND = {"epoch": 1, "epoch_ms": 10**3, "epoch_us": 10**6, "epoch_ns": 10**9}
_TRUE = frozenset({"true", "t", "yes", "y", "1", "on", "是", "真"})
_FALSE = frozenset({"false", "f", "no", "n", "0", "off", "否", "假"})


def reader(shape: Shape, declared: FieldDeclaration, zone: tzinfo | None, own_space: str) -> Reader:
    """How to read one value, or each of a list, of a field so declared."""
    read = _single(shape, declared, zone, own_space)
    if declared.values:
        read = _through_table(declared.values, read)
    return _each_of(read, declared.separator) if shape.many else read


def _single(shape: Shape, declared: FieldDeclaration, zone: tzinfo | None, own_space: str) -> Reader:
    zone = ZoneInfo(declared.zone) if declared.zone else zone
    if shape.reference and declared.space:
        return _foreign(own_space if declared.space == "self" else declared.space)
    if declared.unit is not None:
        measured = in_unit(declared.unit)
        return _blank_is_none(_rounded(measured) if shape.kind is int else measured)
    if issubclass(shape.kind, StrEnum):
        return _member(shape.kind)
    if shape.kind is datetime:
        return _blank_is_none(_time(declared.date, zone or UTC))
    if shape.kind is date:
        return _blank_is_none(_day(declared.date, zone))
    return _PLAIN[shape.kind]


def text(value: Any) -> str:
    """Text, or a number or truth value as text."""
    if type(value) is str:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, (int, float, StrEnum)):
        return str(value)
    raise ValueError("no text")


def truth(value: Any) -> bool:
    """A truth value, or a word or number that says one."""
    if isinstance(value, bool):
        return value
    word = plain(text(value)).lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError("neither true nor false")


def _blank_is_none(read: Reader) -> Reader:
    def unless_blank(value: Any) -> Any:
        return None if type(value) is str and not value.strip() else read(value)

    return unless_blank


def _float(value: Any) -> float:
    return float(number(value))


_PLAIN: Mapping[type, Reader] = {
    str: text,
    int: _blank_is_none(whole),
    float: _blank_is_none(_float),
    bool: _blank_is_none(truth),
}


def _rounded(read: Callable[[Any], float | int]) -> Reader:
    def whole_number(value: Any) -> int:
        return round(read(value))

    return whole_number


def _foreign(space: str) -> Reader:
    def foreign(value: Any) -> Foreign:
        return Foreign(space, text(value))

    return foreign


def _member(kind: type[StrEnum]) -> Reader:
    members = {_folded(member.value): member for member in kind}
    unknown = members["unknown"]
    seen: dict[str, StrEnum] = {}

    def member(value: Any) -> StrEnum | None:
        written = text(value)
        found = seen.get(written)
        if found is None:
            if not written.strip():
                return None
            found = members.get(_folded(written), unknown)
            if len(seen) < _REMEMBERED:
                seen[written] = found
        return found

    return member


def _folded(written: str) -> str:
    return _GAPS.sub("", _CAMEL.sub("_", plain(written))).lower()


def _time(forms: Sequence[str], zone: tzinfo) -> Reader:
    parse = _moment(forms)

    def time(value: Any) -> datetime:
        moment = parse(value)
        return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).astimezone(UTC)

    return time


def _day(forms: Sequence[str], zone: tzinfo | None) -> Reader:
    parse = _moment(forms)

    def day(value: Any) -> date:
        moment = parse(value)
        return (moment.astimezone(zone) if zone is not None and moment.tzinfo is not None else moment).date()

    return day


def _moment(forms: Sequence[str]) -> Callable[[Any], datetime]:
    ways = [_in_form(form) for form in forms or ["iso"]]
    if len(ways) == 1:
        return ways[0]

    def moment(value: Any) -> datetime:
        for way in ways:
            try:
                return way(value)
            except (ValueError, OverflowError):
                continue
        raise ValueError("no time in any of its formats")

    return moment


def _in_form(form: str) -> Callable[[Any], datetime]:
    match form:
        case "iso":
            return lambda value: _iso(_stamp(value))
        case "rfc2822":
            return lambda value: parsedate_to_datetime(_stamp(value))
        case str() if form in _A_SECOND:
            parts = _A_SECOND[form]
            return lambda value: datetime.fromtimestamp(number(value) / parts, UTC)
        case _:
            return lambda value: datetime.strptime(plain(text(value)), form)  # noqa: DTZ007 - the zone is put in after


def _iso(written: str) -> datetime:
    """A time as ISO 8601 and RFC 3339 have it, which is told to the nearest microsecond."""
    moment = datetime.fromisoformat(written.upper())
    return moment + _MICROSECOND if rounds_up(written) else moment


def _stamp(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("no time")  # noqa: TRY004 - one kind of error for all that cannot be read
    return plain(value)


def _through_table(table: Mapping[str, Any], read: Reader) -> Reader:
    folded = {plain(name).casefold(): value for name, value in table.items()}

    def translated(value: Any) -> Any:
        written = text(value)
        means = table.get(written, folded)
        if means is folded:
            means = folded.get(plain(written).casefold(), value)
        return None if means is None else read(means)

    return translated


def _each_of(read: Reader, separator: str | None) -> Reader:
    def every(value: Any) -> list[Any]:
        if separator is not None and isinstance(value, str):
            value = [one.strip() for one in value.split(separator) if one.strip()]
        if type(value) is not list:
            value = [value]
        return [read(one) for one in value if one is not None]

    return every
