"""A source as declared: many keys a call, every page of a list, each answer held against what was asked."""

from collections.abc import Awaitable, Collection, Iterable, Mapping, Sequence
from datetime import tzinfo
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from model.answer import Answer
from model.ask import Ask
from model.faults import BadRequest, SourceFault
from model.keys import Key, Lookup
from model.nouns import NOUNS
from model.records import Record
from sources.answered import AnsweredLookup
from sources.answers import check_status
from sources.at_once import at_once
from sources.auth import Auth, auth
from sources.compiled import CompiledLookup, Prepared, compiled
from sources.contract import Health, Terms
from sources.conversation import Conversation
from sources.grammar.effective import effective_record
from sources.grammar.mapped import MappedDeclaration, ReadDeclaration
from sources.listing import listed, start
from sources.markup import MarkupReading
from sources.medium import Medium
from sources.oddities import Oddities
from sources.outcomes import Outcome
from sources.paging import Page, is_cut
from sources.pulse import felt
from sources.requests import Call, Request, escaped
from sources.rows import Mapper, Row
from sources.sorting import AT_ONCE, by_key, in_order, of_page
from sources.transport import Response, Transport
from sources.units import plain
from sources.walking import Stretch, walk


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
        self._few = min(AT_ONCE, declared.limits.rows_at_most)
        self._conversation = Conversation(
            name,
            declared,
            way_in or auth(name, declared, self._outcome),
            transport,
            accept=medium.accept,
            apart=medium.apart,
        )
        read = mappers(name, declared, medium, self.oddities)
        self._compiled = compiled(name, declared, read, medium, self._outcome)
        self.lookups: Mapping[Lookup, Terms] = MappingProxyType(
            {lookup: one.terms for lookup, one in self._compiled.items()}
        )

    async def fetch(self, lookup: Lookup, keys: Sequence[Key], ask: Ask) -> Mapping[Key, Answer | SourceFault]:
        """Answer these keys, in as few calls as the source takes them."""
        one = self._compiled[lookup]
        prepared = one.prepared(ask)
        records: dict[Key, list[Record]] = {keys[0]: []} if len(keys) == 1 else {key: [] for key in keys}
        request = prepared.request(records)
        if request is None:
            return await self._fetch(one, prepared, records, ask.deadline)
        page = await self._conversation.ask(request, ask.deadline, prepared.answered)
        cut = one.may_be_cut and is_cut(page)
        if len(page.rows) <= self._few and not cut:
            return of_page(one, records, page, prepared.reading, self.oddities)
        return await self._sorted(one, prepared, records, Stretch([page], complete=not cut))

    async def _fetch(
        self, one: CompiledLookup, prepared: Prepared, keys: Iterable[Key], deadline: float
    ) -> Mapping[Key, Answer | SourceFault]:
        """Answer these keys, looking at each."""
        wanted = one.wanted(keys)
        calls, unfit = one.calls(wanted, prepared.call) if wanted else ([], [])
        answers: dict[Key, Answer | SourceFault] = {
            key: BadRequest(self.name, "a key that cannot be written into a request") for key in unfit
        }
        if len(calls) == 1 and not unfit:
            return await self._said(one, prepared, calls[0], deadline)
        results = await at_once(lambda call: self._answer(one, prepared, call, deadline), calls)
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
        prepared = one.prepared(ask)
        request = prepared.call.request(position, one.place)
        page = await self._conversation.ask(request, ask.deadline, prepared.page)
        records, whole = in_order(one, page, ask, self.oddities, self.declared.limits.rows_at_most)
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
        prepared = Prepared(first_list, first_list.start, first_list.reading(frozenset()))
        await self._conversation.ask(request, deadline, prepared.page)

    async def _answer(
        self, one: CompiledLookup, prepared: Prepared, call: Call, deadline: float
    ) -> Mapping[Key, Answer | SourceFault] | SourceFault:
        """What the source says to the keys of one call, or how that fails."""
        try:
            return await self._said(one, prepared, call, deadline)
        except SourceFault as err:
            return err

    async def _said(
        self, one: CompiledLookup, prepared: Prepared, call: Call, deadline: float
    ) -> Mapping[Key, Answer | SourceFault]:
        """What the source says to the keys of one call."""

        def send(request: Request) -> Awaitable[Page]:
            return self._conversation.ask(request, deadline, prepared.answered)

        stretch = await walk(one, call, self.declared.limits, send)
        return await self._sorted(one, prepared, call.keys, stretch)

    async def _sorted(
        self, one: CompiledLookup, prepared: Prepared, keys: Collection[Key], stretch: Stretch
    ) -> Mapping[Key, Answer | SourceFault]:
        """The rows of these pages under the keys that they answer."""
        most = self.declared.limits.rows_at_most
        return await by_key(one, keys, stretch, prepared.reading, self.oddities, most)


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
