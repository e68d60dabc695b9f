"""Loaders: the keys of a column go to a source as one block and come back as one.

aiodataloader makes a future for every key (5 to 10 microseconds each); a column of a thousand circuits would
spend its whole budget there. `BlockLoader` keeps its contract (what is asked for in the same turn of the event
loop becomes one call, what is known is not asked again) with one future for each block.
"""

import asyncio
from collections.abc import Coroutine, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cached_property
from time import monotonic
from typing import Any

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


class _Flight(Struct, eq=False):
    """Keys that go to their source together; `landing` is there once somebody waits who does not fly them.

    said: what came of it, None where it was given up. over: whether it has ended, so that nobody need wait who comes
    to it late.
    """

    keys: dict[Key, None]
    said: Mapping[Key, Answer | SourceFault] | None = None
    over: bool = False
    landing: "asyncio.Future[None] | None" = None


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
        self._asked = False
        self._flights: list[_Flight] = []
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

    def column(self, keys: Sequence[Key]) -> Coroutine[Any, Any, Told | None]:
        """The records that the source tells of each of these keys; None where anything odd was said.

        What answers all who ask is told as it came: no answer to a single key is made of it.
        """
        return self._lead(_Flight(dict.fromkeys(keys)), keys) if keys else self._by_key(keys)

    async def _by_key(self, keys: Sequence[Key]) -> Told | None:
        said = await self.block(keys)
        if self.odd:
            return None
        answers = [one if isinstance(one, Answer) else None for one in said]
        return [one.records if one else () for one in answers], [one.as_of if one else None for one in answers]

    def _key_by_key(self) -> dict[Key, Said]:
        """What was said to each key so far."""
        said, flights = self._said, self._flights
        for flight in flights:
            if flight.said is not None:
                said.update({key: flight.said.get(key) for key in flight.keys})
        flights[:] = [flight for flight in flights if not flight.over]
        return said

    async def _hear(self, keys: Sequence[Key]) -> None:
        """Fly those keys that are not under way, or go along with who does; then wait for the rest."""
        grounded, under_way = keys, []
        for flight in self._flights:
            there = [key for key in grounded if key not in flight.keys]
            if len(there) < len(grounded):
                under_way.append(flight)
                grounded = there
        if grounded and (boarding := self._boarding) is not None:
            boarding.keys.update(dict.fromkeys(grounded))
            await _landed(boarding)
        elif grounded:
            await self._lead(_Flight(dict.fromkeys(grounded)))
        for flight in under_way:
            await _landed(flight)

    async def _lead(self, flight: _Flight, column: Sequence[Key] = ()) -> Told | None:
        """Fly; what is told of a column of its keys, as it came where nothing else was asked and nothing is odd."""
        if self._asked and column:
            return await self._by_key(column)
        self._asked, self._boarding = True, flight
        self._flights.append(flight)
        try:
            await next_turn()  # whoever asks in this turn of the event loop comes along
            self._boarding = None
            offer, outcomes, keys, began = self._offer, self._outcomes, list(flight.keys), monotonic()
            ask = self._in_time() if outcomes.hung else self._ask
            said: Mapping[Key, Answer | SourceFault]
            try:
                said = await offer.source.fetch(offer.lookup, keys, ask)
            except Exception as err:  # noqa: BLE001 - all of them are a fault of the source
                said = dict.fromkeys(keys, fault_of(offer, err))
            plain = said.__class__ is Answers
            if outcomes.note(offer.name, offer.lookup, monotonic() - began, () if plain else said.values()):
                self.odd = True
            flight.said = said
        finally:
            self._land(flight)
        if not column:
            return None
        if isinstance(said, Answers) and not self.odd:
            return said.column(column), [said.as_of] * len(column)
        return await self._by_key(column)

    def _in_time(self) -> Ask:
        """What is asked, with the time that there is for it where sources have let theirs pass."""
        ask = self._ask
        until = self._outcomes.until(self._offer.name, ask.deadline, self.loop.time())
        return replace(ask, deadline=until) if until < ask.deadline else ask

    def _land(self, flight: _Flight) -> None:
        flight.over = True
        if flight.said is None:  # given up
            self._flights.remove(flight)
            if self._boarding is flight:
                self._boarding = None
        if flight.landing is not None and not flight.landing.done():
            flight.landing.set_result(None)


async def _landed(flight: _Flight) -> None:
    """Wait until a flight is over, however it ended. Who stops waiting stops nobody else."""
    if flight.over:
        return
    if flight.landing is None:
        flight.landing = asyncio.get_running_loop().create_future()
    await asyncio.shield(flight.landing)
