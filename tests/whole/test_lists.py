"""Lists: filters and orders hold on merged values, cursors are stable, totals are exact or absent."""

from collections import Counter
from itertools import pairwise

import pytest

pytestmark = pytest.mark.anyio


async def _walk(gateway, field, size, nodes, *customers, **arguments):
    """All nodes of a root list, page by page, and the last page."""
    given = "".join(f", {name}: {value}" for name, value in arguments.items())
    query = f"""query Walk($after: String) {{ {field}(first: {size}, after: $after{given}) {{
        totalCount completeness missing {{ source code }}
        pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} edges {{ cursor node {{ {nodes} }} }} }} }}"""
    found, after = [], None
    while True:
        page = (await gateway.data(query, *customers, after=after))[field]
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        assert len(page["edges"]) <= size
        if page["edges"]:
            assert page["pageInfo"]["startCursor"] == page["edges"][0]["cursor"]
            assert page["pageInfo"]["endCursor"] == page["edges"][-1]["cursor"]
        found += [edge["node"] for edge in page["edges"]]
        if not page["pageInfo"]["hasNextPage"]:
            return found, page
        after = page["pageInfo"]["endCursor"]


@pytest.mark.parametrize(
    ("field", "size", "key", "total"),
    [
        ("circuits", 170, "code", "circuits"),
        ("customers", 7, "customerId", "customers"),
        ("alarms", 60, "alarmId", "alarms"),
        ("tickets", 30, "ticketId", "tickets orders workOrders"),
    ],
)
async def test_walking_a_list_meets_everything_once(opening, truth, field, size, key, total):
    """Page after page, each thing of the operator comes exactly once, and the total says how many there are."""
    async with opening() as gateway:
        found, page = await _walk(gateway, field, size, key)
    keys = [node[key] for node in found]
    assert len(keys) == len(set(keys)) == sum(truth["totals"][one] for one in total.split()) == page["totalCount"]
    assert page["completeness"] == "COMPLETE"


async def test_alarms_that_nobody_counts_are_read_as_far_as_they_are_shown(opening, truth):
    """The newest first, as their system orders them: page after page, each once, and a page costs what it shows."""
    query = """query Walk($after: String) { alarms(first: 40, after: $after) {
        pageInfo { hasNextPage endCursor } nodes { alarmId raisedAt } } }"""
    async with opening() as gateway:
        found, after, calls = [], None, []
        while True:
            page = (await gateway.data(query, after=after))["alarms"]
            calls.append((await gateway.calls())["alarms"])
            found += page["nodes"]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                break
        counted = (await gateway.data("{ alarms(first: 1) { totalCount } }"))["alarms"]["totalCount"]
    assert len(found) == len({alarm["alarmId"] for alarm in found}) == truth["totals"]["alarms"] == counted
    assert all(one["raisedAt"] >= other["raisedAt"] for one, other in pairwise(found))
    assert max(calls) <= 2  # a page of ours may begin in one of theirs and end in the next


async def test_customers_are_listed_by_who_else_knows_them_while_the_crm_fails(opening, truth):
    """The inventory names customers in its services: each comes once, and the list says that it is not the CRM's."""
    async with opening() as gateway:
        every, _ = await _walk(gateway, "customers", 100, "customerId name")
        await gateway.trouble("crm", kind="down")
        found, page = await _walk(gateway, "customers", 7, "customerId name")
    assert sorted(found, key=str) == sorted(every, key=str)
    assert page["completeness"] == "PARTIAL"
    assert page["missing"] == [{"source": "crm", "code": "SOURCE_REFUSED"}]
    assert page["totalCount"] is None


async def test_a_list_of_a_lesser_source_is_partial(opening):
    """The first page tells who should have driven the list."""
    async with opening() as gateway:
        await gateway.trouble("crm", kind="down")
        page = await gateway.data("{ customers(first: 3) { completeness missing { source code } totalCount } }")
    assert page["customers"] == {
        "completeness": "PARTIAL",
        "missing": [{"source": "crm", "code": "SOURCE_REFUSED"}],
        "totalCount": None,
    }


async def test_a_list_cannot_go_on_while_the_source_in_its_cursor_fails(opening):
    """What is known stays true: there is more, and it cannot be had now."""
    query = """query Q($after: String) { customers(first: 5, after: $after) {
        completeness pageInfo { hasNextPage endCursor } nodes { customerId } } }"""
    async with opening() as gateway:
        first = (await gateway.data(query))["customers"]
        await gateway.trouble("crm", kind="down")
        second = (await gateway.data(query, after=first["pageInfo"]["endCursor"]))["customers"]
        await gateway.heal("crm")
        again = (await gateway.data(query, after=first["pageInfo"]["endCursor"]))["customers"]
    assert second["nodes"] == []
    assert second["completeness"] == "PARTIAL"
    assert second["pageInfo"]["hasNextPage"] is True
    assert len(again["nodes"]) == 5


