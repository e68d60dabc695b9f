"""Nobody waits for a source longer than the ask allows, whatever its connector does."""

from collections.abc import Mapping, Sequence

import anyio

from model.answer import Answer
from model.ask import Ask
from model.faults import SourceFault, TimedOut
from model.keys import Key, Lookup
from sources.contract import Health, Source, Terms

_GRACE = 0.05
"""Seconds in which a connector that keeps the deadline itself can still hand over what it has."""


class Deadline:
    """A source that answers in time, or faults."""

    def __init__(self, inner: Source) -> None:
        self._inner = inner
        self.name = inner.name

    @property
    def lookups(self) -> Mapping[Lookup, Terms]:
        """What it can answer."""
        return self._inner.lookups

    async def fetch(self, lookup: Lookup, keys: Sequence[Key], ask: Ask) -> Mapping[Key, Answer | SourceFault]:
        """Answer these keys before the ask's deadline."""
        with anyio.CancelScope(deadline=ask.deadline + _GRACE):
            return await self._inner.fetch(lookup, keys, ask)
        raise TimedOut(self.name, "no answer by the deadline")

    async def page(self, lookup: Lookup, after: str | None, ask: Ask) -> Answer:
        """Answer the next stretch of a list before the ask's deadline."""
        with anyio.CancelScope(deadline=ask.deadline + _GRACE):
            return await self._inner.page(lookup, after, ask)
        raise TimedOut(self.name, "no answer by the deadline")

    async def health(self) -> Health:
        """As the source says; its own timeout bounds it."""
        return await self._inner.health()

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._inner.aclose()
