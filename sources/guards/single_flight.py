"""Who asks what is being asked already waits for that answer: many identical questions cost a source one call.

Key by key: of a hundred keys, those that somebody has under way are waited for, the rest are asked. Questions are the
same when lookup, fields, filter, order, limit, window and `raw` are; who asks plays no part, for sources are asked with
the operator's credentials, and what a caller sees is decided afterwards (the gate, in `resolvers`).

Whoever was first makes the call, without a task or a future as long as nobody joins. When that one goes away, or had
less time than the others, the call ends with it, and the first of those who wait makes another.
"""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, TypeAlias

from model.answer import Answer
from model.ask import Ask
from model.faults import SourceFault, TimedOut
from model.keys import Key, Lookup
from sources.contract import Source
from sources.guards.guard import Guard, Question, Said, question, untraced

Place: TypeAlias = Key | None
"""A key, or where a list goes on."""


class _Flight:
    """One call under way. said: what came of it; None while it flies, and when it was given up."""

    __slots__ = ("_landing", "deadline", "over", "said")

    def __init__(self, deadline: float) -> None:
        self.deadline = deadline
        self.said: Mapping[Any, Said] | None = None
        self.over = False
        self._landing: asyncio.Future[None] | None = None

    async def landed(self) -> Mapping[Any, Said] | None:
        """Wait for its end; that somebody stops waiting is nothing to the others."""
        if not self.over:
            if self._landing is None:
                self._landing = asyncio.get_running_loop().create_future()
            await asyncio.shield(self._landing)
        return self.said

    def fail(self, places: Iterable[Place], fault: SourceFault) -> None:
        """Tell those who wait why there is no answer."""
        self.said = dict.fromkeys(places, untraced(fault))

    def land(self) -> None:
        """Let those who wait see what came of it."""
        self.over = True
        if self._landing is not None and not self._landing.done():
            self._landing.set_result(None)

    def lasts(self, said: Said | None, ask: Ask) -> bool:
        """Whether what it said holds for this ask, too: not a lack of time that others do not lack."""
        return not isinstance(said, TimedOut) or ask.deadline <= self.deadline


class SingleFlight(Guard):
    """Lets identical questions share a call."""

    kind: ClassVar[str] = "single flight"

    def __init__(self, inner: Source) -> None:
        super().__init__(inner)
        self._flying: dict[tuple[Lookup, Question], dict[Any, _Flight]] = {}

    async def fetch(self, lookup: Lookup, keys: Sequence[Key], ask: Ask) -> Mapping[Key, Answer | SourceFault]:
        """Answer these keys, of which others may have asked some."""
        flying = self._flying.get((lookup, question(ask)))
        if flying is None:
            return await self._lead(lookup, keys, ask)
        own = [key for key in keys if key not in flying]
        if len(own) == len(keys):
            return await self._lead(lookup, keys, ask)
        joined: dict[_Flight, list[Key]] = {}
        for key in keys:
            if key in flying:
                joined.setdefault(flying[key], []).append(key)
        said = await self._led(lookup, own, ask) if own else {}
        return said | await self._join(lookup, joined, ask)

    async def page(self, lookup: Lookup, after: str | None, ask: Ask) -> Answer:
        """Answer the next stretch of a list, which somebody else may have asked for."""
        kind = (lookup, question(ask))
        while (flight := self._flying.get(kind, {}).get(after)) is not None:
            self.counts["joined"] += 1
            landed = await flight.landed()
            said = landed[after] if landed else None
            if isinstance(said, Answer):
                return said
            if said is not None and flight.lasts(said, ask):
                raise untraced(said)
        flight = self._take_off(kind, [after], ask)
        try:
            answer = await self.inner.page(lookup, after, ask)
        except Exception as err:
            flight.fail([after], _as_fault(self.name, err))
            raise
        else:
            flight.said = {after: answer}
            return answer
        finally:
            self._land(kind, [after], flight)

    async def _lead(self, lookup: Lookup, keys: Sequence[Key], ask: Ask) -> Mapping[Key, Said]:
        kind = (lookup, question(ask))
        flight = self._take_off(kind, keys, ask)
        try:
            said = await self.inner.fetch(lookup, keys, ask)
        except Exception as err:
            flight.fail(keys, _as_fault(self.name, err))
            raise
        else:
            flight.said = said
            return said
        finally:
            self._land(kind, keys, flight)

    async def _led(self, lookup: Lookup, keys: Sequence[Key], ask: Ask) -> dict[Key, Said]:
        """The same, where a failure takes away only these keys."""
        try:
            return dict(await self._lead(lookup, keys, ask))
        except SourceFault as err:
            return dict.fromkeys(keys, untraced(err))

    async def _join(self, lookup: Lookup, joined: Mapping[_Flight, Sequence[Key]], ask: Ask) -> dict[Key, Said]:
        """What others' calls say; what they leave open is asked for again, by the first who finds it so."""
        said: dict[Key, Said] = {}
        open_: list[Key] = []
        for flight, keys in joined.items():
            self.counts["joined"] += 1
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

    def _take_off(self, kind: tuple[Lookup, Question], places: Sequence[Place], ask: Ask) -> _Flight:
        flight = _Flight(ask.deadline)
        self._flying.setdefault(kind, {}).update(dict.fromkeys(places, flight))
        return flight

    def _land(self, kind: tuple[Lookup, Question], places: Sequence[Place], flight: _Flight) -> None:
        flying = self._flying[kind]
        for place in dict.fromkeys(places):
            del flying[place]
        if not flying:
            del self._flying[kind]
        flight.land()


def _as_fault(source: str, err: Exception) -> SourceFault:
    return err if isinstance(err, SourceFault) else SourceFault(source, "unexpected")
