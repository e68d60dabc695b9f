"""`as_it_is`: which values of a scalar need no writing, for the answer's encoder writes them as the scalar would.

    @as_it_is("{v}.__class__ is {kind} and not {v}.microsecond", kind=datetime)
    def write_time(value: datetime) -> str: ...

Generated loops test it in place, and call the function for all other values.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, Final, NamedTuple, TypeVar

from engine import core

Write = TypeVar("Write", bound=Callable[[Any], Any])
_SAID: Final = "as_it_is"


class AsItIs(NamedTuple):
    """An expression over `{v}`, the value, and names that are bound to constants."""

    expression: str
    names: dict[str, Any]


def as_it_is(expression: str, **names: Any) -> Callable[[Write], Write]:
    """Say of a scalar's `serialize` function which values it need not see. The expression raises for no value."""

    def declare(write: Write) -> Write:
        setattr(write, _SAID, AsItIs(expression, names))
        return write

    return declare


def said_of(write: Callable[[Any], Any]) -> AsItIs | None:
    """What was said of a function, if anything."""
    if write is core.isoformat:
        return _DAYS
    said: AsItIs | None = getattr(write, _SAID, None)
    return said


_DAYS = AsItIs("{v}.__class__ is {day}", {"day": date})
"""For Strawberry's own scalars of time, which write by `isoformat`."""
