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
        race: _Race[T] = _Race(lambda: call(lookup, what, ask), self._may_go_out)
        timer = asyncio.get_running_loop().call_later(patience, race.send_second)
        try:
            return await call(lookup, what, ask)
        except SourceFault:
            if not await race.second_comes():
                raise
        except asyncio.CancelledError:
            if not race.is_lost():
                raise
        finally:
            race.over = True
            timer.cancel()
            if race.second is not None:
                await race.give_up(race.second)
        self.counts["won"] += 1
        return race.answer()

    def _may_go_out(self) -> bool:
        if self._budget < 1:
            self.counts["over budget"] += 1
            return False
        self._budget -= 1
        self.counts["sent"] += 1
        return True


class _Race(Generic[T]):
    """A first call, in the task that makes it, and a second one in a task of its own."""

    __slots__ = ("_call", "_cancelling", "_first", "_lost", "_may_go_out", "over", "second")

    def __init__(self, call: Callable[[], Any], may_go_out: Callable[[], bool]) -> None:
        self._call = call
        self._may_go_out = may_go_out
        self._first: asyncio.Task[Any] | None = asyncio.current_task()
        self._cancelling = self._first.cancelling() if self._first else 0
        self._lost = False
        self.over = False
        self.second: asyncio.Task[T] | None = None

    def send_second(self) -> None:
        if self._may_go_out():
            self.second = asyncio.get_running_loop().create_task(self._call())
            self.second.add_done_callback(self._arrived)

    def is_lost(self) -> bool:
        """Whether the first call was cancelled for the second one's good answer, and for nothing else."""
        return self._lost and self._first is not None and self._first.uncancel() <= self._cancelling

    async def second_comes(self) -> bool:
        """Whether there is a good answer by the second call, now that the first has failed."""
        self.over = True
        if self.second is not None:
            await asyncio.wait([self.second])
        return self.second is not None and _is_good(self.second)

    def answer(self) -> T:
        assert self.second is not None  # noqa: S101 - only its answer ends the first
        return self.second.result()

    async def give_up(self, second: "asyncio.Task[T]") -> None:
        """End the second call, if it is still under way, and wait until it has ended."""
        if not second.done():
            second.cancel()
            with anyio.CancelScope(shield=True):
                await asyncio.wait([second])

    def _arrived(self, second: "asyncio.Task[T]") -> None:
        if _is_good(second) and not self.over and self._first is not None:
            self._lost = self._first.cancel()


def _is_good(task: "asyncio.Task[Any]") -> bool:
    return task.done() and not task.cancelled() and task.exception() is None
