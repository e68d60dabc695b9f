"""Tickets that two systems both hold are one, as clients see them over HTTP, or else are told to be in doubt."""

import httpx
import pytest

from gateway.assembly import gateway_app
from gateway.settings import Settings

pytestmark = pytest.mark.anyio
SOURCES = """
    inventory:
      lookups:
        circuit list: {get: /circuits, record: &circuit {code: code, customer: owner}}
        circuit by code: {get: /circuits, keys: {query: code}, record: *circuit}
        circuit by customer: {get: /circuits, keys: {query: owner}, record: *circuit}
        customer by customer_id: {get: /customers, keys: {query: id}, record: {customer_id: id, name: name}}
    desk:
      lookups:
        ticket list: {get: /tickets, record: &ticket {
          title: title, kind: {constant: TROUBLE}, state: state, opened_at: at, circuits: lines, customer: owner}}
        ticket by ticket_id: {get: /tickets, keys: {query: id}, match: id, record: *ticket}
        ticket by circuit: {get: /tickets, keys: {query: lines}, match: lines, record: *ticket}
        ticket by customer: {get: /tickets, keys: {query: owner}, match: owner, record: *ticket}
    umbrella:
      lookups:
        ticket list: {get: /cases, record: &case {
          title: title, kind: {constant: TROUBLE}, state: state, priority: urgency, opened_at: at, circuits: lines,
          customer: owner, keys: {desk: origin}}}
        ticket by ticket_id: {get: /cases, keys: {query: id}, match: id, record: *case}
        ticket by circuit: {get: /cases, keys: {query: lines}, match: lines, record: *case}
        ticket by customer: {get: /cases, keys: {query: owner}, match: owner, record: *case}
"""
NOUNS = """
    ticket:
      prefer: [desk, umbrella]
      correlate: [{keys: [desk]}, {equal: [title], within: {opened_at: 10m}}]
"""
QUERY = """{
  tickets(first: 20) { totalCount completeness byState { state count } nodes { ...shown } }
  customer(id: "K1") {
    tickets(first: 20) { totalCount nodes { ticketId } }
    circuits { nodes { tickets { nodes { ticketId } } } }
  }
}
fragment shown on TroubleTicket {
  ticketId title priority provenance(fields: ["priority", "title"]) { field source }
  conflicts { field values { source value chosen } }
}"""


def ticket(id_, at="2026-11-20T08:00:00Z", **more):
    """One of the desk."""
    usual = {"title": "光缆中断", "state": "In Progress", "lines": ["C-1"], "owner": "K1"}
    return {"id": id_, "at": at, **usual, **more}


def tables(tickets, cases):
    """A circuit of each of two customers, and what both systems hold."""
    return {
        "inventory": {
            "circuits": [{"id": n, "code": f"C-{n}", "owner": f"K{n}"} for n in (1, 2)],
            "customers": [{"id": f"K{n}", "name": f"客户{n}"} for n in (1, 2)],
        },
        "desk": {"tickets": tickets},
        "umbrella": {"cases": cases},
    }


async def asked(gateway, customer=None):
    """What HTTP brings, for staff unless a customer asks."""
    app = gateway_app(gateway.upstreams, Settings(), staff_by_default=True)
    headers = {"x-trunkline-customer": customer} if customer else {}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1") as client:
        answer = (await client.post("/graphql", json={"query": QUERY}, headers=headers)).json()
    assert "errors" not in answer, answer
    return answer["data"]


async def test_one_ticket_of_two_on_every_path(opening):
    """By a reference: counted once, with the words of both, under the id of the preferred system."""
    told = tables([ticket("t1"), ticket("t2", title="抖动")], [ticket("u1", title="中断", urgency="P1", origin="t1")])
    data = await asked(await opening(SOURCES, told, NOUNS))
    tickets = data["tickets"]
    one = next(node for node in tickets["nodes"] if node["ticketId"] == "desk:t1")
    assert (tickets["totalCount"], tickets["completeness"]) == (2, "COMPLETE")
    assert tickets["byState"] == [{"state": "IN_PROGRESS", "count": 2}]
    assert (one["title"], one["priority"]) == ("光缆中断", "P1")
    assert {said["field"]: said["source"] for said in one["provenance"]} == {"title": "desk", "priority": "umbrella"}
    assert [conflict["field"] for conflict in one["conflicts"]] == ["title"]
    ids = {"desk:t1", "desk:t2"}
    assert {node["ticketId"] for node in data["customer"]["tickets"]["nodes"]} == ids
    (circuit,) = data["customer"]["circuits"]["nodes"]
    assert {node["ticketId"] for node in circuit["tickets"]["nodes"]} == ids


async def test_what_may_be_one_or_not_is_told(opening):
    """Two of one system that equal one of the other are three, each naming its rivals."""
    told = tables([ticket("t1"), ticket("t2", at="2026-11-20T08:02:00Z")], [ticket("u1", at="2026-11-20T08:01:00Z")])
    nodes = (await asked(await opening(SOURCES, told, NOUNS)))["tickets"]["nodes"]
    assert sorted(node["ticketId"] for node in nodes) == ["desk:t1", "desk:t2", "umbrella:u1"]
    assert {conflict["field"] for node in nodes for conflict in node["conflicts"]} == {"correlation"}


async def test_whose_it_is_not_does_not_see_it_in_another(opening):
    """A case of another's circuit adds no word to a ticket that this customer may see."""
    told = tables([ticket("t1")], [ticket("u1", urgency="P1", origin="t1", lines=["C-2"], owner="K2")])
    (one,) = (await asked(await opening(SOURCES, told, NOUNS), "K1"))["tickets"]["nodes"]
    assert (one["ticketId"], one["priority"]) == ("desk:t1", None)
