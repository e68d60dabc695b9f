"""A customer's caller sees nothing of another customer on any path, and unknown looks like forbidden."""

import json

import pytest

from model.ids import encode_id

pytestmark = pytest.mark.anyio

CUSTOMER = "C100003"
EVERYTHING = """
{
  viewer { customerIds }
  customers(first: 1000) { ...Theirs }
  circuits(first: 1000) { nodes { code customer { customerId } a: aEnd { site { siteId } } } }
  alarms(first: 1000) {
    completeness totalCount
    nodes {
      alarmId circuit { code } affectedCircuits(first: 1000) { nodes { code } }
      element { name alarms { nodes { alarmId } } }
    }
  }
  tickets(first: 1000) { nodes { ticketId customer { customerId } circuits(first: 1000) { nodes { code } } } }
}
fragment Theirs on CustomerConnection {
  totalCount
  nodes {
    customerId
    parent { customerId }
    children(first: 1000) { nodes { customerId } }
    sites(first: 1000) { nodes { siteId customer { customerId } circuits(first: 1000) { nodes { code } } } }
    circuits(first: 1000) {
      nodes { code conflicts { values { value } } routes { hops { alarms { nodes { alarmId circuit { code } } } } } }
    }
    alarms(first: 1000) { nodes { alarmId } }
    tickets(first: 1000) { nodes { ticketId } }
  }
}
"""
SCOPES = """
query Scopes($id: ID!) {
  customer(id: $id) {
    circuits(first: 1000) { nodes { code } }
    alarms(first: 1000) { nodes { alarmId } }
    tickets(first: 1000) { nodes { ticketId } }
    sites(first: 1000) { nodes { siteId } }
  }
}
"""


def _names(data, *keys):
    found = set()
    if isinstance(data, dict):
        found |= {data[key] for key in keys if isinstance(data.get(key), str)}
        for value in data.values():
            found |= _names(value, *keys)
    elif isinstance(data, list):
        for value in data:
            found |= _names(value, *keys)
    return found


async def test_a_customer_sees_its_own_on_every_path_and_nothing_else(opening):
    """Whatever is walked, every circuit, alarm, ticket and customer that comes back is the caller's own."""
    async with opening() as gateway:
        own = (await gateway.data(SCOPES, id=CUSTOMER))["customer"]
        seen = await gateway.data(EVERYTHING, CUSTOMER)
    assert _names(seen, "customerId") == {CUSTOMER}
    assert _names(seen, "code") == _names(own, "code") != set()
    assert _names(seen["tickets"], "ticketId") == _names(own["tickets"], "ticketId")
    assert _names(seen["alarms"]["nodes"], "alarmId") >= _names(own["alarms"], "alarmId")
    assert {alarm["alarmId"] for alarm in seen["alarms"]["nodes"]} == _names(own["alarms"], "alarmId")
    assert _names(seen, "siteId") >= _names(own, "siteId")
    assert seen["customers"]["totalCount"] == 1


async def test_unknown_and_forbidden_look_the_same_and_cost_the_same(opening, truth):
    """Same bytes, same calls: nobody learns from an answer that another customer's circuit exists."""
    foreign = next(row["key"] for row in truth["disagreements"] if row["field"] == "name")
    async with opening() as gateway:
        theirs = await gateway.data(
            "query Q($code: String!) { circuit(code: $code) { customer { customerId } } }", code=foreign
        )
        assert theirs["circuit"]["customer"]["customerId"] != CUSTOMER
        for query, known, unknown in [
            (
                "query Q($k: String) { circuit(code: $k) { code name alarms { nodes { id } } } }",
                foreign,
                "NO-SUCH-CODE",
            ),
            ("query Q($k: ID!) { customer(id: $k) { name circuits { nodes { id } } } }", "C100002", "C999999"),
            (
                "query Q($k: ID!) { node(id: $k) { id ... on Circuit { name } } }",
                encode_id("circuit", foreign),
                encode_id("circuit", "NO-SUCH-CODE"),
            ),
        ]:
            await gateway.calls()
            forbidden = await gateway.ask(query, CUSTOMER, k=known)
            calls = await gateway.calls()
            absent = await gateway.ask(query, CUSTOMER, k=unknown)
            assert forbidden["data"] == absent["data"] == {next(iter(absent["data"])): None}
            assert "errors" not in forbidden
            assert calls == await gateway.calls()
            assert [{k: v for k, v in e.items() if k != "ms"} for e in forbidden["extensions"]["sources"]] == [
                {k: v for k, v in e.items() if k != "ms"} for e in absent["extensions"]["sources"]
            ]


