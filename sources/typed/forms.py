"""How a decoded value becomes a field's value, as text: what is plainly as it should be in place, all else by a reader.

    if v.__class__ is str: pass
    elif v is not UNSET and v is not None: v = read3(v)

Every form gives what the field's reader would give (sources/values.py).
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, tzinfo
from enum import StrEnum
from typing import Any

from msgspec import UNSET

from model.keys import Foreign
from sources.grammar.fields import FieldDeclaration
from sources.grammar.nouns import Shape
from sources.typed.words import words
from sources.units import UNITS
from sources.values import rounds_up

EXACT = 2**53
"""Up to here every int is exactly a float."""
_REMEMBERED = 1024
_DIGITS = 18
_ISO: Sequence[Sequence[str]] = ([], ["iso"])
TIMES = frozenset({datetime, date})
"""The kinds of fields that say when."""

Read = Callable[[Any], Any]
"""A field's reader that never fails: UNSET for what cannot be read."""
Bound = Callable[[str, Any], str]
"""Gives a value a name in the text."""


class Known(dict[str, Any]):
    """Spellings that were read before, each with its value; so many of them, and what was lost is not among them."""

    def __init__(self, read: Read) -> None:
        self._read = read

    def __missing__(self, written: str) -> Any:
        value = self._read(written)
        if value is not UNSET and len(self) < _REMEMBERED:
            self[written] = value
        return value


class Plainly(dict[Any, Any]):
    """As `Known`, of spellings in the field's own terms only: for any other `read` raises. Null is known."""

    def __init__(self, read: Read, *, nullable: bool) -> None:
        super().__init__({None: None if nullable else UNSET, UNSET: UNSET})
        self._read = read

    def __missing__(self, written: str) -> Any:
        value = self._read(written)
        if len(self) < _REMEMBERED:
            self[written] = value
        return value


def expected(shape: Shape, declared: FieldDeclaration, *, exact: bool = False) -> type | None:
    """What systems most often write in a field so declared, besides null; None where that is not one kind.

    Words of a closed vocabulary are decoded as what they mean. exact: no others are expected, and that times and days
    are written as RFC 3339 has it, so that they are decoded as what they mean, too.
    """
    if declared.pattern is not None or declared.default is not None or declared.constant is not None:
        return None
    if declared.unit is not None or shape.kind is float:
        return None
    if shape.many:
        return str if _is_text(shape, declared) and declared.separator is None else None
    if any(form.startswith("epoch") for form in declared.date) or any(map(str.isdecimal, declared.values or ())):
        return None
    if issubclass(shape.kind, StrEnum):
        return words(shape, declared, closed=exact)
    if exact and shape.kind in TIMES and not declared.values and list(declared.date) in _ISO:
        return shape.kind
    if shape.reference or declared.values or issubclass(shape.kind, str | date):
        return str
    return shape.kind if shape.kind in (int, bool) else None


def remembered(shape: Shape, declared: FieldDeclaration) -> bool:
    """Whether a field has few spellings, each of which is worth to be kept with its value."""
    times = shape.kind is datetime and list(declared.date) in _ISO
    return bool(declared.values) or issubclass(shape.kind, StrEnum) or (issubclass(shape.kind, date) and not times)


def _is_text(shape: Shape, declared: FieldDeclaration) -> bool:
    return shape.kind is str and not declared.values and not (shape.reference and declared.space)


def form(
    shape: Shape, declared: FieldDeclaration, zone: tzinfo | None, own: str, read: Read, bound: Bound
) -> list[str]:
    """The branches for values that are plainly as they should be; {v} stands for the value."""
    text = "{v}.__class__ is str"
    known = f"{text}: {{v}} = {bound('known', Known(read))}[{{v}}]"
    if declared.record is not None:
        return []
    if shape.many:
        return [f"{text}: {{v}} = [{{v}}]"] if _is_text(shape, declared) and declared.separator is None else []
    if shape.reference and declared.space and not declared.values:
        space = own if declared.space == "self" else declared.space
        return [f"{text}: {{v}} = {bound('Foreign', Foreign)}({bound('space', space)}, {{v}})"]
    if declared.values or issubclass(shape.kind, StrEnum):
        return [known]
    if declared.unit is not None:
        return [*_measured(shape, UNITS[declared.unit]), known]
    if shape.kind is datetime and list(declared.date) in _ISO:
        return [f"{text}: {{v}} = {bound('time', _time(zone or UTC, read))}({{v}})"]
    if issubclass(shape.kind, date):
        return [known]
    if shape.kind is int:
        return ["{v}.__class__ is int: pass", f"{text}: {{v}} = {bound('digits', _digits(read))}({{v}})"]
    if shape.kind is float:
        return ["{v}.__class__ is float and {v} - {v} == 0.0: pass", *_measured(shape, None), known]
    if shape.kind is bool:
        return ["{v} is True or {v} is False: pass", known]
    return [f"{text}: pass"]


def branches(plain: Sequence[str], v: str, read: str, *, nullable: bool) -> list[str]:
    """The lines: the plain branches, then what remains to be read; null stays where it may be said."""
    rest = f"{v} = {read}({v})" if nullable else f"{v} = UNSET if {v} is None else {read}({v})"
    said = f"{v} is not UNSET and {v} is not None" if nullable else f"{v} is not UNSET"
    lines = [one.format(v=v) for one in plain] + [f"{said}: {rest}"]
    return [f"{'elif' if place else 'if'} {line}" for place, line in enumerate(lines)]


def _measured(shape: Shape, factor: float | None) -> list[str]:
    """Numbers in a unit, or none; those that are not exactly floats are left to the reader."""
    if shape.kind is int and factor is not None and factor.is_integer():
        most = EXACT // int(factor)  # so far it is the same whether ints are multiplied or floats
        return [f"{{v}}.__class__ is int and {-most} <= {{v}} <= {most}: {{v}} *= {int(factor)}"]
    value = "float({v})" if factor is None else f"{{v}} * {factor!r}"
    rounded = f"round({value})" if shape.kind is int else value
    return [f"{{v}}.__class__ is int and {-EXACT} <= {{v}} <= {EXACT}: {{v}} = {rounded}"]


def _digits(read: Read) -> Read:
    def whole(written: str) -> Any:
        plain = len(written) <= _DIGITS and written.isascii() and written.isdigit()
        return int(written) if plain else read(written)

    return whole


def _time(zone: tzinfo, read: Read) -> Read:
    parse = datetime.fromisoformat

    def time(written: str) -> Any:
        if ("." in written or "," in written) and rounds_up(written):
            return read(written)
        try:
            moment = parse(written)
            if moment.tzinfo is UTC:
                return moment
            return (moment if moment.tzinfo is not None else moment.replace(tzinfo=zone)).astimezone(UTC)
        except (ValueError, OverflowError):
            return read(written)

    return time
