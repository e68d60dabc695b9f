"""Guards that have nothing to decide are passed in one step.

As long as a source is not set aside, all calls are let through, nobody waits for a turn and nobody else asks for the
same, there is nothing for them to do before a call but to begin their books, and nothing but to close them after it.
Whatever is otherwise goes the long way, through each of them; so does what is repeated after a failure.
"""

from asyncio import CancelledError
from collections.abc import Mapping, Sequence
from typing import ClassVar, cast

from model.ask import Ask
from model.faults import SourceFault
from model.keys import Key, Lookup
from sources.contract import Answers, Source
from sources.guards.breaker import Breaker
from sources.guards.bulkhead import Bulkhead
from sources.guards.deadline import Deadline
from sources.guards.guard import Guard, Said, guards, outcome_of, question
from sources.guards.maintenance import Maintenance
from sources.guards.meter import Meter, code_of
from sources.guards.retries import RESERVE, Retries, worth_it
from sources.guards.single_flight import SingleFlight, as_fault

_WITHIN = (Deadline, SingleFlight, Maintenance, Bulkhead, Retries, Breaker, Meter)


class Together(Guard):
    """Does for `fetch` what the guards within do, with their state."""

    kind: ClassVar[str] = "together"

    def __init__(self, inner: Source) -> None:
        super().__init__(inner)
        within = tuple(guards(inner))
        self._deadline, shared, maintenance, self._bulkhead, self._retries, self._breaker, self._meter = cast(
            "tuple[Deadline, SingleFlight, Maintenance, Bulkhead, Retries, Breaker, Meter]", within
        )
        self._flights = shared.flights
        self._set_aside = maintenance.set_aside
        self._source = self._meter.inner

    async def fetch(self, lookup: Lookup, keys: Sequence[Key], ask: Ask) -> Mapping[Key, Said]:
        """Answer these keys."""
        bulkhead, retries, breaker, meter = self._bulkhead, self._retries, self._breaker, self._meter
        if not bulkhead.free or breaker.rested is not None or self.name in self._set_aside:
            return await self.inner.fetch(lookup, keys, ask)
        flight = self._flights.take_off((lookup, question(ask)), keys, ask)
        if flight is None:
            return await self.inner.fetch(lookup, keys, ask)
        waiting = self._deadline.begin(ask)
        bulkhead.free -= 1
        if retries.budget < RESERVE:
            retries.earn()
        meter.under_way += 1
        began, failed = breaker.clock(), None
        try:
            try:
                said = await self._source.fetch(lookup, keys, ask)
            except BaseException as err:
                seconds = breaker.clock() - began
                meter.note(lookup, seconds, code_of(err))
                breaker.note(breaker.verdict(err, seconds), seconds, None)
                if not isinstance(err, SourceFault) or not worth_it(err):
                    raise
                failed = err
            else:
                seconds, good = breaker.clock() - began, said.__class__ is Answers
                meter.note(lookup, seconds, "ok" if good else outcome_of(said))
                breaker.note(not good and breaker.failed(said, seconds), seconds, None)
            if failed is not None:
                said = await retries.again(breaker.fetch, lookup, keys, ask, failed)
            if said.__class__ is not Answers:
                said = await retries.mended(lookup, said, ask)
            flight.said = said
        except Exception as err:
            flight.fail(as_fault(self.name, err))
            raise
        except CancelledError as err:
            if not waiting.is_over():
                raise
            raise self._deadline.passed() from err
        else:
            return said
        finally:
            if bulkhead.queues:
                bulkhead.pass_on()
            else:
                bulkhead.free += 1
            flight.land()
            waiting.leave()


def together(source: Source) -> Source:
    """The source with its guards taken together, where they are those that most sources have."""
    return Together(source) if tuple(map(type, guards(source))) == _WITHIN else source