async def test_nobody_without_customers_sees_nothing(opening):
    """A caller for whom no customer is known gets empty lists, not everything."""
    async with opening() as gateway:
        seen = await gateway.data(EVERYTHING, "C999999")
    assert _names(seen, "code", "alarmId", "ticketId", "siteId") == set()


async def test_alarms_hide_when_their_owner_cannot_be_told(opening):
    """With the inventory down nobody can tell whose an element's alarms are: they are hidden, and that is said."""
    query = """query Q($id: ID!) { node(id: $id) { ... on NetworkElement {
        alarms(first: 1000) { completeness missing { source code } totalCount nodes { alarmId } } } } }"""
    alarms = "{ alarms(first: 1000) { nodes { alarmId element { id } circuit { customer { customerId } } } } }"
    async with opening() as gateway:
        every = (await gateway.data(alarms))["alarms"]["nodes"]
        one = next(alarm for alarm in every if alarm["element"] and alarm["circuit"])
        customer, element = one["circuit"]["customer"]["customerId"], one["element"]["id"]
        assert {"alarmId": one["alarmId"]} in (await gateway.data(query, customer, id=element))["node"]["alarms"][
            "nodes"
        ]
        await gateway.trouble("inventory", kind="failing", path="/tmf-api/serviceInventory")
        hidden = (await gateway.ask(query, customer, id=element))["data"]["node"]["alarms"]
    assert hidden["nodes"] == []
    assert hidden["completeness"] == "PARTIAL"
    assert {"source": "trunkline", "code": "OWNER_UNKNOWN"} in hidden["missing"]
    assert hidden["totalCount"] is None
    assert one["alarmId"] not in json.dumps(hidden)


async def test_sources_are_for_staff(opening):
    """Who is not staff is refused the state of the sources."""
    async with opening() as gateway:
        refused = await gateway.ask("{ sources { name } }", CUSTOMER)
        told = await gateway.data("{ sources { name state code lookups } }")
    assert refused["data"] == {"sources": None}
    assert refused["errors"][0]["extensions"] == {"code": "FORBIDDEN"}
    apart = ["crm", "inventory", "resources", "alarms", "tickets", "products", "parties", "people"]
    assert {source["name"]: source["state"] for source in told["sources"]} == dict.fromkeys(
        [*apart, "orders", "metrics", "vendor", "legacy", "provisioning", "radius", "facilities"], "UP"
    )


async def test_that_another_customer_is_meant_is_not_for_this_one_to_know(opening, truth):
    """Two systems disagree about the owner: staff read both names, the owner reads no name but its own."""
    row = next(row for row in truth["disagreements"] if row["field"] == "customer")
    owner, other = row["values"]["inventory/tmf638"], row["values"]["crm/tmf629"]
    query = "query Q($code: String!) { circuit(code: $code) { code conflicts { field values { value } } } }"
    async with opening() as gateway:
        staff = await gateway.data(query, code=row["key"])
        own = await gateway.ask(query, owner, code=row["key"])
    assert other in json.dumps(staff["circuit"]["conflicts"])
    assert own["data"]["circuit"]["code"] == row["key"]
    assert other not in json.dumps(own)
