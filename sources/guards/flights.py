"""Calls under way, and those that have just landed: remembered for as long as somebody who heard them is there."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from time import monotonic
from typing import Any, TypeAlias

from msgspec import Struct

from model.ask import Ask
from model.faults import SourceFault, TimedOut
from model.keys import Key, Lookup
from sources.contract import Answers
from sources.grammar.guards import MOMENT
from sources.guards.guard import Question, Said, faults, untraced
from sources.present import Present, present

Place: TypeAlias = Key | None
"""A key, or where a list goes on."""
Kind: TypeAlias = tuple[Lookup, Question]
"""What is asked, besides places."""


class Flight(Struct, eq=False):
    """One call.

    said: what came of it; None while it flies, and when it was given up. landed_at: a time of the monotonic clock, None
    while it flies. hearers: how many requests have heard it that are still there.
    """

    flights: "Flights"
    kind: Kind
    places: Sequence[Place]
    deadline: float
    said: Mapping[Any, Said] | None = None
    landed_at: float | None = None
    hearers: int = 0
    landing: "asyncio.Future[None] | None" = None

    async def landed(self) -> Mapping[Any, Said] | None:
        """Wait for its end; that somebody stops waiting is nothing to the others."""
        if self.landed_at is None:
            if self.landing is None:
                self.landing = asyncio.get_running_loop().create_future()
            await asyncio.shield(self.landing)
        return self.said

    def fail(self, fault: SourceFault) -> None:
        """Tell those who wait why there is no answer."""
        self.said = dict.fromkeys(self.places, untraced(fault))

    def land(self) -> None:
        """Let those who wait see what came of it. No failure is remembered, and nothing of which no hearer is left."""
        self.landed_at = monotonic()
        if self.landing is not None and not self.landing.done():
            self.landing.set_result(None)
        said = self.said if self.hearers else None
        if said is None:
            self.flights.drop(self, self.places)
        elif said.__class__ is not Answers and (failed := [place for place, _ in faults(said)]):
            self.flights.drop(self, failed)

    def hear(self) -> None:
        """Be heard by the present request, if it is on behalf of one that something is asked."""
        hearer = present()
        if hearer is not None and hearer.heard is not None:
            self.hearers += 1
            hearer.heard.append(self)

    def forsake(self) -> None:
        """One who heard it has gone; with the last it is forgotten."""
        self.hearers -= 1
        if not self.hearers and self.landed_at is not None:
            self.flights.drop(self, self.places)

    def serves(self, asker: Present | None, moment: float) -> bool:
        """Whether it is for who asks now: it flies, has landed since their request began, or landed a moment ago."""
        if self.landed_at is None:
            return True
        if asker is None:
            return False
        return self.landed_at >= asker.began or monotonic() - self.landed_at < moment

    def lasts(self, said: Said | None, ask: Ask) -> bool:
        """Whether what it said holds for this ask, too: not a lack of time that others do not lack."""
        return not isinstance(said, TimedOut) or ask.deadline <= self.deadline


class Flights:
    """All of one source. moment: seconds for which what has landed serves those who come after."""

    def __init__(self, moment: float = MOMENT) -> None:
        self._moment = moment
        self._by_kind: dict[Kind, dict[Any, Flight]] = {}

    def serving(self, kind: Kind, places: Iterable[Place]) -> dict[Any, Flight]:
        """Those of the places that need not be asked for, each with the flight that serves."""
        alike, asker, moment = self._by_kind.get(kind, {}), present(), self._moment
        return {
            place: flight
            for place in places
            if (flight := alike.get(place)) is not None and flight.serves(asker, moment)
        }

    def take_off(self, kind: Kind, places: Sequence[Place], ask: Ask) -> Flight | None:
        """A call for these places begins; None where some of them need not be asked for."""
        alike = self._by_kind.get(kind)
        if alike is not None and not alike.keys().isdisjoint(places) and self.serving(kind, places):
            return None
        flight = Flight(self, kind, places, ask.deadline)
        flying = dict.fromkeys(places, flight)
        if alike is None:
            self._by_kind[kind] = flying
        else:
            alike.update(flying)
        flight.hear()
        return flight

    def drop(self, flight: Flight, places: Sequence[Place]) -> None:
        """It serves nobody any more who asks for these places."""
        alike = self._by_kind.get(flight.kind)
        if alike is None:
            return
        for place in places:
            if alike.get(place) is flight:
                del alike[place]
        if not alike:
            del self._by_kind[flight.kind]

    def forget(self, tags: frozenset[str]) -> int:
        """Something is out of date: what was asked for before serves nobody who asks from now on."""
        del tags  # what a flight will say is not known yet
        self._by_kind.clear()
        return 0

    def forget_all(self) -> None:
        """The same, whatever is out of date."""
        self._by_kind.clear()
