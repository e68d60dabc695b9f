"""GraphQL over HTTP, as declared: the wanted fields are the selection, many keys a call, errors held against keys."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import msgspec

from model.answer import Answer
from model.ask import Ask
from model.faults import BadRequest, SourceFault
from model.keys import Key, Lookup
from sources.answered import AnsweredLookup
from sources.at_once import at_once
from sources.auth import auth
from sources.contract import Health, Terms
from sources.conversation import Conversation
from sources.courses import Course, page_of
from sources.documents import Operation
from sources.grammar.graphql import GraphqlDeclaration
from sources.listing import listed, start
from sources.oddities import Oddities
from sources.partial import Told, blame
from sources.pulse import felt
from sources.requests import Request
from sources.results import Errors, Results, check_let_in
from sources.rooted import rooted
from sources.roots import Root, RootLookup
from sources.rows import Row
from sources.sorting import in_order
from sources.transport import Response, Transport

_ACCEPT = "application/graphql-response+json, application/json;q=0.9"
_JSON = {"content-type": "application/json"}
_PULSE = [Operation("query Trunkline {__typename}", {})]


class Graphql:
    """A source that speaks GraphQL."""

    def __init__(self, name: str, declared: GraphqlDeclaration, transport: Transport | None = None) -> None:
        self.name = name
        self.declared = declared
        self.oddities = Oddities(name)
        self._results = Results(name, Errors(name, declared.errors), declared.limits.depth)
        self._conversation = Conversation(name, declared, auth(name, declared), transport, accept=_ACCEPT)
        self._compiled = {one.lookup: one for one in rooted(name, declared, self.oddities).values()}
        self.lookups: Mapping[Lookup, Terms] = MappingProxyType(
            {lookup: one.terms for lookup, one in self._compiled.items()}
        )

    async def fetch(self, lookup: Lookup, keys: Sequence[Key], ask: Ask) -> Mapping[Key, Answer | SourceFault]:
        """Answer these keys, in as few calls as the source takes them."""
        one = self._compiled[lookup]
        wanted = one.wanted(keys)
        fitting = [key for key in wanted if one.fits(key)]
        answers: dict[Key, Answer | SourceFault] = {
            key: BadRequest(self.name, "a key that cannot be written into a request")
            for key in wanted
            if not one.fits(key)
        }
        results = await at_once(lambda roots: self._answer(one, roots, ask), list(one.calls(fitting)))
        faults = [result for result in results if isinstance(result, SourceFault)]
        if faults and len(faults) == len(results) and not answers:
            raise faults[0]
        for roots, result in zip(one.calls(fitting), results, strict=True):
            if isinstance(result, SourceFault):
                result = dict.fromkeys((key for root in roots for key in root.keys), result)
            answers.update(result)
        return answers

    async def page(self, lookup: Lookup, after: str | None, ask: Ask) -> Answer:
        """One page of a list as the source cuts it, of at most `ask.limit` rows where it takes a limit."""
        one = self._compiled[lookup]
        position = start(one, after, ask)
        (told,) = await self._send(one, [Root((), position)], ask)
        if told.value is None and told.lost:
            raise told.lost[0].fault
        reading = one.reading(ask.fields, raw=ask.raw)
        blame(one, (), told, reading)
        page = page_of(one, told, reading)
        records, whole = in_order(one, page, ask, self.oddities, self.declared.limits.rows_at_most)
        return listed(one, position, page, records, complete=whole and not told.lost)

    def compiled(self, lookup: Lookup) -> AnsweredLookup:
        """A lookup as it was compiled."""
        return self._compiled[lookup]

    def rows(self, lookup: Lookup, response: Response, fields: frozenset[str]) -> Sequence[Row]:
        """The rows of an answer to a lookup, of all of its root fields; a SourceFault where there are none."""
        one = self._compiled[lookup]
        reading = one.reading(fields, raw=True)
        body = msgspec.json.decode(response.body)
        results = self._results.of(response, len(body) if isinstance(body, list) else 1)
        told = [self._results.told(result, alias, one.way, response) for result in results for alias in result["data"]]
        return [row for field in told if field.value is not None for row in reading.rows(field.value)[0]]

    async def health(self) -> Health:
        """Ask what type its root is."""

        async def probe(deadline: float) -> None:
            await self._conversation.ask(self._request(_PULSE, batch=False), deadline, self._alive)

        return await felt(probe, self.declared.timeout)

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._conversation.aclose()

    async def _answer(
        self, one: RootLookup, roots: Sequence[Root], ask: Ask
    ) -> Mapping[Key, Answer | SourceFault] | SourceFault:
        """What the source says to the keys of one call, page by page of all of its root fields at once."""
        reading = one.reading(ask.fields, raw=ask.raw)
        courses = [Course(one, root, reading, self.declared.limits) for root in roots]
        left = courses
        while left:
            try:
                told = await self._send(one, [course.root for course in left], ask)
            except SourceFault as err:
                if left is courses:
                    return err
                for course in left:
                    course.fail(err)
                break
            left = [course for course, said in zip(left, told, strict=True) if course.goes_on(said)]
        answers: dict[Key, Answer | SourceFault] = {}
        for course in courses:
            answers.update(await self._settled(course))
        return answers

    async def _settled(self, course: Course) -> Mapping[Key, Answer | SourceFault]:
        try:
            return await course.answers(self.oddities)
        except SourceFault as err:
            return dict.fromkeys(course.root.keys, err)

    async def _send(self, one: RootLookup, roots: Sequence[Root], ask: Ask) -> list[Told]:
        """What each of the root fields gives."""
        batch = one.join == "array"
        request = self._request(one.operations(roots, ask), batch=batch)

        def understood(response: Response) -> list[Told]:
            results = self._results.of(response, len(roots) if batch else 1)
            own = [(result, "k0") for result in results]
            told = [
                self._results.told(result, alias, one.way, response)
                for result, alias in (own if batch else [(results[0], f"k{n}") for n in range(len(roots))])
            ]
            check_let_in(told)
            return told

        return await self._conversation.ask(request, ask.deadline, understood)

    def _request(self, operations: Sequence[Operation], *, batch: bool) -> Request:
        said: Any = operations if batch else operations[0]
        return Request("POST", "", _JSON, msgspec.json.encode(said))

    def _alive(self, response: Response) -> None:
        self._results.of(response, 1)