def by_code(circuits):
    """Circuits, each once, by their codes."""
    return {one["code"]: one for one in circuits}


@pytest.mark.parametrize("customers", [(), ("C100001", "C100012")])
async def test_filters_hold_on_merged_values(opening, customers):
    """A filter finds just what one finds by looking at everything, with all that is known of it, whoever asks."""
    nodes = """code state category bandwidthBps product operationalState slaClass customer { customerId }
        aEnd { site { siteId } } zEnd { site { siteId } }"""
    async with opening() as gateway:
        every, _ = await _walk(gateway, "circuits", 1000, nodes, *customers)
        site = every[0]["aEnd"]["site"]["siteId"]
        filters = {
            '{codePrefix: "SH"}': lambda c: c["code"].startswith("SH"),
            "{state: [DESIGNED, RESERVED]}": lambda c: c["state"] in ("DESIGNED", "RESERVED"),
            "{category: [OTN], state: [ACTIVE]}": lambda c: (c["category"], c["state"]) == ("OTN", "ACTIVE"),
            "{bandwidthAtLeast: 1000000000}": lambda c: c["bandwidthBps"] >= 10**9,
            '{bandwidthAtLeast: "100000000", bandwidthAtMost: 1000000000}': lambda c: (
                10**8 <= c["bandwidthBps"] <= 10**9
            ),
            '{customer: "C100012"}': lambda c: c["customer"]["customerId"] == "C100012",
            f'{{site: "{site}"}}': lambda c: site in (c["aEnd"]["site"]["siteId"], c["zEnd"]["site"]["siteId"]),
            '{customer: "C424242"}': lambda c: False,
        }
        for text, holds in filters.items():
            found, _ = await _walk(gateway, "circuits", 1000, nodes, *customers, filter=text)
            assert by_code(found) == by_code(one for one in every if holds(one)), text


async def test_circuits_with_active_alarms_are_found_by_asking_the_alarms(opening, truth):
    """No record of a circuit says so: the alarm source is asked."""
    async with opening() as gateway:
        found, _ = await _walk(
            gateway, "circuits", 300, "code alarms { nodes { state } }", filter="{withActiveAlarms: true}"
        )
        own = await gateway.data(
            '{ customer(id: "C100001") { circuits(first: 1000, filter: {withActiveAlarms: true}) { totalCount } } }'
        )
        await gateway.trouble("alarms", kind="down")
        blind = await gateway.data("{ circuits(filter: {withActiveAlarms: true}) { completeness nodes { code } } }")
    assert len(found) == truth["totals"]["circuitsWithActiveAlarms"]
    assert all(any(alarm["state"] != "CLEARED" for alarm in one["alarms"]["nodes"]) for one in found)
    assert 0 < own["customer"]["circuits"]["totalCount"] < len(found)
    assert blind["circuits"] == {"completeness": "PARTIAL", "nodes": []}


@pytest.mark.parametrize("direction", ["ASC", "DESC"])
@pytest.mark.parametrize(
    ("field", "by", "value"),
    [
        ("circuits", "BANDWIDTH_BPS", "bandwidthBps"),
        ("circuits", "CODE", "code"),
        ("circuits", "START_DATE", "startDate"),
        ("customers", "NAME", "name"),
        ("alarms", "RAISED_AT", "raisedAt"),
        ("alarms", "CHANGED_AT", "changedAt"),
        ("tickets", "OPENED_AT", "openedAt"),
    ],
)
async def test_orders_hold_across_pages(opening, truth, field, by, value, direction):
    """In every order each page goes on where the last one ended; what is unknown comes last."""
    async with opening() as gateway:
        found, _ = await _walk(gateway, field, 90, f"id {value}", orderBy=f"{{field: {by}, direction: {direction}}}")
    values = [node[value] for node in found]
    known = [one for one in values if one is not None]
    assert values == known + [None] * (len(values) - len(known))
    kept = ("tickets", "orders", "workOrders") if field == "tickets" else (field,)
    total = sum(truth["totals"][one] for one in kept)
    assert len(found) == len({node["id"] for node in found}) == total
    for left, right in pairwise(known):
        assert left <= right if direction == "ASC" else left >= right


