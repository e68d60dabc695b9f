"""The trail that a request leaves for whoever wants to follow it: which source was asked, when, and what came of it.

Few requests are followed. For all others there is no trail, and nothing is done for it.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from typing import Protocol


class Step(Protocol):
    """One asking of a source."""

    @property
    def headers(self) -> Mapping[str, str]:
        """What the source is told, so that what it does can be followed, too."""
        ...

    def end(self, outcome: str, calls: int) -> None:
        """It is over. outcome: `ok` or the code of a fault; calls: the upstream requests that it took."""
        ...


class Trail(Protocol):
    """A request that is followed."""

    def step(self, source: str, lookup: str, keys: int) -> Step:
        """A source is asked for so many keys; 0 for a list."""
        ...


_trail: ContextVar[Trail | None] = ContextVar("trail", default=None)


trail = _trail.get
"""The trail of the present request, if it is followed."""


class following:  # noqa: N801 - it is used as a statement: with following(trail)
    """A block whose asking of sources belongs to this trail."""

    __slots__ = ("_token", "_trail")

    def __init__(self, followed: Trail) -> None:
        self._trail = followed

    def __enter__(self) -> None:
        self._token = _trail.set(self._trail)

    def __exit__(self, *_: object) -> None:
        _trail.reset(self._token)
