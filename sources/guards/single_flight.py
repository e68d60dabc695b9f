"""Who asks what is being asked already waits for that answer: many identical questions cost a source one call.

Key by key: of a hundred keys, those that somebody has under way are waited for, the rest are asked. Questions are the
same when lookup, fields, filter, order, limit, window and `raw` are; who asks plays no part, for sources are asked with
the operator's credentials, and what a caller sees is decided afterwards (the gate, in `resolvers`).

Whoever was first makes the call, without a task or a future as long as nobody joins. When that one goes away, or had
less time than the others, the call ends with it, and the first of those who wait makes another.

A crowd does not ask in the same instant: a call may have landed before the last of it asks. So what it said serves
on while a request that has heard it is being answered: who was there when it came, and for a moment who comes after.
Who asks alone is always told what the source says now.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from model.answer import Answer
from model.ask import Ask
from model.faults import SourceFault
from model.keys import Key, Lookup
from sources.contract import Answers, Source
from sources.grammar.guards import MOMENT
from sources.guards.flights import Flight, Flights
from sources.guards.guard import Guard, Said, question, untraced


class SingleFlight(Guard):
    """Lets identical questions share a call."""

    kind: ClassVar[str] = "single flight"

    def __init__(self, inner: Source, moment: float = MOMENT) -> None:
        super().__init__(inner)
        self.flights = Flights(moment)

    async def fetch(self, lookup: Lookup, keys: Sequence[Key], ask: Ask) -> Mapping[Key, Answer | SourceFault]:
        """Answer these keys, of which others may have asked some."""
        kind = (lookup, question(ask))
        flight = self.flights.take_off(kind, keys, ask)
        if flight is None:
            return await self._shared(lookup, keys, self.flights.serving(kind, keys), ask)
        try:
            said = flight.said = await self.inner.fetch(lookup, keys, ask)
        except Exception as err:
            flight.fail(as_fault(self.name, err))
            raise
        else:
            return said
        finally:
            flight.land()

    async def page(self, lookup: Lookup, after: str | None, ask: Ask) -> Answer:
        """Answer the next stretch of a list, which somebody else may have asked for."""
        kind = (lookup, question(ask))
        while (flight := self.flights.take_off(kind, [after], ask)) is None:
            other = self.flights.serving(kind, [after])[after]
            self._go_along(other)
            landed = await other.landed()
            said = landed[after] if landed else None
            if isinstance(said, Answer):
                return said
            if said is not None and other.lasts(said, ask):
                raise untraced(said)
        try:
            answer = await self.inner.page(lookup, after, ask)
        except Exception as err:
            flight.fail(as_fault(self.name, err))
            raise
        else:
            flight.said = {after: answer}
            return answer
        finally:
            flight.land()

    def _go_along(self, flight: Flight) -> None:
        self.counts["joined" if flight.landed_at is None else "overheard"] += 1
        flight.hear()

    async def _shared(
        self, lookup: Lookup, keys: Sequence[Key], serving: Mapping[Key, Flight], ask: Ask
    ) -> Mapping[Key, Said]:
        """Answer these keys, some of which are served already."""
        own = [key for key in keys if key not in serving]
        joined: dict[Flight, list[Key]] = {}
        for key, flight in serving.items():
            joined.setdefault(flight, []).append(key)
        for flight in joined:
            self._go_along(flight)
        if len(joined) == 1 and not own:  # as in a crowd, which asks the same
            (flight,) = joined
            landed = await flight.landed()
            if isinstance(landed, Answers):
                return landed.among(keys)
        said = await self._led(lookup, own, ask) if own else {}
        return said | await self._join(lookup, joined, ask)

    async def _led(self, lookup: Lookup, keys: Sequence[Key], ask: Ask) -> dict[Key, Said]:
        """What is said to keys that nobody else asks for, where a failure takes away only these."""
        try:
            return dict(await self.fetch(lookup, keys, ask))
        except SourceFault as err:
            return dict.fromkeys(keys, untraced(err))

    async def _join(self, lookup: Lookup, joined: Mapping[Flight, Sequence[Key]], ask: Ask) -> dict[Key, Said]:
        """What others' calls say; what they leave open is asked for again, by the first who finds it so."""
        said: dict[Key, Said] = {}
        open_: list[Key] = []
        for flight, keys in joined.items():
            landed = await flight.landed()
            for key in keys:
                one = None if landed is None else landed.get(key)
                if landed is None or not flight.lasts(one, ask):
                    open_.append(key)
                elif one is not None:
                    said[key] = one
        if open_:
            try:
                said |= await self.fetch(lookup, open_, ask)
            except SourceFault as err:
                said |= dict.fromkeys(open_, untraced(err))
        return said


def as_fault(source: str, err: Exception) -> SourceFault:
    """What those are told who wait for a call that ended so."""
    return err if isinstance(err, SourceFault) else SourceFault(source, "unexpected")