async def test_alarms_are_filtered_by_severity_state_cause_and_time(opening, truth):
    """At least as bad as; and the counts by severity are those of what was found."""
    query = """{ alarms(first: 1000, filter: {severityAtLeast: MAJOR, state: [RAISED, UPDATED]}) {
        totalCount bySeverity { severity count } nodes { perceivedSeverity state probableCause raisedAt } } }"""
    async with opening() as gateway:
        bad = (await gateway.data(query))["alarms"]
        counted = (await gateway.data("{ alarms(first: 0) { totalCount bySeverity { severity count } } }"))["alarms"]
        cause, when = bad["nodes"][0]["probableCause"], bad["nodes"][len(bad["nodes"]) // 2]["raisedAt"]
        same, _ = await _walk(
            gateway,
            "alarms",
            50,
            "probableCause raisedAt",
            filter=f'{{probableCause: "{cause}", raisedFrom: "{when}"}}',
        )
        before, _ = await _walk(gateway, "alarms", 50, "raisedAt", filter=f'{{raisedTo: "{when}"}}')
    active = truth["totals"]["activeAlarmsBySeverity"]
    assert {one["severity"]: one["count"] for one in bad["bySeverity"]} == {
        "CRITICAL": active["critical"],
        "MAJOR": active["major"],
    }
    assert bad["totalCount"] == active["critical"] + active["major"] == len(bad["nodes"])
    assert {one["severity"].lower(): one["count"] for one in counted["bySeverity"]} == truth["totals"][
        "alarmsBySeverity"
    ]
    assert {one["probableCause"] for one in same} == {cause}
    assert all(one["raisedAt"] >= when for one in same)
    assert before
    assert all(one["raisedAt"] <= when for one in before)


WORK = {
    "DISPATCHED": "ACKNOWLEDGED",
    "DOING": "IN_PROGRESS",
    "SUSPENDED": "HELD",
    "RETURNED": "FAILED",
    "WITHDRAWN": "CANCELLED",
    "FINISHED": "COMPLETED",
}
"""What the states of work orders mean."""


async def test_tickets_are_filtered_and_counted(opening, truth):
    """By state, kind, time and overdue; counts by state are the operator's."""
    async with opening() as gateway:
        counted = (await gateway.data("{ tickets(first: 0) { byState { state count } } }"))["tickets"]["byState"]
        pending, _ = await _walk(gateway, "tickets", 50, "state", filter="{state: [PENDING], kind: TROUBLE}")
        overdue, _ = await _walk(gateway, "tickets", 50, "state dueAt", filter="{overdue: true}")
        orders, _ = await _walk(gateway, "tickets", 50, "state", filter="{kind: PROVISIONING}")
        recent, _ = await _walk(
            gateway,
            "tickets",
            50,
            "openedAt",
            filter='{openedFrom: "2026-11-19T00:00:00Z", openedTo: "2026-11-20T00:00:00+08:00"}',
        )
    by_state = {one["state"]: one["count"] for one in counted}
    tickets, provisioning = (
        Counter({_upper(state): count for state, count in truth["totals"][total].items()})
        for total in ("ticketsByStatus", "ordersByState")
    )
    provisioning += Counter({WORK[state]: count for state, count in truth["totals"]["workOrdersByState"].items()})
    assert by_state == tickets + provisioning
    assert len(pending) == tickets["PENDING"]
    assert overdue
    assert not {one["state"] for one in overdue} & {"CLOSED", "RESOLVED", "CANCELLED", "REJECTED"}
    assert Counter(one["state"] for one in orders) == provisioning
    assert all("2026-11-19T00:00:00Z" <= one["openedAt"] <= "2026-11-19T16:00:00Z" for one in recent)


def _upper(state):
    return "".join("_" + letter if letter.isupper() else letter.upper() for letter in state)


async def test_joined_lists_page_as_root_lists_do(opening):
    """A customer's circuits, in pages, are the whole list; a cursor is of one list and order."""
    query = """query Q($after: String, $by: CircuitOrder) { customer(id: "C100001") {
        circuits(first: 45, after: $after, orderBy: $by) { totalCount pageInfo { hasNextPage endCursor }
        nodes { code name } } } }"""
    async with opening() as gateway:
        for by in (None, {"field": "NAME", "direction": "DESC"}):
            found, after = [], None
            while True:
                page = (await gateway.data(query, after=after, by=by))["customer"]["circuits"]
                found += page["nodes"]
                after = page["pageInfo"]["endCursor"]
                if not page["pageInfo"]["hasNextPage"]:
                    break
            assert len({node["code"] for node in found}) == page["totalCount"] == 200
            keys = [node["code"] if by is None else node["name"] for node in found]
            assert keys == sorted(keys, reverse=by is not None)
        wrong = await gateway.ask(query, after=after, by={"field": "CODE", "direction": "ASC"})
    assert wrong["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}
    assert "another list" in wrong["errors"][0]["message"]


@pytest.mark.parametrize(
    "arguments",
    ["first: -1", "first: 1001", 'after: "nonsense"', 'after: "WyJ4IixbMV1d"', 'after: "汉字"', 'after: ""'],
)
async def test_arguments_that_make_no_sense_are_refused(opening, arguments):
    """With what was expected, before any source is asked."""
    async with opening() as gateway:
        for field in ("customers", "alarms", "circuits", "tickets"):
            answer = await gateway.ask(f"{{ {field}({arguments}) {{ nodes {{ id }} }} }}")
            assert answer["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}
        assert sum((await gateway.calls()).values()) == 0
