"""Clients that leave, and time that runs out: what was begun is then given up.

A watch costs a task, a timer costs its keeping; most answers are out before either would be of use. So both begin only
after a moment, by one timer that most requests never see.
"""

import asyncio
from types import TracebackType
from typing import Self

from starlette.types import Receive

MOMENT = 0.2
"""Seconds for which nobody looks whether the client is still there."""


class Departure:
    """A block that ends when the client leaves (`gone`), or at a time of the event loop's clock (`late`).

    The request's body is read first; `watch` tells that it has been, and until when the block may go on from there.
    """

    __slots__ = (
        "_cancelling",
        "_looked",
        "_loop",
        "_read",
        "_receive",
        "_task",
        "_timer",
        "_until",
        "_watch",
        "gone",
        "late",
    )

    def __init__(self, receive: Receive, loop: asyncio.AbstractEventLoop, until: float) -> None:
        self._receive, self._loop, self._until = receive, loop, until
        self._watch: asyncio.Task[None] | None = None
        self._read = self._looked = False
        self.gone = self.late = False

    def __enter__(self) -> Self:
        self._task = asyncio.current_task(self._loop)
        self._cancelling = self._task.cancelling() if self._task else 0
        self._timer = self._loop.call_at(min(self._until, self._loop.time() + MOMENT), self._look)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> bool:
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
            self._timer.cancel()
            self._look()

    def _look(self) -> None:
        self._looked = True
        if self._loop.time() >= self._until:
            self.late = True
            self._give_up()
            return
        self._timer = self._loop.call_at(self._until, self._look)
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
