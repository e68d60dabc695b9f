"""What failed for a moment is asked again: after a wait that differs from others', and never beyond the deadline.

Sources are only ever read, so that asking twice is safe. What is asked again is what may succeed then: a lost
connection, a status of 500 or 503; not a source that did not answer in its time (it would be given that time again),
nor one that is left in peace. A budget bounds how many of a source's calls are repetitions: an outage is not
answered by several times the load.

The first call costs nothing here; stamina comes in when it has failed.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from random import random
from typing import ClassVar

import stamina
import stamina.instrumentation

from model.answer import Answer
from model.ask import Ask
from model.faults import SourceFault, TimedOut
from model.keys import Key, Lookup
from sources.contract import Source
from sources.grammar.guards import RetriesDeclaration
from sources.guards.guard import Call, Guard, Said, T, W, faults

RESERVE = 10.0
"""Repetitions that a source which was never in trouble may have at once."""

# It would tell structlog and prometheus-client of each by itself; the guard counts, and telemetry reads that.
stamina.instrumentation.set_on_retry_hooks(())


class Retries(Guard):
    """Asks again for what failed."""

    kind: ClassVar[str] = "retries"

    def __init__(self, inner: Source, declared: RetriesDeclaration) -> None:
        super().__init__(inner)
        self._declared = declared
        self._share = declared.budget
        self.budget = RESERVE
        """How many repetitions there may be now; calls earn more, up to RESERVE."""

    async def fetch(self, lookup: Lookup, keys: Sequence[Key], ask: Ask) -> Mapping[Key, Answer | SourceFault]:
        """Answer these keys; where only some failed, these are asked for again, once."""
        return await self.mended(lookup, await self.around(self.inner.fetch, lookup, keys, ask), ask)

    async def around(self, call: Call[W, T], lookup: Lookup, what: W, ask: Ask) -> T:
        """Make the call, and again if it fails."""
        self.earn()
        try:
            return await call(lookup, what, ask)
        except SourceFault as err:
            if not worth_it(err):
                raise
            failed = err
        return await self.again(call, lookup, what, ask, failed)

    def earn(self) -> None:
        """A call is made, which earns a part of a repetition."""
        self.budget = min(self.budget + self._share, RESERVE)

    async def mended(self, lookup: Lookup, said: Mapping[Key, Said], ask: Ask) -> Mapping[Key, Said]:
        """What was said to keys, with what comes of it when those that failed are asked for again."""
        failed = [(key, fault) for key, fault in faults(said) if worth_it(fault)]
        if not failed:
            return said
        keys = [key for key, _ in failed]
        try:
            return {**said, **await self.again(self.inner.fetch, lookup, keys, ask, failed[0][1])}
        except SourceFault as err:
            return {**said, **dict.fromkeys(keys, err)}

    async def again(self, call: Call[W, T], lookup: Lookup, what: W, ask: Ask, failed: SourceFault) -> T:
        """Go on from a first failure, which is told to stamina as if it had happened here."""
        first: SourceFault | None = failed
        async for attempt in stamina.retry_context(self._wait(ask), self._declared.times + 1, None):
            with attempt:
                if first is not None:
                    first = None
                    raise failed
                return await call(lookup, what, ask)
        raise failed

    def _wait(self, ask: Ask) -> Callable[[Exception], bool | float]:
        """For each failure, how many seconds to wait; False not to ask again."""
        tried = 0

        def wait(err: Exception) -> bool | float:
            nonlocal tried
            if not isinstance(err, SourceFault) or not worth_it(err) or tried >= self._declared.times:
                return False
            seconds = self._declared.wait * (1 << tried) * (0.5 + random())  # noqa: S311 - so that not all come back at once
            seconds = max(seconds, err.retry_after or 0.0)
            if asyncio.get_running_loop().time() + seconds >= ask.deadline:
                return False
            if self.budget < 1:
                self.counts["over budget"] += 1
                return False
            self.budget -= 1
            self.counts["repeated"] += 1
            tried += 1
            return seconds

        return wait


def worth_it(fault: SourceFault) -> bool:
    """Whether asking again may help, now."""
    return fault.transient and fault.asked and not isinstance(fault, TimedOut)
