"""How a source itself does: each call that reaches it is timed, and its outcome counted.

The innermost of all, so that neither queues nor caches nor retries are part of what is measured. Plain integers: who
wants to see them reads them (telemetry), and nothing else is done about them while calls are made.
"""

from collections import Counter, defaultdict
from time import perf_counter
from typing import ClassVar

from model.ask import Ask
from model.faults import SourceFault
from model.keys import Lookup
from sources.contract import Source
from sources.durations import Durations
from sources.guards.guard import Call, Guard, T, W, outcome_of


class Measured:
    """The calls of one lookup so far."""

    __slots__ = ("durations", "outcomes")

    def __init__(self) -> None:
        self.durations = Durations()
        self.outcomes: Counter[str] = Counter()
        """By code: `ok`, that of a fault, or `cancelled` where nobody wanted to know any more."""


class Meter(Guard):
    """Measures calls. under_way: how many there are now."""

    kind: ClassVar[str] = "meter"

    def __init__(self, inner: Source) -> None:
        super().__init__(inner)
        self.measured: defaultdict[Lookup, Measured] = defaultdict(Measured)
        self.under_way = 0

    async def around(self, call: Call[W, T], lookup: Lookup, what: W, ask: Ask) -> T:
        """Make the call, and note how long it took and what came of it."""
        self.under_way += 1
        began = perf_counter()
        try:
            said = await call(lookup, what, ask)
        except BaseException as err:
            self.note(lookup, perf_counter() - began, code_of(err))
            raise
        self.note(lookup, perf_counter() - began, outcome_of(said))
        return said

    def note(self, lookup: Lookup, seconds: float, outcome: str) -> None:
        """Note the end of a call that was under way."""
        self.under_way -= 1
        measured = self.measured[lookup]
        measured.durations.note(seconds)
        measured.outcomes[outcome] += 1


def code_of(error: BaseException) -> str:
    """The code of what a call ended with that has no answer."""
    if isinstance(error, SourceFault):
        return error.code
    return SourceFault.code if isinstance(error, Exception) else "cancelled"
