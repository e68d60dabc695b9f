"""The truth of it: what the gateway counts is what the pretend operator has."""

import pytest

pytestmark = pytest.mark.anyio

ROUTES = """query Routes($after: String) { circuits(first: 500, after: $after) {
    pageInfo { hasNextPage endCursor } totalCount completeness
    nodes { code customer { customerId } routes { hops { link { linkId } } } } } }"""


async def _circuits(gateway):
    found, after = [], None
    while True:
        page = (await gateway.data(ROUTES, after=after))["circuits"]
        assert page["completeness"] == "COMPLETE"
        found += page["nodes"]
        if not page["pageInfo"]["hasNextPage"]:
            assert len(found) == page["totalCount"]
            return found
        after = page["pageInfo"]["endCursor"]


async def test_the_gateway_counts_what_the_operator_has(opening, truth):
    """Customers, circuits, open alarms by severity, tickets by state: the same numbers."""
    query = """{
        customers(first: 0) { totalCount }
        circuits(first: 0) { totalCount }
        alarms(first: 0, filter: {state: [RAISED, UPDATED]}) { totalCount bySeverity { severity count } }
        tickets(first: 0, filter: {kind: TROUBLE}) { totalCount byState { state count } }
        orders: tickets(first: 0, filter: {kind: PROVISIONING}) { totalCount }
    }"""
    async with opening() as gateway:
        told = await gateway.data(query)
    totals = truth["totals"]
    assert told["customers"]["totalCount"] == totals["customers"]
    assert told["circuits"]["totalCount"] == totals["circuits"]
    assert told["alarms"]["totalCount"] == totals["activeAlarms"]
    by_severity = {one["severity"].lower(): one["count"] for one in told["alarms"]["bySeverity"]}
    assert by_severity == totals["activeAlarmsBySeverity"]
    by_state = {one["state"].replace("_", "").lower(): one["count"] for one in told["tickets"]["byState"]}
    assert by_state == {state.lower(): count for state, count in totals["ticketsByStatus"].items()}
    assert told["tickets"]["totalCount"] == totals["tickets"]
    assert told["orders"]["totalCount"] == totals["orders"] + totals["workOrders"]


async def test_links_are_shared_as_the_operator_laid_them(opening, truth):
    """Which links carry circuits, several circuits, circuits of several customers: counted along all routes."""
    async with opening() as gateway:
        circuits = await _circuits(gateway)
    carried: dict[str, set[tuple[str, str]]] = {}
    for circuit in circuits:
        for route in circuit["routes"]:
            for hop in route["hops"]:
                if hop["link"]:
                    own = (circuit["code"], circuit["customer"]["customerId"])
                    carried.setdefault(hop["link"]["linkId"], set()).add(own)
    totals = truth["totals"]
    assert len(carried) == totals["linksUsed"]
    assert sum(len(own) > 1 for own in carried.values()) == totals["linksSharedByCircuits"]
    customers = [{customer for _, customer in own} for own in carried.values()]
    assert sum(len(own) > 1 for own in customers) == totals["linksSharedByCustomers"]
