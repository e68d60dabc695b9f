"""The gateway with answers that are kept: fewer calls, and old answers marked wherever that is told."""

import os

import pytest

from gateway.assembly import assemble
from gateway.demonstration import demo_configuration
from resolvers.upstreams import Upstreams
from sources.grammar.guards import GuardsDeclaration
from sources.registry import build

pytestmark = pytest.mark.anyio

TICKETS = """{ customer(id: "C100001") { tickets(first: 3) { completeness missing { source code }
  nodes { ticketId title provenance(fields: ["title"]) { source stale } } } } }"""


@pytest.fixture
def keeping(opening, operator):
    """Give the way to open a gateway that keeps what the ticket system says."""

    def kept(gateway, **keep):
        configuration = demo_configuration(operator, os.environ)
        declared = configuration.sources["tickets"]
        lookups = {lookup: {"ttl": 60.0, **keep} for lookup in declared.asked}
        guards = GuardsDeclaration.model_validate({"cache": {"lookups": lookups}, "retries": False})
        sources = {**configuration.sources, "tickets": declared.model_copy(update={"guards": guards})}
        labels = assemble(configuration).labels
        gateway.upstreams = Upstreams(build(sources), configuration.nouns, labels)

    return kept


async def test_what_is_kept_costs_no_call(opening, keeping):
    """A customer's answers serve staff, who need no more fields; another customer sees nothing of them."""
    async with opening() as gateway:
        keeping(gateway)
        first = await gateway.data(TICKETS, "C100001")
        await gateway.calls()
        again = await gateway.data(TICKETS)
        calls = await gateway.calls()
        other = await gateway.data(TICKETS, "C100002")
    assert "tickets" not in calls
    assert [one["ticketId"] for one in first["customer"]["tickets"]["nodes"]] == [
        one["ticketId"] for one in again["customer"]["tickets"]["nodes"]
    ]
    assert other == {"customer": None}


async def test_old_answers_are_marked_wherever_that_is_told(opening, keeping):
    """Completeness, provenance, extensions: with the reason, when the system is down."""
    async with opening() as gateway:
        keeping(gateway, ttl=1e-6, stale_if_error=600.0)
        fresh = await gateway.data(TICKETS)
        await gateway.trouble("tickets", kind="down")
        answer = await gateway.ask(TICKETS)
    old = answer["data"]["customer"]["tickets"]
    assert ("COMPLETE", "STALE", []) == (
        fresh["customer"]["tickets"]["completeness"],
        old["completeness"],
        old["missing"],
    )
    assert [one["title"] for one in fresh["customer"]["tickets"]["nodes"]] == [one["title"] for one in old["nodes"]]
    said = {one["source"]: one["stale"] for node in old["nodes"] for one in node["provenance"]}
    assert said.get("tickets", True)
    (told,) = [one for one in answer["extensions"]["sources"] if one["source"] == "tickets"]
    assert ("stale", "SOURCE_REFUSED") == (told["outcome"], told["code"])
    assert told["ageMs"] > 0
