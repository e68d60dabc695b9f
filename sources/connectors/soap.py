"""SOAP, as declared: by a WSDL or without one."""

from collections.abc import Mapping, Sequence

from model.answer import Answer
from model.ask import Ask
from model.faults import SourceFault
from model.keys import Key, Lookup
from sources.answers import check_status
from sources.auth import auth
from sources.declared import DeclaredSource
from sources.envelopes import Envelopes
from sources.grammar.soap import SoapDeclaration
from sources.media.soap import SoapMedium
from sources.requests import Request
from sources.transport import Response, Transport
from sources.wsdl import Wsdl


class Soap(DeclaredSource):
    """A source that is spoken to in SOAP. While its WSDL cannot be had it is down, and comes back by itself."""

    def __init__(self, name: str, declared: SoapDeclaration, transport: Transport | None = None) -> None:
        envelopes = Envelopes(name, declared)
        self._wsdl = Wsdl(name, declared, envelopes) if declared.wsdl else None
        medium = SoapMedium(name, declared, envelopes, self._wsdl or envelopes)
        super().__init__(name, declared, medium, transport, way_in=auth(name, declared))

    async def fetch(self, lookup: Lookup, keys: Sequence[Key], ask: Ask) -> Mapping[Key, Answer | SourceFault]:
        """Answer these keys."""
        await self._ready(ask.deadline)
        return await super().fetch(lookup, keys, ask)

    async def page(self, lookup: Lookup, after: str | None, ask: Ask) -> Answer:
        """One page of a list."""
        await self._ready(ask.deadline)
        return await super().page(lookup, after, ask)

    async def aclose(self) -> None:
        """Let go of connections."""
        await super().aclose()
        if self._wsdl is not None:
            await self._wsdl.aclose()

    async def _probe(self, deadline: float) -> None:
        await self._ready(deadline)
        if self.declared.health is not None or any(lookup.by is None for lookup in self.lookups):
            await super()._probe(deadline)
        else:
            await self._conversation.ask(Request("GET", ""), deadline, self._is_there)

    def _is_there(self, response: Response) -> None:
        """Services answer GET with anything: whatever is no refusal, and no gateway's word, shows that one is there."""
        if response.status in {401, 403, 407, 502, 503, 504}:
            check_status(self.name, response)

    async def _ready(self, deadline: float) -> None:
        if self._wsdl is not None:
            await self._wsdl.ready(deadline)
