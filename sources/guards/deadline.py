"""Nobody waits for a source longer than the ask allows, whatever its connector does."""

import asyncio
from typing import Any, ClassVar

from msgspec import Struct

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
        waiting = self.begin(ask)
        try:
            return await call(lookup, what, ask)
        except asyncio.CancelledError as err:
            if not waiting.is_over():
                raise
            raise self.passed() from err
        finally:
            waiting.leave()

    def begin(self, ask: Ask) -> "Waiting":
        """Have the present task wait no longer than the ask allows, from now until it leaves."""
        watch = self._watch
        task = None if watch is None else asyncio.current_task(watch.loop)
        if watch is None or task is None:  # or it is the watch of another event loop
            watch = self._watch = Watch(asyncio.get_running_loop())
            task = asyncio.current_task()
        assert task is not None  # noqa: S101 - only tasks await
        waiting = Waiting(task, ask.deadline + _GRACE, task.cancelling(), watch)
        watch.begin(waiting)
        return waiting

    def passed(self) -> TimedOut:
        """Who has waited so long has no answer."""
        self.counts["passed"] += 1
        return TimedOut(self.name, "no answer by the deadline")


class Waiting(Struct, eq=False):
    """A task that waits until some time of the loop's clock, and is cancelled then.

    cancelling: how many times it was cancelled before.
    """

    task: "asyncio.Task[Any]"
    until: float
    cancelling: int
    watch: Watch
    cancelled: bool = False

    def leave(self) -> None:
        """It waits no longer, whether or not it was cancelled and has an answer all the same."""
        self.watch.leave(self)
        if self.cancelled:
            self._forget()

    def end(self) -> None:
        """It has waited long enough."""
        self.cancelled = True
        self.task.cancel()

    def is_over(self) -> bool:
        """Whether it was cancelled for this, and for nothing else."""
        return self.cancelled and self._forget() <= self.cancelling

    def _forget(self) -> int:
        """Take back that it was cancelled for this; how many other times it is cancelled."""
        self.cancelled = False
        return self.task.uncancel()
