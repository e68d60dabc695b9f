"""What the guard says an operation may cost, held against what it does cost."""

from pathlib import Path

import pytest

from gateway.guard.bounds import Budget, DocumentBounds
from gateway.guard.documents import Documents
from gateway.guard.tariff import Tariff
from model.caller import Caller
from schema.root import schema

pytestmark = pytest.mark.anyio

EXAMPLES = sorted((Path(__file__).parents[2] / "explorer/src/examples").glob("*.graphql"))
OPERATIONS = {
    "a list": "{ customers(first: 50) { nodes { name tier } } }",
    "a long list": "{ circuits(first: 500) { nodes { code name bandwidthBps state customer { name } } } }",
    "an ordered list": "{ circuits(first: 10, orderBy: {field: BANDWIDTH_BPS}) { nodes { code bandwidthBps } } }",
    "a filtered list": "{ circuits(first: 10, filter: {withActiveAlarms: true}) { nodes { code } } }",
    "all alarms": "{ alarms(first: 20) { nodes { state element { name } circuit { code customer { name } } } } }",
    "all tickets": "{ tickets(first: 20) { nodes { ticketId customer { name } } } }",
    "a customer's all": """{ customers(first: 3) { nodes { name parent { name } children { nodes { name } }
        sites { nodes { name address } } circuits(first: 100) { nodes { code } } alarms { totalCount }
        tickets { totalCount } } } }""",
    "depth": """{ customers(first: 2) { nodes { circuits(first: 20) { nodes { code aEnd { site { name city } }
        routes { role hops { element { name } link { name lengthKm } } } alarms { nodes { probableCause } }
        tickets(first: 5) { nodes { ticketId } } provenance { field source } } } } } }""",
    "orders by circuits": """{ customers(first: 5) { nodes { circuits(first: 50, orderBy: {field: STATE}) { nodes {
        code alarms(first: 2, filter: {severityAtLeast: MAJOR}) { nodes { id } } } } } } }""",
    "aliases": "{ " + " ".join(f"a{n}: circuits(first: {n}) {{ nodes {{ code state }} }}" for n in range(1, 6)) + " }",
    "search": '{ search(text: "BJ", first: 10) { nodes { ... on Circuit { code state } ... on Site { name } } } }',
    "vpdn": """{ customers(first: 50) { nodes { vpdnDomains(first: 2) { nodes { realm circuit { code }
        sessions(first: 5) { nodes { userName tunnel { type } } } tunnels { nodes { lns } } } } } } }""",
    "vpdn by circuits": """{ circuits(first: 100, filter: {category: [VPDN]}) { nodes { code vpdnDomain { realm }
        vpdnSessions(first: 5) { nodes { userName } } } } }""",
    "who": "{ viewer { subject } __schema { queryType { name } } }",
}


async def spent(gateway, query, *customers):
    """What an operation may cost, and the upstream calls that it did cost."""
    known = Documents(schema._schema, DocumentBounds()).know(query)
    assert (None, ()) == (known.excess, known.mistakes)
    (operation,) = known.operations.values()
    caller = Caller("c", customers=frozenset(customers)) if customers else Caller("s", staff=True)
    answer = await gateway.ask(query, *customers)
    calls = sum(source["calls"] for source in answer["extensions"]["sources"])
    return Tariff(gateway.upstreams).cost(operation.asked, {}, caller), calls


@pytest.mark.parametrize("name", OPERATIONS)
async def test_no_operation_costs_more_than_was_said(opening, name):
    """The figure is an upper bound on the calls, for staff and for a customer, and no wild one."""
    async with opening() as gateway:
        for customers in ((), ("C100001",)):
            said, calls = await spent(gateway, OPERATIONS[name], *customers)
            assert calls <= said.calls, customers
            assert said.calls <= 60 * (calls + 5), (said, calls)
            assert said.calls <= (Budget().calls if customers else Budget().staff_calls)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
async def test_the_examples_are_within_a_customers_budget(opening, example):
    """Nobody who tries the explorer is told that it is too much."""
    async with opening() as gateway:
        known = Documents(schema._schema, DocumentBounds()).know(example.read_text("utf-8"))
        for operation in known.operations.values():
            said = Tariff(gateway.upstreams).cost(operation.asked, {}, Caller("c", customers=frozenset({"C"})))
            assert said.calls < Budget().calls / 4
            assert said.rows < Budget().rows / 4
    assert (None, ()) == (known.excess, known.mistakes)
