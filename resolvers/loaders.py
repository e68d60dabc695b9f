"""Loaders: the keys of a column go to a source as one block and come back as one.

aiodataloader makes a future for every key (5 to 10 microseconds each); a column of a thousand circuits would
spend its whole budget there. `BlockLoader` keeps its contract (what is asked for in the same turn of the event
loop becomes one call, what is known is not asked again) with one future for each block.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from time import monotonic

from aiodataloader import DataLoader, Loader
from msgspec import Struct
from msgspec.structs import replace

from model.answer import Answer
from model.ask import Ask, Condition, Window
from model.faults import SourceFault
from model.keys import Key
from model.records import Record
from resolvers.attempt import fault_of
from resolvers.outcomes import Outcomes
from resolvers.upstreams import Offer
from resolvers.waves import next_turn
from sources.contract import Answers

Said = Answer | SourceFault | None
"""What a source says to a key: an answer, a fault, or that it knows no such thing."""


class Question(Struct, frozen=True, cache_hash=True):
    """What is asked of a source, but for the keys; within a request, who asks the same shares a loader."""

    offer: Offer
    fields: frozenset[str]
    raw: bool = False
    conditions: tuple[Condition, ...] = ()
    window: Window | None = None


Told = tuple[Sequence[Sequence[Record]], Sequence[datetime | None]]
"""The records of each key of a column, and when they were told; of a key that has none that may be None."""


class _Flight:
    """Keys that go to their source together; `landing` is there once somebody waits who does not fly them.

    said: what came of it. over: whether it has ended, so that nobody need wait who comes to it late.
    """

    __slots__ = ("keys", "landing", "over", "said")

    def __init__(self, keys: Iterable[Key]) -> None:
        self.keys = dict.fromkeys(keys)
        self.landing: asyncio.Future[None] | None = None
        self.said: Mapping[Key, Answer | SourceFault] = {}
        self.over = False


def _itself(key: Key) -> Key:
    return key


class BlockLoader(DataLoader[Key, Said]):
    """One lookup of one source with one ask, within one request.

    Who is the first to ask in a turn of the event loop flies the keys of all who ask in it. Should that one be given
    up, another who waits flies what has not come.

    odd: whether anything that was said is more, or less, than a whole answer of now (`Outcomes.note`).
    """

    get_cache_key = staticmethod(_itself)

    def __init__(self, offer: Offer, ask: Ask, outcomes: Outcomes) -> None:
        self.odd = False
        self._offer = offer
        self._ask = ask
        self._outcomes = outcomes
        self._said: dict[Key, Said] = {}
        self._landed: list[_Flight] = []
        self._flying: list[_Flight] = []
        self._boarding: _Flight | None = None

    @cached_property
    def loop(self) -> asyncio.AbstractEventLoop:  # type: ignore[override]  # made when it is looked for
        """The event loop."""
        return asyncio.get_running_loop()

    @cached_property
    def _cache(self) -> dict[Key, asyncio.Future[Said]]:  # type: ignore[override]  # made when it is looked for
        return {}

    @cached_property
    def _queue(self) -> list[Loader]:  # type: ignore[override]  # made when it is looked for
        return []

    async def batch_load_fn(self, keys: Iterable[Key]) -> list[Said]:
        """Answer single keys, as aiodataloader's `load` asks for them."""
        return await self.block(list(keys))

    async def block(self, keys: Sequence[Key]) -> list[Said]:
        """What the source says to each of these keys, in their order; keys may repeat."""
        said = self._key_by_key()
        while unknown := [key for key in keys if key not in said]:
            await self._hear(unknown)
            said = self._key_by_key()
        return list(map(said.__getitem__, keys))

    async def column(self, keys: Sequence[Key]) -> Told | None:
        """The records that the source tells of each of these keys; None where anything odd was said.

        What answers all who ask is told as it came: no answer to a single key is made of it.
        """
        if keys and not (self._flying or self._landed or self._said):
            flight = _Flight(keys)
            await self._lead(flight)
            if isinstance(flight.said, Answers) and not self.odd:
                return flight.said.column(keys), [flight.said.as_of] * len(keys)
        said = await self.block(keys)
        if self.odd:
            return None
        answers = [one if isinstance(one, Answer) else None for one in said]
        return [one.records if one else () for one in answers], [one.as_of if one else None for one in answers]

    def _key_by_key(self) -> dict[Key, Said]:
        """What was said to each key so far."""
        said = self._said
        for flight in self._landed:
            said.update({key: flight.said.get(key) for key in flight.keys})
        self._landed.clear()
        return said

    async def _hear(self, keys: Sequence[Key]) -> None:
        """Fly those keys that are not under way, or go along with who does; then wait for the rest."""
        grounded, under_way = keys, []
        for flight in self._flying:
            there = [key for key in grounded if key not in flight.keys]
            if len(there) < len(grounded):
                under_way.append(flight)
                grounded = there
        if grounded and (boarding := self._boarding) is not None:
            boarding.keys.update(dict.fromkeys(grounded))
            await _landed(boarding)
        elif grounded:
            await self._lead(_Flight(grounded))
        for flight in under_way:
            await _landed(flight)

    async def _lead(self, flight: _Flight) -> None:
        self._boarding = flight
        self._flying.append(flight)
        try:
            await next_turn()  # whoever asks in this turn of the event loop comes along
            self._boarding = None
            offer, keys, began = self._offer, list(flight.keys), monotonic()
            ask = self._in_time() if self._outcomes.hung else self._ask
            said: Mapping[Key, Answer | SourceFault]
            try:
                said = await offer.source.fetch(offer.lookup, keys, ask)
            except Exception as err:  # noqa: BLE001 - all of them are a fault of the source
                said = dict.fromkeys(keys, fault_of(offer, err))
            plain = said.__class__ is Answers
            if self._outcomes.note(offer.name, offer.lookup, monotonic() - began, () if plain else said.values()):
                self.odd = True
            flight.said = said
            self._landed.append(flight)
        finally:
            self._land(flight)

    def _in_time(self) -> Ask:
        """What is asked, with the time that there is for it where sources have let theirs pass."""
        ask = self._ask
        until = self._outcomes.until(self._offer.name, ask.deadline, self.loop.time())
        return replace(ask, deadline=until) if until < ask.deadline else ask

    def _land(self, flight: _Flight) -> None:
        if self._boarding is flight:
            self._boarding = None
        self._flying.remove(flight)
        flight.over = True
        if flight.landing is not None and not flight.landing.done():
            flight.landing.set_result(None)


async def _landed(flight: _Flight) -> None:
    """Wait until a flight is over, however it ended. Who stops waiting stops nobody else."""
    if flight.over:
        return
    if flight.landing is None:
        flight.landing = asyncio.get_running_loop().create_future()
    await asyncio.shield(flight.landing)
