"""Nobody waits for a source longer than the ask allows, whatever its connector does."""

from typing import ClassVar

import anyio

from model.ask import Ask
from model.faults import TimedOut
from model.keys import Lookup
from sources.guards.guard import Call, Guard, T, W

_GRACE = 0.05
"""Seconds in which a connector that keeps the deadline itself can still hand over what it has."""


class Deadline(Guard):
    """A source that answers in time, or faults."""

    kind: ClassVar[str] = "deadline"

    async def around(self, call: Call[W, T], lookup: Lookup, what: W, ask: Ask) -> T:
        """Make the call, and end it at the ask's deadline."""
        with anyio.CancelScope(deadline=ask.deadline + _GRACE):
            return await call(lookup, what, ask)
        self.counts["passed"] += 1
        raise TimedOut(self.name, "no answer by the deadline")
