"""Nobody waits for a source longer than the ask allows, whatever its connector does.

One timer looks after all calls under way: hardly any passes its deadline, and a timer for each costs more than all the
other guards together.
"""

import asyncio
from typing import ClassVar

from model.ask import Ask
from model.faults import TimedOut
from model.keys import Lookup
from sources.contract import Source
from sources.guards.guard import Call, Guard, T, W

_GRACE = 0.05
"""Seconds in which a connector that keeps the deadline itself can still hand over what it has."""


class Deadline(Guard):
    """A source that answers in time, or faults."""

    kind: ClassVar[str] = "deadline"

    def __init__(self, inner: Source) -> None:
        super().__init__(inner)
        self._watch: _Watch | None = None

    async def around(self, call: Call[W, T], lookup: Lookup, what: W, ask: Ask) -> T:
        """Make the call, and end it at the ask's deadline."""
        loop, watch = asyncio.get_running_loop(), self._watch
        if watch is None or watch.loop is not loop:
            watch = self._watch = _Watch(loop)
        waiting = watch.begin(ask.deadline + _GRACE)
        try:
            return await call(lookup, what, ask)
        except asyncio.CancelledError as err:
            if not waiting.is_over():
                raise
            self.counts["passed"] += 1
            raise TimedOut(self.name, "no answer by the deadline") from err
        finally:
            waiting.leave()


class _Waiting:
    """A task that waits until some time of the loop's clock, and is cancelled then."""

    __slots__ = ("_all", "_cancelled", "_cancelling", "_task", "until")

    def __init__(self, everyone: "dict[_Waiting, None]", task: "asyncio.Task[object]", until: float) -> None:
        self._all = everyone
        self._task = task
        self._cancelling = task.cancelling()
        self._cancelled = False
        self.until = until

    def end(self) -> None:
        """It has waited long enough."""
        self._cancelled = True
        self._task.cancel()

    def is_over(self) -> bool:
        """Whether it was cancelled for this, and for nothing else."""
        if not self._cancelled:
            return False
        self._cancelled = False
        return self._task.uncancel() <= self._cancelling

    def leave(self) -> None:
        """It waits no longer."""
        self._all.pop(self, None)
        if self._cancelled:  # and has an answer all the same
            self._task.uncancel()


class _Watch:
    """The timer of all who wait on one event loop."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._waiting: dict[_Waiting, None] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._rings_at = 0.0

    def begin(self, until: float) -> _Waiting:
        """The present task begins to wait."""
        task = asyncio.current_task(self.loop)
        assert task is not None  # noqa: S101 - only tasks await
        waiting = _Waiting(self._waiting, task, until)
        self._waiting[waiting] = None
        if self._timer is None or until < self._rings_at:
            self._set(until)
        return waiting

    def _set(self, at: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._rings_at = self.loop.call_at(at, self._ring), at

    def _ring(self) -> None:
        """End what is over, and look again when the next one is; with nobody there, there is nothing to look after."""
        self._timer = None
        now = max(self._rings_at, self.loop.time())  # a timer may ring a moment early
        for waiting in [one for one in self._waiting if one.until <= now]:
            del self._waiting[waiting]
            waiting.end()
        if self._waiting:
            self._set(min(one.until for one in self._waiting))
