"""Loaders: the keys of a column go to a source as one block and come back as one.

aiodataloader makes a future for every key (5 to 10 microseconds each); a column of a thousand circuits would
spend its whole budget there. `BlockLoader` keeps its contract (what is asked for in the same turn of the event
loop becomes one call, what is known is not asked again) with one future for each block.
"""

import asyncio
from collections.abc import Iterable, Sequence

from aiodataloader import DataLoader

from model.answer import Answer
from model.ask import Ask
from model.faults import SourceFault
from model.keys import Key
from resolvers.attempt import attempt
from resolvers.outcomes import Outcomes
from resolvers.upstreams import Offer

Said = Answer | SourceFault | None
"""What a source says to a key: an answer, a fault, or that it knows no such thing."""


class BlockLoader(DataLoader[Key, Said]):
    """One lookup of one source with one ask, within one request."""

    def __init__(self, offer: Offer, ask: Ask, outcomes: Outcomes) -> None:
        super().__init__()
        self._offer = offer
        self._ask = ask
        self._outcomes = outcomes
        self._said: dict[Key, Said] = {}
        self._flying: dict[Key, asyncio.Future[None]] = {}
        self._next: tuple[dict[Key, None], asyncio.Future[None]] | None = None

    async def batch_load_fn(self, keys: Iterable[Key]) -> list[Said]:
        """Answer single keys, as aiodataloader's `load` asks for them."""
        return await self.block(list(keys))

    async def block(self, keys: Sequence[Key]) -> list[Said]:
        """What the source says to each of these keys, in their order; keys may repeat."""
        waits: dict[int, asyncio.Future[None]] = {}
        for key in keys:
            if key in self._said:
                continue
            landing = self._flying.get(key)
            if landing is None:
                wanted, landing = self._departure()
                wanted[key] = None
                self._flying[key] = landing
            waits[id(landing)] = landing
        for landing in waits.values():
            await asyncio.shield(landing)
        return [self._said[key] for key in keys]

    def _departure(self) -> tuple[dict[Key, None], asyncio.Future[None]]:
        """The flight that leaves at the end of this turn of the event loop."""
        if self._next is None:
            self._next = ({}, self.loop.create_future())
            self.loop.call_soon(self._depart)
        return self._next

    def _depart(self) -> None:
        if self._next is None:
            return
        (wanted, landing), self._next = self._next, None
        flight = asyncio.ensure_future(self._fly(list(wanted)))
        flight.add_done_callback(lambda _: _land(landing))

    async def _fly(self, keys: list[Key]) -> None:
        offer, ask = self._offer, self._ask
        started = self.loop.time()
        said = await attempt(offer, offer.source.fetch(offer.lookup, keys, ask))
        if isinstance(said, SourceFault):
            self._said.update(dict.fromkeys(keys, said))
            fault: SourceFault | None = said
            oldest = None
        else:
            self._said.update({key: said.get(key) for key in keys})
            faults = (one for one in said.values() if isinstance(one, SourceFault))
            stale = (one.as_of for one in said.values() if isinstance(one, Answer) and one.stale)
            fault, oldest = next(faults, None), min(stale, default=None)
        for key in keys:
            del self._flying[key]
        self._outcomes.note(offer.name, offer.lookup, self.loop.time() - started, fault, oldest)


def _land(landing: asyncio.Future[None]) -> None:
    if not landing.done():
        landing.set_result(None)
