"""The law: one call a source a wave. Calls grow with the depth of a query, never with its rows."""

import pytest

pytestmark = pytest.mark.anyio

LINKED = """
query Linked($circuits: Int!) {
  customers(first: 1) {
    nodes {
      id name
      circuits(first: $circuits) {
        completeness
        nodes {
          code bandwidthBps state
          provenance { field source }
          conflicts { field values { source value } }
          routes { role hops { sequence element { name } } }
          alarms { completeness nodes { perceivedSeverity probableCause } }
          tickets(first: 5) { nodes { ticketId kind state } }
        }
      }
    }
  }
}
"""

CALLS = {
    "crm": 2,
    "inventory": 4,
    "alarms": 1,
    "tickets": 1,
    "products": 1,
    "parties": 1,
    "orders": 1,
    "vendor": 1,
    "provisioning": 1,
}
"""One a source a wave; the inventory is two sources, and the CRM and the resources are asked twice, in two waves."""


def _lookups(answer):
    return {told["source"]: sorted(told["lookups"]) for told in answer["extensions"]["sources"]}


async def test_twenty_circuits_cost_the_calls_of_one(opening):
    """A query of five levels makes as many calls for 20 circuits as for one."""
    async with opening() as gateway:
        one = await gateway.ask(LINKED, circuits=1)
        calls_of_one = await gateway.calls()
        twenty = await gateway.ask(LINKED, circuits=20)
        calls_of_twenty = await gateway.calls()
    assert len(twenty["data"]["customers"]["nodes"][0]["circuits"]["nodes"]) == 20
    assert calls_of_one == calls_of_twenty == CALLS
    assert _lookups(one) == _lookups(twenty)


async def test_two_hundred_circuits_cost_no_more_lookups_and_calls_only_by_chunks(opening):
    """More rows mean more chunks of the same lookups; chunks are bounded by the size of a request."""
    async with opening() as gateway:
        one = await gateway.ask(LINKED, circuits=1)
        await gateway.calls()
        many = await gateway.ask(LINKED, circuits=1000)
        calls = await gateway.calls()
    assert len(many["data"]["customers"]["nodes"][0]["circuits"]["nodes"]) == 200
    assert _lookups(one) == _lookups(many)
    assert calls["alarms"] <= 3
    assert calls["tickets"] <= 3
    assert calls["inventory"] <= 12


async def test_what_is_told_is_what_the_systems_counted(opening):
    """`extensions.sources` says how many calls each system has seen."""
    async with opening() as gateway:
        answer = await gateway.ask(LINKED, circuits=200)
        counted = await gateway.calls()
    told = {entry["source"]: entry["calls"] for entry in answer["extensions"]["sources"]}
    inventory = told.pop("inventory") + told.pop("resources")
    assert {**told, "inventory": inventory} == counted
    assert all(entry["outcome"] == "ok" for entry in answer["extensions"]["sources"])
