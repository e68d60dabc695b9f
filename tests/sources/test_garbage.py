"""A call leaves nothing to the cyclic collector."""

import asyncio
import gc
import json

import pytest

from model.faults import SourceFault
from sources.configuration import read_sources
from sources.connectors.rest import Rest
from sources.positions import Document
from sources.requests import Request
from sources.transport import Response
from tests.sources.conftest import BY_CUSTOMER, LIST, AskFor

pytestmark = pytest.mark.anyio
DECLARED = """
sources:
  crm:
    url: http://127.0.0.1
    speaks: rest
    records: {circuit: {code: code, customer: party.id}}
    lookups:
      circuit by customer: {get: /x, keys: {query: party}}
      circuit list: {get: /x}
"""
ROWS = [{"id": str(number), "code": f"A{number}", "party": {"id": "P"}} for number in range(20)]


class Canned:
    """A transport that has the answer already: what servers and sockets leave is theirs."""

    def __init__(self, status: int, body: bytes) -> None:
        self._response = Response(status, {}, body)

    async def send(self, request: Request, deadline: float) -> Response:
        """Give the answer, after a while."""
        del request, deadline
        await asyncio.sleep(0)
        return self._response

    async def aclose(self) -> None:
        """Nothing to let go."""


@pytest.mark.parametrize(
    ("status", "body"), [(200, json.dumps(ROWS)), (200, '[{"id": 1}]'), (200, "<html>"), (500, "")]
)
@pytest.mark.usefixtures("collector")
async def test_a_call_leaves_no_cycle(ask: AskFor, status: int, body: str) -> None:
    """With faults, too: they hold the frames through which they came."""
    declared = read_sources(Document.parse(DECLARED, "trunkline.yaml"))["crm"]
    source = Rest("crm", declared, Canned(status, body.encode()))  # type: ignore[arg-type]  # it is one of REST

    async def call() -> None:
        for asked in (source.fetch(BY_CUSTOMER, ["P", "Q"], ask()), source.page(LIST, None, ask())):
            try:
                await asked
            except SourceFault:
                continue

    await call()
    gc.collect()
    for _ in range(10):
        await call()
        await asyncio.sleep(0)
    assert 0 == gc.collect()
