"""A whole request, from the bytes of its body to those of its answer, leaves nothing to the cyclic collector."""

import asyncio
import gc
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import msgspec
import pytest

from gateway.app import application
from gateway.engine_execution import EngineExecutor
from gateway.generations import Generations
from gateway.guard.guarded import Guarded
from gateway.settings import Settings
from model.answer import Answer
from model.ask import Ask
from model.caller import Caller
from model.faults import Refused, SourceFault
from model.keys import Key, Lookup
from model.nouns import NOUNS
from model.records import Alarm, Circuit, Customer
from resolvers.upstreams import Upstreams
from schema.root import schema
from sources.contract import Terms

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
RECORDS = {
    Lookup("customer", "customer_id"): [Customer(customer_id="C1", name="商行")],
    Lookup("circuit", "customer"): [Circuit(code=f"K{n}", customer="C1") for n in range(3)],
    Lookup("alarm", "circuit"): [Alarm(native_id="a", circuits=("K1",), raised_at=NOON)],
}
QUERY = """query ($id: ID!) { customer(id: $id) { name circuits(first: 2) { totalCount pageInfo { endCursor } nodes {
  code %s alarms { edges { cursor node { alarmId raisedAt } } missing { source } } } } } }"""
STAFF = Caller("staff", staff=True)
OWNER = Caller("owner", customers=frozenset({"C1"}))


class Memory:
    """A source that knows a few records by heart; `broken`: the lookups that it fails."""

    def __init__(self, name: str, broken: Sequence[str] = ()) -> None:
        self.name, self._broken = name, broken
        self.lookups = {lookup: Terms(fields=NOUNS[lookup.noun].fields) for lookup in RECORDS}

    async def fetch(self, lookup: Lookup, keys: Sequence[Key], _ask: Ask) -> Mapping[Key, Answer | SourceFault]:
        """Answer these keys, a turn later."""
        await asyncio.sleep(0)
        if lookup.noun in self._broken:
            raise Refused(self.name, "switched off")
        return {key: Answer(records=RECORDS[lookup], as_of=NOON) for key in keys}

    async def aclose(self) -> None:
        """Nothing to let go of."""


@pytest.mark.parametrize("caller", [STAFF, OWNER], ids=lambda caller: caller.subject)
@pytest.mark.parametrize("more", ["", "provenance { source } conflicts { field }"])
@pytest.mark.parametrize("broken", [(), ("alarm",), ("customer",)], ids=str)
@pytest.mark.usefixtures("collector")
async def test_a_request_leaves_no_cycle(caller: Caller, more: str, broken: Sequence[str]) -> None:
    """Whoever asks, whatever is told, and whoever fails."""
    upstreams = Upstreams({"one": Memory("one", broken), "two": Memory("two")})  # type: ignore[dict-item]
    execute = Guarded(EngineExecutor(schema, planned_at=1), schema, upstreams, Settings().rules)
    app = application(Generations(upstreams, execute), Settings(), lambda _: caller)
    body = msgspec.json.encode({"query": QUERY % more, "variables": {"id": "C1"}})
    headers = [(b"host", b"localhost"), (b"content-type", b"application/json"), (b"accept-encoding", b"gzip")]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}

    async def request() -> None:
        waiting = [{"type": "http.request", "body": body}]

        async def receive() -> dict[str, object]:
            return waiting.pop() if waiting else await asyncio.get_running_loop().create_future()

        async def send(message: Mapping[str, object]) -> None:
            assert message.get("status", 200) == 200

        await app(dict(scope), receive, send)

    await request()
    await asyncio.sleep(0)
    gc.collect()
    for _ in range(5):
        await request()
        await asyncio.sleep(0)
    assert 0 == gc.collect()
