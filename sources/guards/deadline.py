"""Nobody waits for a source longer than the ask allows, whatever its connector does."""

import asyncio
from typing import ClassVar

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
        try:
            async with asyncio.timeout_at(ask.deadline + _GRACE):
                return await call(lookup, what, ask)
        except TimeoutError as err:
            self.counts["passed"] += 1
            raise TimedOut(self.name, "no answer by the deadline") from err
