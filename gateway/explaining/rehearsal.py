"""Sources that ask nobody: they answer what is made up, wave by wave, so that an operation shows what it would ask."""

from collections.abc import Mapping, Sequence

import anyio
from anyio.lowlevel import checkpoint

from gateway.explaining.made_up import DAY, Author
from gateway.guard.cost import LISTED
from gateway.guard.tariff import ROWS_A_PAGE
from model.answer import Answer
from model.ask import Ask
from model.faults import SourceFault
from model.keys import Key, Lookup
from model.nouns import NOUNS
from sources.contract import Health, HealthState, Source

QUIET = 100
"""After so many turns of the event loop in which nobody has asked anything, a wave is complete."""
_SINGLE = frozenset({"route", "kpi", "domain"})
"""Nouns of which a thing has one, or about."""


class Stage:
    """Lets answers go wave by wave: all that is asked before any of them is answered is one."""

    def __init__(self) -> None:
        self.asked = 0
        self._wave = anyio.Event()

    async def answered(self) -> None:
        """Wait until the wave is complete."""
        self.asked += 1
        await self._wave.wait()

    async def conduct(self) -> None:
        """Answer one wave after the other, until cancelled."""
        answered = 0
        while True:
            seen, quiet = self.asked, 0
            while quiet < QUIET:
                await checkpoint()
                quiet = quiet + 1 if self.asked == seen else 0
                seen = self.asked
            if seen > answered:
                answered, wave, self._wave = seen, self._wave, anyio.Event()
                wave.set()


class Rehearsal:
    """A source as another one, on the same terms, but that it asks nobody."""

    def __init__(self, of: Source, author: Author, stage: Stage) -> None:
        self.name = of.name
        self.lookups = of.lookups
        self._author = author
        self._stage = stage

    async def fetch(self, lookup: Lookup, keys: Sequence[Key], ask: Ask) -> Mapping[Key, Answer | SourceFault]:
        """Answer these keys with what is made up."""
        await self._stage.answered()
        count = 1 if lookup.noun in _SINGLE or lookup.by == NOUNS[lookup.noun].id else LISTED
        return {key: Answer(records=self._author.records(lookup, key, count, ask), as_of=DAY) for key in keys}

    async def page(self, lookup: Lookup, after: str | None, ask: Ask) -> Answer:
        """Answer a list with what is made up, of one page."""
        del after
        await self._stage.answered()
        records = self._author.records(lookup, "", ask.limit or ROWS_A_PAGE, ask)
        return Answer(records=records, as_of=DAY, total=len(records))

    async def health(self) -> Health:
        """Always well."""
        return Health(HealthState.UP, 0.0)

    async def aclose(self) -> None:
        """Nothing to let go."""
