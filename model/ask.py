"""What an operation needs of a source."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any

from msgspec import Struct

from model.caller import Caller


class Operator(StrEnum):
    """How a condition compares."""

    EQ = "eq"
    IN = "in"
    PREFIX = "prefix"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"


class Condition(Struct, frozen=True):
    """One thing that must hold for a record: `field operator value`; a record whose field is unset or None fails it."""

    field: str
    operator: Operator
    value: Any


class Sort(Struct, frozen=True, cache_hash=True):
    """One rank of an order."""

    field: str
    descending: bool = False


class Window(Struct, frozen=True):
    """A span of time, for measurements: start included, end excluded, step in seconds."""

    start: datetime
    end: datetime
    step: float | None = None


Filter = Sequence[Condition]
"""All of these must hold."""
Order = Sequence[Sort]
"""The first rank decides, then the second, ..."""


class Ask(Struct, frozen=True, kw_only=True):
    """What one call to a source shall bring.

    A source may fetch and decode no more than `fields` (of the noun's record); fetching more is correct,
    only slower. `raw` asks for `Record.raw` too. `deadline` is a time of the event loop's clock
    (`loop.time()`), after which nobody waits for the answer. `window` is for measurements, of which the latest
    count where there is none.
    """

    fields: frozenset[str]
    caller: Caller
    deadline: float
    filter: tuple[Condition, ...] = ()
    order: tuple[Sort, ...] = ()
    limit: int | None = None
    window: Window | None = None
    raw: bool = False
