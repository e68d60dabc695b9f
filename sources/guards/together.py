"""Guards that have nothing to decide are passed in one step.

As long as a source is not set aside and all calls are let through, there is nothing for them to do before a call but to
see whose turn it is, and nothing but to count after it. Whatever is otherwise goes the long way, through each of them;
so does what is repeated after a failure.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar, cast

from model.ask import Ask
from model.faults import SourceFault
from model.keys import Key, Lookup
from sources.contract import Answers, Source
from sources.guards.breaker import Breaker
from sources.guards.bulkhead import Bulkhead
from sources.guards.guard import Guard, Said, guards, outcome_of
from sources.guards.maintenance import Maintenance
from sources.guards.meter import Meter, code_of
from sources.guards.retries import Retries, worth_it

_WITHIN = (Maintenance, Bulkhead, Retries, Breaker, Meter)


class Together(Guard):
    """Does for `fetch` what the guards within do, with their state."""

    kind: ClassVar[str] = "together"

    def __init__(self, inner: Source) -> None:
        super().__init__(inner)
        within = cast("tuple[Maintenance, Bulkhead, Retries, Breaker, Meter]", tuple(guards(inner)))
        maintenance, self._bulkhead, self._retries, self._breaker, self._meter = within
        self._set_aside = maintenance.set_aside
        self._source = self._meter.inner

    async def fetch(self, lookup: Lookup, keys: Sequence[Key], ask: Ask) -> Mapping[Key, Said]:
        """Answer these keys."""
        if self.name in self._set_aside:
            return await self.inner.fetch(lookup, keys, ask)
        bulkhead, breaker = self._bulkhead, self._breaker
        if bulkhead.free:
            bulkhead.free -= 1
        else:
            await bulkhead.turn(ask.caller)
        try:
            if breaker.rested is not None:
                return await self._retries.fetch(lookup, keys, ask)
            self._retries.earn()
            self._meter.under_way += 1
            began, failed = breaker.clock(), None
            try:
                said = await self._source.fetch(lookup, keys, ask)
            except BaseException as err:
                seconds = breaker.clock() - began
                self._meter.note(lookup, seconds, code_of(err))
                breaker.note(breaker.verdict(err, seconds), seconds, None)
                if not isinstance(err, SourceFault) or not worth_it(err):
                    raise
                failed = err
            else:
                seconds, good = breaker.clock() - began, said.__class__ is Answers
                self._meter.note(lookup, seconds, "ok" if good else outcome_of(said))
                breaker.note(not good and breaker.failed(said, seconds), seconds, None)
            if failed is not None:
                said = await self._retries.again(breaker.fetch, lookup, keys, ask, failed)
            return said if said.__class__ is Answers else await self._retries.mended(lookup, said, ask)
        finally:
            bulkhead.pass_on()


def together(source: Source) -> Source:
    """The source with its guards taken together, where they are those that most sources have."""
    return Together(source) if tuple(map(type, guards(source))) == _WITHIN else source
