"""A large answer does not hold up everybody else: its long loops are done a part at a time."""

import asyncio
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import pairwise

import msgspec
import pytest

from gateway.engine_execution import EngineExecutor
from gateway.operation import Operation
from model.answer import Answer
from model.ask import Ask
from model.caller import Caller
from model.faults import SourceFault
from model.keys import Key, Lookup
from model.nouns import NOUNS
from model.records import Alarm, Circuit, Customer
from resolvers.request import Request
from resolvers.upstreams import Upstreams
from schema.root import schema
from sources.contract import Terms

pytestmark = pytest.mark.anyio

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LOOKUPS = (Lookup("customer", "customer_id"), Lookup("circuit", "customer"), Lookup("alarm", "circuit"))
QUERY = """{ customer(id: "C1") { circuits(first: 1000) { nodes { id code name
  alarms { nodes { id alarmId specificProblem raisedAt } } } } } }"""


class Large:
    """A source that knows a customer of a thousand circuits, each with four alarms."""

    name = "large"
    lookups: Mapping[Lookup, Terms] = {lookup: Terms(fields=NOUNS[lookup.noun].fields) for lookup in LOOKUPS}

    def __init__(self) -> None:
        self._circuits = [Circuit(code=f"K{n:04}", name=f"专线 {n}", customer="C1") for n in range(1000)]

    def _records(self, noun: str, key: str) -> list[Customer] | list[Circuit] | list[Alarm]:
        if noun == "customer":
            return [Customer(customer_id="C1")]
        if noun == "circuit":
            return self._circuits
        return [Alarm(native_id=f"{key}-{n}", specific_problem="x", raised_at=NOON, circuits=(key,)) for n in range(4)]

    async def fetch(self, lookup: Lookup, keys: Sequence[Key], _ask: Ask) -> Mapping[Key, Answer | SourceFault]:
        """Answer these keys, few at a time."""
        answers: dict[Key, Answer | SourceFault] = {}
        for key in keys:
            answers[key] = Answer(records=self._records(lookup.noun, str(key)), as_of=NOON)
            await asyncio.sleep(0)
        return answers


@pytest.mark.usefixtures("collector")
async def test_others_get_their_turn_within_a_large_answer() -> None:
    """Measured in processor time: no turn takes more than half of what the whole answer does."""
    upstreams, execute = Upstreams({"large": Large()}), EngineExecutor(schema, planned_at=1)  # type: ignore[dict-item]
    turns: list[float] = []

    async def look() -> None:
        while True:
            turns.append(time.thread_time())
            await asyncio.sleep(0)

    async def answer() -> bytes:
        return (await execute(Operation(query=QUERY), Request(upstreams, Caller("staff", staff=True)))).body

    await answer()  # makes the plan
    looking = asyncio.create_task(look())
    body = await answer()
    looking.cancel()
    held = [after - before for before, after in pairwise(turns)]
    nodes = msgspec.json.decode(body)["data"]["customer"]["circuits"]["nodes"]
    assert (1000, 4000) == (len(nodes), sum(len(node["alarms"]["nodes"]) for node in nodes))
    assert max(held) < sum(held) / 2, sorted(held)[-5:]
