"""A source as declared: many keys a call, every page of a list, each answer held against what was asked."""

from collections.abc import Awaitable, Collection, Mapping, Sequence
from datetime import tzinfo
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from model.answer import Answer
from model.ask import Ask
from model.faults import BadRequest, SourceFault
from model.keys import Key, Lookup
from model.nouns import NOUNS
from sources.answered import AnsweredLookup
from sources.answers import check_status
from sources.at_once import at_once
from sources.auth import Auth, auth
from sources.compiled import CompiledLookup, compiled
from sources.contract import Health, Terms
from sources.conversation import Conversation
from sources.grammar.effective import effective_record
from sources.grammar.mapped import MappedDeclaration, ReadDeclaration
from sources.listing import listed, start
from sources.markup import MarkupReading
from sources.medium import Medium, Reading
from sources.oddities import Oddities
from sources.outcomes import Outcome
from sources.paging import Page
from sources.pulse import felt
from sources.requests import Call, Request, escaped
from sources.rows import Mapper, Row
from sources.sorting import by_key, in_order
from sources.transport import Response, Transport
from sources.units import plain
from sources.walking import walk


class DeclaredSource:
    """A source that is asked over HTTP what its lookups declare, and answers in some medium.

    way_in: how it lets us in, where that is a way of its own medium.
    """

    def __init__(
        self,
        name: str,
        declared: MappedDeclaration,
        medium: Medium[Any],
        transport: Transport | None = None,
        *,
        way_in: Auth | None = None,
        oddities: Oddities | None = None,
    ) -> None:
        self.name = name
        self.declared = declared
        self.oddities = oddities or Oddities(name)
        self._medium = medium
        self._outcome = Outcome(name, declared.outcome, medium.paths) if declared.outcome else None
        self._conversation = Conversation(
            name,
            declared,
            way_in or auth(name, declared, self._outcome),
            transport,
            accept=medium.accept,
            apart=medium.apart,
        )
        self._compiled = compiled(name, declared, mappers(name, declared, medium, self.oddities), medium)
        self.lookups: Mapping[Lookup, Terms] = MappingProxyType(
            {lookup: one.terms for lookup, one in self._compiled.items()}
        )

    async def fetch(self, lookup: Lookup, keys: Sequence[Key], ask: Ask) -> Mapping[Key, Answer | SourceFault]:
        """Answer these keys, in as few calls as the source takes them."""
        one = self._compiled[lookup]
        wanted = one.wanted(keys)
        calls, unfit = one.calls(wanted, ask) if wanted else ([], [])
        answers: dict[Key, Answer | SourceFault] = {
            key: BadRequest(self.name, "a key that cannot be written into a request") for key in unfit
        }
        if len(calls) == 1 and not unfit:
            return await self._said(one, calls[0], ask)
        results = await at_once(lambda call: self._answer(one, call, ask), calls)
        faults = [result for result in results if isinstance(result, SourceFault)]
        if faults and len(faults) == len(results) and not unfit:
            try:
                raise faults[0]
            finally:
                del results, faults  # a fault holds this frame, which must not hold the fault
        for call, result in zip(calls, results, strict=True):
            answers.update(dict.fromkeys(call.keys, result) if isinstance(result, SourceFault) else result)
        return answers

    async def page(self, lookup: Lookup, after: str | None, ask: Ask) -> Answer:
        """One page of a list as the source cuts it, of at most `ask.limit` rows where it takes a limit."""
        one = self._compiled[lookup]
        position = start(one, after, ask)
        request = one.template(ask).request(position, one.place)
        page = await self._send(one, request, one.reading(ask.fields, raw=ask.raw), ask.deadline)
        records = in_order(one, page, ask, self.oddities, self.declared.limits.rows_at_most)
        whole = not one.judged or all(row.fault is None for row in page.rows)
        return listed(one, position, page, records, complete=whole)

    def compiled(self, lookup: Lookup) -> AnsweredLookup | None:
        """A lookup as it was compiled; None for one that is no declared one."""
        return self._compiled.get(lookup)

    def rows(self, lookup: Lookup, response: Response, fields: frozenset[str]) -> Sequence[Row]:
        """The rows of an answer to a lookup, as expected or not, as its fields are read in them."""
        reading = self._compiled[lookup].reading(fields, raw=True)  # raw: rows as they are, not what is read of them
        body = reading.decoded(response)
        if body is None:
            return ()
        rows: Sequence[Row]
        rows, _ = reading.found(body) if isinstance(reading, MarkupReading) else reading.rows(body)
        return rows

    async def health(self) -> Health:
        """Ask the declared cheap request, or else the first list for one row."""
        return await felt(self._probe, self.declared.timeout)

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._conversation.aclose()

    async def _probe(self, deadline: float) -> None:
        declared = self.declared.health
        first_list = next((one for one in self._compiled.values() if one.slot is None), None)
        if declared is not None or first_list is None:
            query = escaped((name, str(value)) for name, value in (declared.query if declared else {}).items())
            path = declared.get if declared else ""

            def there(response: Response) -> None:
                if declared is not None or response.status in {401, 403} or response.status >= 500:
                    check_status(self.name, response)
                if declared is not None and self._outcome is not None:
                    self._outcome.found(self._medium.decoded(response))

            request = Request("GET", f"{path}?{query}" if query else path)
            await self._conversation.ask(request, deadline, there)
            return
        request = first_list.start.request(first_list.paging.first(1), first_list.place)
        await self._send(first_list, request, first_list.reading(frozenset()), deadline)

    async def _answer(
        self, one: CompiledLookup, call: Call, ask: Ask
    ) -> Mapping[Key, Answer | SourceFault] | SourceFault:
        """What the source says to the keys of one call, or how that fails."""
        try:
            return await self._said(one, call, ask)
        except SourceFault as err:
            return err

    async def _said(self, one: CompiledLookup, call: Call, ask: Ask) -> Mapping[Key, Answer | SourceFault]:
        """What the source says to the keys of one call."""
        reading = one.reading(ask.fields, raw=ask.raw)

        def send(request: Request) -> Awaitable[Page]:
            return self._send(one, request, reading, ask.deadline, missing=one.missing)

        limits = self.declared.limits
        stretch = await walk(one, call, limits, send)
        return await by_key(one, call.keys, stretch, reading, self.oddities, limits.rows_at_most)

    def _send(
        self, one: CompiledLookup, request: Request, reading: Reading, deadline: float, *, missing: Collection[int] = ()
    ) -> Awaitable[Page]:
        def page(response: Response) -> Page:
            if response.status in missing:
                return Page(0, response, None, 0)
            body = reading.decoded(response)
            if self._outcome is not None and body is not None and not self._outcome.found(body):
                return Page(0, response, None, 0)
            rows, received = reading.rows(body) if body is not None else ((), 0)
            found = Page(received, response, body, rows=rows)
            return msgspec.structs.replace(found, total=one.total(found)) if one.counted else found

        return self._conversation.ask(request, deadline, page)


def mappers(name: str, declared: ReadDeclaration, medium: Medium[Any], oddities: Oddities) -> dict[str, Mapper]:
    """Lookup -> the mapper of its rows: the noun's mapping of the source, with what the lookup reads otherwise."""
    zone: tzinfo | None = ZoneInfo(declared.zone) if declared.zone else None
    nothing = frozenset(plain(text).casefold() for text in declared.nothing)
    mappers = {}
    for text, lookup in declared.lookups.items():
        noun = NOUNS[Lookup.parse(text).noun]
        record = effective_record(noun, declared.records.get(noun.name, {}), lookup.record, declared.native_id)
        mappers[text] = Mapper(noun, record, medium.paths, source=name, zone=zone, oddities=oddities, nothing=nothing)
    return mappers
