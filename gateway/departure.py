"""Clients that leave, and time that runs out: what was begun is then given up.

A watch costs a task, a timer costs its keeping; most answers are out before either would be of use. So both begin only
after a moment, of which one timer keeps an eye for all requests.
"""

import asyncio
from types import TracebackType
from typing import Self

from starlette.types import Receive

MOMENT = 0.2
"""Seconds for which nobody looks whether the client is still there."""
STEP = 0.05
"""Seconds from one look at what is under way to the next."""


class Departures:
    """All blocks that are under way and have not been looked at."""

    __slots__ = ("_loop", "under_way")

    def __init__(self) -> None:
        self.under_way: dict[Departure, float] = {}
        """Blocks, and when each has to be looked at."""
        self._loop: asyncio.AbstractEventLoop | None = None
        """The loop that will look in a moment."""

    def looks(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Whether the timer runs, in this loop."""
        return self._loop is loop

    def begin(self, loop: asyncio.AbstractEventLoop) -> None:
        """Look at what is under way in this loop, until nothing is."""
        self._loop = loop
        self.under_way.clear()
        loop.call_later(STEP, self._look)

    def _look(self) -> None:
        """Look at those whose moment ends before the next look."""
        loop = asyncio.get_running_loop()
        soon = loop.time() + STEP
        for departure in [one for one, at in self.under_way.items() if at <= soon]:
            del self.under_way[departure]
            departure.look()
        if self.under_way:
            loop.call_later(STEP, self._look)
        else:
            self._loop = None


class Departure:
    """A block that ends when the client leaves (`gone`), or at a time of the event loop's clock (`late`).

    The request's body is read first; `watch` tells that it has been, and until when the block may go on from there.
    """

    __slots__ = (
        *("_among", "_cancelling", "_looked", "_loop", "_read", "_receive", "_task", "_timer", "_until", "_watch"),
        *("gone", "late"),
    )

    def __init__(self, among: Departures, receive: Receive, loop: asyncio.AbstractEventLoop, until: float) -> None:
        self._among, self._receive, self._loop, self._until = among, receive, loop, until
        self._timer: asyncio.TimerHandle | None = None
        self._watch: asyncio.Task[None] | None = None
        self._read = self._looked = self.gone = self.late = False

    def __enter__(self) -> Self:
        loop, among = self._loop, self._among
        self._task = asyncio.current_task(loop)
        self._cancelling = self._task.cancelling() if self._task else 0
        first = loop.time() + MOMENT
        if self._until < first:
            self.look_at(self._until)
            return self
        if not among.looks(loop):
            among.begin(loop)
        among.under_way[self] = first
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> bool:
        self._among.under_way.pop(self, None)
        if self._timer is not None:
            self._timer.cancel()
        if self._watch is not None:
            self._watch.cancel()
        if self._task is None or not (self.gone or self.late):
            return False
        left = self._task.uncancel()
        return kind is asyncio.CancelledError and left <= self._cancelling

    def watch(self, until: float) -> None:
        """The body has been read: from now on nothing but the client's leaving is to be heard from it."""
        self._read, self._until = True, until
        if self._looked:
            self.look()

    def look_at(self, when: float) -> None:
        """Look at a time of the event loop's clock, and at no other."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(when, self.look)

    def look(self) -> None:
        """See whether it is late, and that somebody sees when the client leaves."""
        self._looked = True
        if self._loop.time() >= self._until:
            self.late = True
            self._give_up()
            return
        self.look_at(self._until)
        if self._read and self._watch is None:
            self._watch = self._loop.create_task(self._until_gone())

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        if not self.late:
            self.gone = True
            self._give_up()

    def _give_up(self) -> None:
        if self._task is not None:
            self._task.cancel()
