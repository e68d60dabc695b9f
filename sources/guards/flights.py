"""Calls under way, and those that have just landed: remembered for as long as somebody who heard them is there."""

import asyncio
from collections.abc import Collection, Iterable, Mapping, Sequence
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
_MANY = 64
"""So many calls that share nothing, one after the other, and it is no longer kept at hand what they would share."""


class Flight(Struct, eq=False):
    """One call.

    places: those that it serves. said: what came of it; None while it flies, and when it was given up. landed_at: a
    time of the monotonic clock, None while it flies. hearers: how many requests have heard it that are still there.
    """

    alike: "Alike"
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
            self.alike.drop(self, self.places)
        elif said.__class__ is not Answers and (failed := {place for place, _ in faults(said)}):
            self.alike.drop(self, failed.intersection(self.places))

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
            self.alike.drop(self, self.places)

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


class Alike:
    """The flights of one kind, each of places that no other serves; they leave `by_kind` with the last of them.

    Which of them serves a place is looked up only where somebody asks for one that is taken: see `by_place`.
    """

    __slots__ = ("_by_kind", "_by_place", "_flights", "_kind", "_taken", "_unread")

    def __init__(self, by_kind: "dict[Kind, Alike]", kind: Kind) -> None:
        self._by_kind, self._kind = by_kind, kind
        self._taken: set[Place] = set()
        self._flights: dict[Flight, None] = {}
        self._by_place: dict[Place, Flight] | None = None
        self._unread = 0

    def are_free(self, places: Iterable[Place]) -> bool:
        """Whether none of these is served."""
        return self._taken.isdisjoint(places)

    def by_place(self) -> Mapping[Place, Flight]:
        """The flights by what they serve: made when it is needed, and kept until many calls have come without need."""
        if self._by_place is None:
            self._by_place = {place: flight for flight in self._flights for place in flight.places}
        self._unread = 0
        return self._by_place

    def begin(self, places: Sequence[Place], deadline: float) -> Flight:
        """A call for these places, which are free."""
        flight = Flight(self, places, deadline)
        self._taken.update(places)
        self._flights[flight] = None
        if self._by_place is not None:
            self._unread += 1
            self._by_place.update(dict.fromkeys(places, flight))
            if self._unread >= _MANY:
                self._by_place = None
        return flight

    def supersede(self, places: Sequence[Place], deadline: float) -> Flight:
        """A call for these places; what served some of them serves the rest of its own from now on."""
        by_place, taken = self.by_place(), self._taken.intersection(places)
        for flight in {by_place[place] for place in taken}:
            flight.places = [place for place in flight.places if place not in taken]
        return self.begin(places, deadline)

    def drop(self, flight: Flight, places: Collection[Place]) -> None:
        """One of the flights serves these places no more, which are its own; without any it leaves."""
        self._taken.difference_update(places)
        if self._by_place is not None:
            for place in places:
                self._by_place.pop(place, None)
        if places is not flight.places:
            flight.places = [place for place in flight.places if place not in places]
            return
        flight.places = ()
        self._flights.pop(flight, None)
        if not self._flights and self._by_kind.get(self._kind) is self:
            del self._by_kind[self._kind]


class Flights:
    """All of one source. moment: seconds for which what has landed serves those who come after."""

    def __init__(self, moment: float = MOMENT) -> None:
        self._moment = moment
        self._by_kind: dict[Kind, Alike] = {}

    def serving(self, kind: Kind, places: Iterable[Place]) -> dict[Any, Flight]:
        """Those of the places that need not be asked for, each with the flight that serves."""
        alike, asker, moment = self._by_kind.get(kind), present(), self._moment
        flights = {} if alike is None else alike.by_place()
        return {
            place: flight
            for place in places
            if (flight := flights.get(place)) is not None and flight.serves(asker, moment)
        }

    def take_off(self, kind: Kind, places: Sequence[Place], ask: Ask) -> Flight | None:
        """A call for these places begins; None where some of them need not be asked for."""
        alike = self._by_kind.get(kind)
        if alike is None:
            alike = self._by_kind[kind] = Alike(self._by_kind, kind)
        if alike.are_free(places):
            flight = alike.begin(places, ask.deadline)
        elif self.serving(kind, places):
            return None
        else:
            flight = alike.supersede(places, ask.deadline)
        flight.hear()
        return flight

    def forget(self, tags: frozenset[str]) -> int:
        """Something is out of date: what was asked for before serves nobody who asks from now on."""
        del tags  # what a flight will say is not known yet
        self._by_kind.clear()
        return 0

    def forget_all(self) -> None:
        """The same, whatever is out of date."""
        self._by_kind.clear()
