"""Paths into an answer, whatever it is made of: each medium has a language of its own for them."""

from collections.abc import Callable
from enum import Enum, auto
from typing import Any, Final, Protocol


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()
"""Nothing stands there, not even null."""

ITSELF: Final = "@"
"""The path, in every language, to the very thing that it starts from."""

Getter = Callable[[Any], Any]
"""From a row, or a whole body, to what stands at a path in it; ABSENT where that leads nowhere."""


class BadPath(ValueError):  # noqa: N818 - named after what it is, as faults are
    """A path that is none in its language."""


class Wanted(Enum):
    """What a path is to give: a value or each of several; a thing to read further paths in, or each of several."""

    VALUE = auto()
    VALUES = auto()
    THING = auto()
    THINGS = auto()


class Paths(Protocol):
    """A language of paths."""

    @property
    def called(self) -> str:
        """A path of it, to whoever writes one: `a JMESPath`."""
        ...

    def compile(self, path: str, wanted: Wanted) -> Getter:
        """A function to what stands at a path; BadPath says what is wrong with it."""
        ...

    def name(self, path: str) -> str | None:
        """The name under which a row, being a dict, holds what the path leads to; None for any other path."""
        ...

    def attributes(self, path: str) -> frozenset[str] | None:
        """The attributes of the row itself that a path reads; None when it may read any."""
        ...

    def told(self, found: Any) -> Any:
        """What a path gave, as plain data that may be kept and shown: of a thing that is an element, its text."""
        ...
