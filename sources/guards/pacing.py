"""Calls go out at a pace: for systems that answer one after the other, however many connections they take."""

import asyncio
from collections.abc import Callable
from time import monotonic
from typing import ClassVar

from model.ask import Ask
from model.faults import Overloaded
from model.keys import Lookup
from sources.contract import Source
from sources.grammar.guards import PaceDeclaration
from sources.guards.guard import Call, Guard, T, W


class Pacing(Guard):
    """Gives each call its moment: no more than so many in a time, after a first few without waiting [GCRA]."""

    kind: ClassVar[str] = "pace"

    def __init__(self, inner: Source, declared: PaceDeclaration, clock: Callable[[], float] = monotonic) -> None:
        super().__init__(inner)
        self._every = declared.per / declared.calls
        self._slack = self._every * (declared.burst - 1)
        self._clock = clock
        self._due = 0.0

    async def around(self, call: Call[W, T], lookup: Lookup, what: W, ask: Ask) -> T:
        """Make the call at its moment; Overloaded at once when that would come after the ask's deadline."""
        now = self._clock()
        due = max(self._due, now)
        wait = due - self._slack - now
        if wait > 0:
            if now + wait >= ask.deadline:
                self.counts["refused"] += 1
                raise Overloaded(self.name, f"its turn would come in {wait:.1f} s")
            self.counts["waited"] += 1
        self._due = due + self._every
        if wait > 0:
            await asyncio.sleep(wait)
        return await call(lookup, what, ask)
