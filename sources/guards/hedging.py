"""A call that takes longer than most gets a second one beside it, and the first good answer counts.

For sources that are fast, but for a few calls that hang for reasons of their own. The second goes out when 95 of 100
calls would be back. Only a small share of calls gets one: a source that is slow altogether is not asked twice.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable
from time import monotonic
from typing import Any, ClassVar, Generic

import anyio

from model.ask import Ask
from model.faults import SourceFault
from model.keys import Lookup
from sources.contract import Source
from sources.grammar.guards import HedgeDeclaration
from sources.guards.guard import Call, Guard, T, W

_KNOWN_AT_LEAST = 32
"""Calls after which it is known what is usual."""
_RESERVE = 3.0
"""Second calls that may come in a row, beyond their share."""


class Usual:
    """How long the last 256 calls of a lookup took, in seconds."""

    __slots__ = ("_last", "_noted", "patience")

    def __init__(self) -> None:
        self._last: deque[float] = deque(maxlen=256)
        self._noted = 0
        self.patience: float | None = None
        """How long to wait before a second call; None while nothing is known.

        That is the p95, but no more than twice the p90: where one call in twenty hangs, the p95 is a hanging one.
        """

    def note(self, seconds: float) -> None:
        """One more call has ended."""
        self._last.append(seconds)
        self._noted += 1
        if self._noted % _KNOWN_AT_LEAST == 0:
            ranked = sorted(self._last)
            p90, p95 = (ranked[int(len(ranked) * part)] for part in (0.9, 0.95))
            self.patience = min(p95, 2 * p90)


class Hedging(Guard):
    """Makes second calls."""

    kind: ClassVar[str] = "hedge"

    def __init__(self, inner: Source, declared: HedgeDeclaration, clock: Callable[[], float] = monotonic) -> None:
        super().__init__(inner)
        self._declared = declared
        self._clock = clock
        self._usual: dict[Lookup, Usual] = defaultdict(Usual)
        self._budget = _RESERVE

    async def around(self, call: Call[W, T], lookup: Lookup, what: W, ask: Ask) -> T:
        """Make the call, and a second one if it takes too long."""
        usual = self._usual[lookup]
        self._budget = min(self._budget + self._declared.share, _RESERVE)
        began = self._clock()
        if usual.patience is None:
            said = await call(lookup, what, ask)
        else:
            said = await self._raced(call, lookup, what, ask, max(usual.patience, self._declared.at_least))
        usual.note(self._clock() - began)
        return said

    async def _raced(self, call: Call[W, T], lookup: Lookup, what: W, ask: Ask, patience: float) -> T:
        second: _Second[T] = _Second(lambda: call(lookup, what, ask), self._may_go_out)
        timer = asyncio.get_running_loop().call_later(patience, second.go_out)
        try:
            with second.first:
                try:
                    return await call(lookup, what, ask)
                except SourceFault:
                    if not await second.comes():
                        raise
            self.counts["won"] += 1
            return second.answer()
        finally:
            timer.cancel()
            await second.give_up()

    def _may_go_out(self) -> bool:
        if self._budget < 1:
            self.counts["over budget"] += 1
            return False
        self._budget -= 1
        self.counts["sent"] += 1
        return True


class _Second(Generic[T]):
    """The second call: `first` is the scope of the first, which ends when the second has a good answer."""

    def __init__(self, call: Callable[[], Any], may_go_out: Callable[[], bool]) -> None:
        self._call = call
        self._may_go_out = may_go_out
        self._task: asyncio.Task[T] | None = None
        self.first = anyio.CancelScope()

    def go_out(self) -> None:
        if self._may_go_out():
            self._task = asyncio.get_running_loop().create_task(self._call())
            self._task.add_done_callback(self._arrived)

    async def comes(self) -> bool:
        """Whether there is a good answer by it, when the first has failed."""
        if self._task is not None:
            await asyncio.wait([self._task])
        return self._task is not None and _is_good(self._task)

    def answer(self) -> T:
        assert self._task is not None  # noqa: S101 - only its answer ends the first
        return self._task.result()

    async def give_up(self) -> None:
        """End it, if it is still under way, and wait until it has ended."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            with anyio.CancelScope(shield=True):
                await asyncio.wait([self._task])

    def _arrived(self, task: "asyncio.Task[T]") -> None:
        if _is_good(task):
            self.first.cancel()


def _is_good(task: "asyncio.Task[Any]") -> bool:
    return task.done() and not task.cancelled() and task.exception() is None
