"""A source that fails too often, or is too slow too often, is left in peace for a while, and then tried with care.

What counts is whether it did what was agreed: no connection, no answer in time, a status of 500, a login page, a body
of the wrong shape are all failures. What does not count is the caller's own doing: a request that it does not
understand or refuses, and a time that was shorter than the source's own.
"""

from collections.abc import Callable
from enum import StrEnum
from time import monotonic
from typing import Any, ClassVar

from model.ask import Ask
from model.faults import Ambiguous, CircuitOpen, Rejected, SourceFault, TimedOut, Unaskable, Unauthorised
from model.keys import Lookup
from sources.contract import Source
from sources.grammar.guards import BreakerDeclaration
from sources.guards.guard import Call, Guard, T, W, faults

_WINDOW = 64
_MASK = (1 << _WINDOW) - 1
_LONGER_AT_MOST = 8
"""How many times longer than its first rest a source may get one that fails each time it is tried."""
_NEARLY = 0.95


class BreakerState(StrEnum):
    """Whether calls are let through."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"
    """A few are, to see how it is."""


class Breaker(Guard):
    """Remembers how the last 64 calls went, a bit each; of those that went well last only how many they were."""

    kind: ClassVar[str] = "breaker"

    def __init__(
        self, inner: Source, declared: BreakerDeclaration, timeout: float, clock: Callable[[], float] = monotonic
    ) -> None:
        super().__init__(inner)
        self._declared = declared
        self._timeout = timeout * _NEARLY
        self._slow_after = declared.slow_after if declared.slow_after is not None else timeout * _NEARLY
        self.clock = clock
        self._longer = 1
        self.rested: float | None = None
        """Until when the source is, or was, left in peace; None where all calls are let through."""
        self._well = self._failures = self._slow = self._seen = self._probing = self._passed = 0

    @property
    def state(self) -> BreakerState:
        """Whether calls are let through now."""
        if self.rested is None:
            return BreakerState.CLOSED
        return BreakerState.OPEN if self.clock() < self.rested else BreakerState.HALF_OPEN

    async def around(self, call: Call[W, T], lookup: Lookup, what: W, ask: Ask) -> T:
        """Make the call if calls are let through, and remember how it went."""
        rested = self.rested
        if rested is not None:
            self._try_it()
        began = self.clock()
        try:
            said = await call(lookup, what, ask)
        except BaseException as err:
            seconds = self.clock() - began
            self.note(self.verdict(err, seconds), seconds, rested)
            raise
        seconds = self.clock() - began
        self.note(self.failed(said, seconds), seconds, rested)
        return said

    def _try_it(self) -> None:
        """Let a call through to a source that has rested, as long as few others are; CircuitOpen for all else."""
        if self.state is BreakerState.OPEN or self._probing >= self._declared.probes:
            self.counts["refused"] += 1
            raise CircuitOpen(self.name, "left in peace")
        self._probing += 1
        self.counts["probed"] += 1

    def failed(self, said: Any, seconds: float) -> bool | None:
        """Whether any key of an answer tells of a failure; None where all that went wrong was the caller's doing."""
        failed = faults(said)
        if not failed:
            return False
        verdicts = [self.verdict(fault, seconds) for _, fault in failed]
        return True if True in verdicts else verdicts[0]

    def verdict(self, error: BaseException, seconds: float) -> bool | None:
        """True for a failure of the source's, False for an answer after all, None for what tells nothing of it.

        Such as that who asked has given it up. seconds: after which it came.
        """
        if not isinstance(error, SourceFault):
            return True if isinstance(error, Exception) else None
        if isinstance(error, TimedOut) and seconds < self._timeout:
            return None
        return isinstance(error, Unauthorised) or not isinstance(error, Rejected | Unaskable | Ambiguous)

    def note(self, failed: bool | None, seconds: float, rested: float | None) -> None:
        """Remember a call's end; `rested` tells what it was let through by. One from before a change tells nothing."""
        if rested != self.rested:
            return
        slow = seconds >= self._slow_after
        if rested is not None:
            self._note_probe(failed, slow=slow)
        elif failed or (slow and failed is not None):
            self._note_ill(failed, slow)
        elif failed is not None:
            self._well += 1

    def _note_probe(self, failed: bool | None, *, slow: bool) -> None:
        self._probing -= 1
        if failed or (slow and failed is not None):
            self._longer = min(self._longer * 2, _LONGER_AT_MOST)
            self._open()
        elif failed is not None:
            self._passed += 1
            if self._passed >= self._declared.probes:
                self._close()

    def _note_ill(self, failed: bool, slow: bool) -> None:
        """Remember one that did not go well, behind all that have since the last of them; and judge."""
        calls = min(self._well, _WINDOW) + 1
        self._failures = (self._failures << calls | failed) & _MASK
        self._slow = (self._slow << calls | slow) & _MASK
        self._seen, self._well = min(self._seen + calls, _WINDOW), 0
        self._judge()

    def _judge(self) -> None:
        seen = self._seen
        if seen < self._declared.calls:
            return
        failing = self._failures.bit_count() >= seen * self._declared.failing
        if failing or self._slow.bit_count() >= seen * self._declared.slow:
            self._open()

    def _open(self) -> None:
        self.rested = self.clock() + self._declared.rest * self._longer
        self._forget()
        self.counts["opened"] += 1

    def _close(self) -> None:
        self._longer, self.rested = 1, None
        self._forget()
        self.counts["closed"] += 1

    def _forget(self) -> None:
        self._well = self._failures = self._slow = self._seen = self._probing = self._passed = 0
