"""A whole gateway, of two systems: one that answers as each case says, and one that is well."""

import dataclasses
import json
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import anyio
import httpx
import pytest

from gateway.assembly import assemble, gateway_app
from gateway.configuration import Configuration, understand
from model.answer import Answer
from model.ask import Ask
from model.caller import Caller
from model.faults import SourceFault, TimedOut
from model.keys import Key, Lookup
from model.nouns import NOUNS
from resolvers.upstreams import Upstreams
from sources.positions import Document
from sources.units import plain
from tests.sources.broken.case import PASSWORD
from tests.sources.broken.wire import Answering, Heard, Said, Wire, http, wired

CONFIGURATION = f"""
version: 1
sources:
  crm:
    url: http://upstream.example/crm
    headers: {{x-key: {PASSWORD}}}
    limits: {{bytes: 100000, depth: 20, pages_at_most: 4, rows_at_most: 50}}
    guards: {{retries: false}}
DECLARED
  inventory:
    speaks: rest
    url: http://upstream.example/inventory
    records:
      customer: {{customer_id: no, name: name}}
      circuit: {{code: code, product: product, customer: owner}}
    lookups:
      customer by customer_id: {{get: /customers, keys: {{query: no}}}}
      circuit by code: {{get: /circuits, keys: {{query: code}}}}
      circuit by customer: {{get: /circuits, keys: {{query: owner}}}}
nouns: {{circuit: {{authority: [crm, inventory]}}}}
"""
INVENTORY = {
    "/inventory/customers": [{"id": "c1", "no": "C1", "name": "商行"}],
    "/inventory/circuits": [{"id": f"i{n}", "code": f"BJ-{n}", "product": "MSTP专线", "owner": "C1"} for n in (1, 2)],
}
HANGING = "timeout: 300ms\n"


@dataclass
class Gateway:
    """A gateway, its sources, and what the broken one of them says."""

    upstreams: Upstreams
    wire: Wire
    client: httpx.AsyncClient

    def says(self, answer: bytes | Said | Answering) -> None:
        """What the broken system says from now on."""
        self.wire.answer = lambda heard: _as_said(answer, heard)

    async def fetch(self, lookup: Lookup, keys: Sequence[Key], within: float = 5.0) -> Any:
        """What the broken source says to some keys, or its fault."""
        deadline = anyio.current_time() + within
        ask = Ask(caller=Caller("test", staff=True), deadline=deadline, fields=NOUNS[lookup.noun].fields)
        try:
            return await self.upstreams.sources["crm"].fetch(lookup, keys, ask)
        except SourceFault as fault:
            return fault

    async def again(self, lookup: Lookup, keys: Sequence[Key]) -> Any:
        """The same, once the source answers within its time, which may be short."""
        while isinstance(found := await self.fetch(lookup, keys), TimedOut):
            pass
        return found

    async def ask(self, query: str, customer: str | None) -> httpx.Response:
        """The whole answer to a question, of a customer or else of staff."""
        named = {"x-trunkline-customer": customer} if customer else {}
        return await self.client.post("/graphql", json={"query": query}, headers=named)


def _as_said(answer: bytes | Said | Answering, heard: Heard) -> bytes | Said:
    if heard.path in INVENTORY:
        return http(json.dumps(INVENTORY[heard.path], ensure_ascii=False))
    return answer(heard) if callable(answer) else answer


@cache
def _understood(declared: str) -> Configuration:
    """A configuration that many cases have: it takes longer to read than to ask a question by it."""
    lines = "".join(f"    {line}\n" for line in declared.splitlines())
    return understand(Document.parse(CONFIGURATION.replace("DECLARED\n", lines), "trunkline.yaml"))


def _configured(declared: str, url: str) -> Configuration:
    configuration = _understood(declared.replace("http://upstream.example", url))
    sources = {
        name: one.model_copy(update={"url": one.url.replace("http://upstream.example", url)})
        for name, one in configuration.sources.items()
    }
    return dataclasses.replace(configuration, sources=sources)


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """What some sign in with."""
    monkeypatch.setenv("BROKEN_SECRET", PASSWORD)


Opening = Callable[..., AbstractAsyncContextManager[Gateway]]


@asynccontextmanager
async def _opened(declared: str, *, hangs: bool = False) -> AsyncIterator[Gateway]:
    wire = Wire(lambda heard: _as_said(b"", heard))
    async with wired(wire) as url:
        configuration = _configured(declared + (HANGING if hangs else ""), url)
        upstreams = assemble(configuration)
        app = gateway_app(upstreams, configuration.gateway, staff_by_default=True)
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
            yield Gateway(upstreams, wire, client)
        await upstreams.aclose()
        with anyio.fail_after(10):
            while wire.open:  # noqa: ASYNC110 - connections end in tasks of the same loop
                await anyio.sleep(0.005)


@pytest.fixture
def opened() -> Opening:
    """Give the way to open a gateway whose broken source is declared so; no connection to it outlives the block."""
    return _opened


def told(found: Any) -> dict[Key, list[tuple[str, Any, Any]]]:
    """Key -> code, name and bandwidth of the circuits that were told for it; width never counts."""
    return {
        key: [(plain(one.code), one.name, one.bandwidth_bps) for one in answer.records]  # type: ignore[attr-defined]
        for key, answer in found.items()
        if isinstance(answer, Answer)
    }
