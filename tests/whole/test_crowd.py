"""Many who want the same at the same moment."""

import anyio
import pytest

pytestmark = pytest.mark.anyio

CROWD = 200
QUERY = """{ customer(id: "C100001") { name circuits(first: 3) { nodes { code name state
    alarms { completeness nodes { perceivedSeverity } } tickets(first: 2) { completeness nodes { ticketId } } } } } }"""


async def test_a_crowd_costs_the_calls_of_one(opening):
    """Two hundred identical questions to a gateway that knows nothing yet: one call a lookup, and one answer."""
    async with opening() as gateway:
        alone = await gateway.data(QUERY)
        calls = await gateway.calls()
    told = []
    async with opening() as gateway:

        async def ask():
            told.append(await gateway.data(QUERY))

        gateway.deadline = 60.0
        async with anyio.create_task_group() as tasks:
            for _ in range(CROWD):
                tasks.start_soon(ask)
        of_crowd = await gateway.calls()
    assert [alone] * CROWD == told
    assert calls == of_crowd
    assert {"crm", "inventory", "alarms", "tickets"} <= calls.keys()


async def test_who_comes_after_the_crowd_is_told_anew(opening):
    """Nothing is kept of it: the next question costs what the first one did."""
    async with opening() as gateway:
        for _ in range(2):
            await gateway.data(QUERY)
            calls = await gateway.calls()
            assert {"crm", "inventory", "alarms", "tickets"} <= calls.keys()
