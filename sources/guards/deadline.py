"""Nobody waits for a source longer than the ask allows, whatever its connector does."""

import asyncio
from typing import ClassVar

from model.ask import Ask
from model.faults import TimedOut
from model.keys import Lookup
from sources.contract import Source
from sources.guards.guard import Call, Guard, T, W
from sources.watch import Watch

_GRACE = 0.05
"""Seconds in which a connector that keeps the deadline itself can still hand over what it has."""


class Deadline(Guard):
    """A source that answers in time, or faults."""

    kind: ClassVar[str] = "deadline"

    def __init__(self, inner: Source) -> None:
        super().__init__(inner)
        self._watch: Watch | None = None

    async def around(self, call: Call[W, T], lookup: Lookup, what: W, ask: Ask) -> T:
        """Make the call, and end it at the ask's deadline."""
        loop, watch = asyncio.get_running_loop(), self._watch
        if watch is None or watch.loop is not loop:
            watch = self._watch = Watch(loop)
        waiting = _Waiting(loop, ask.deadline + _GRACE)
        watch.begin(waiting)
        try:
            return await call(lookup, what, ask)
        except asyncio.CancelledError as err:
            if not waiting.is_over():
                raise
            self.counts["passed"] += 1
            raise TimedOut(self.name, "no answer by the deadline") from err
        finally:
            watch.leave(waiting)
            if waiting.cancelled:  # and has an answer all the same
                waiting.forget()


class _Waiting:
    """The present task, which waits until some time of the loop's clock, and is cancelled then."""

    __slots__ = ("_cancelling", "_task", "cancelled", "until")

    def __init__(self, loop: asyncio.AbstractEventLoop, until: float) -> None:
        task = asyncio.current_task(loop)
        assert task is not None  # noqa: S101 - only tasks await
        self._task = task
        self._cancelling = task.cancelling()
        self.cancelled = False
        self.until = until

    def end(self) -> None:
        """It has waited long enough."""
        self.cancelled = True
        self._task.cancel()

    def is_over(self) -> bool:
        """Whether it was cancelled for this, and for nothing else."""
        if not self.cancelled:
            return False
        return self.forget() <= self._cancelling

    def forget(self) -> int:
        """Take back that it was cancelled for this; how many other times it is cancelled."""
        self.cancelled = False
        return self._task.uncancel()
