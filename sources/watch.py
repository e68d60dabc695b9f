"""One timer looks after all who wait: hardly any waits to its end, and a timer for each costs more than its waiting."""

import asyncio
from math import inf
from typing import Protocol


class Waiting(Protocol):
    """Whoever waits until some time of the event loop's clock."""

    until: float

    def end(self) -> None:
        """It has waited long enough."""
        ...


class Watch:
    """The timer of all who wait on one event loop.

    rings_at: when it looks at those who wait. Who has begun to wait and goes on until another time need not say so,
    unless that is sooner.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.rings_at = inf
        self._waiting: dict[Waiting, None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def begin(self, waiting: Waiting) -> None:
        """It begins to wait, or goes on until a time that is sooner."""
        self._waiting[waiting] = None
        if waiting.until < self.rings_at:
            self._set(waiting.until)

    def leave(self, waiting: Waiting) -> None:
        """It waits no longer."""
        self._waiting.pop(waiting, None)

    def _set(self, at: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self.rings_at = self.loop.call_at(at, self._ring), at

    def _ring(self) -> None:
        """End what is over, and look again when the next one is; with nobody there, there is nothing to look after."""
        now = max(self.rings_at, self.loop.time())  # a timer may ring a moment early
        self._timer, self.rings_at = None, inf
        for waiting in [one for one in self._waiting if one.until <= now]:
            del self._waiting[waiting]
            waiting.end()
        if self._waiting:
            self._set(min(one.until for one in self._waiting))
