"""Many who want the same at the same moment."""

import anyio
import pytest

pytestmark = pytest.mark.anyio

CROWD = 200
QUERY = """{ customer(id: "C100001") { name circuits(first: 3) { nodes { code name state
    alarms { completeness nodes { perceivedSeverity } } tickets(first: 2) { completeness nodes { ticketId } } } } } }"""


async def test_a_crowd_costs_the_calls_of_one(opening, operator):
    """Two hundred identical questions to a gateway that knows nothing yet: one call a lookup, and one answer.

    The systems are slow, so that nobody of the crowd comes when an answer is there already: that one asks anew.
    """
    async with opening() as gateway:
        alone = await gateway.data(QUERY)
        calls = await gateway.calls()
    told = []
    async with opening() as gateway:
        for system in operator.systems:
            await gateway.trouble(system, kind="slow", ms=1200)

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
