"""The old system's pages: left alone while the others answer, and enough while none of them does."""

import pytest

from demo.operator import Operator
from demo.systems.pages import STATES
from model.enums import ServiceState

pytestmark = pytest.mark.anyio

OTHERS = (
    "crm",
    "inventory",
    "alarms",
    "tickets",
    "products",
    "parties",
    "orders",
    "metrics",
    "vendor",
    "provisioning",
    "radius",
    "facilities",
)
CIRCUITS = """query Circuits($after: String) { circuits(first: 100, after: $after) {
    completeness missing { source code } pageInfo { hasNextPage endCursor }
    nodes { code name product state bandwidthBps startDate
        provenance(fields: ["state", "bandwidthBps"]) { field source raw }
        routes { role complete hops { sequence inPort outPort layer element { elementId } } } } } }"""
ONE = """query One($code: String!) { circuit(code: $code) { code name state bandwidthBps
    routes { role hops { element { elementId } } } } }"""
ROUTES = "{ circuits(first: 20) { completeness nodes { code state routes { role hops { element { elementId } } } } } }"


@pytest.fixture(scope="module")
def world():
    """What is true of the operator that is asked."""
    return Operator(seed=7, circuits=1000)


async def _alone(gateway):
    for system in OTHERS:
        await gateway.trouble(system, kind="down")


def _routes(world, circuit):
    roles = ("WORKING", "PROTECTION") if circuit.protected else ("WORKING",)
    return [
        {
            "role": role,
            "complete": True,
            "hops": [
                {
                    "sequence": place,
                    "inPort": hop.in_port,
                    "outPort": hop.out_port,
                    "layer": hop.layer,
                    "element": {"elementId": hop.element},
                }
                for place, hop in enumerate(world.route(circuit, role), start=1)
            ],
        }
        for role in roles
    ]


async def test_the_pages_alone_still_answer_to_the_character(opening, world):
    """With every other system off, circuits come with state, bandwidth and route, in Chinese, marked PARTIAL."""
    by_code = {circuit.code: circuit for circuit in world.circuits}
    async with opening() as gateway:
        await _alone(gateway)
        told, after = [], None
        for _ in range(2):
            answer = await gateway.ask(CIRCUITS, after=after)
            page = answer["data"]["circuits"]
            assert page["completeness"] == "PARTIAL"
            assert {"source": "inventory", "code": "SOURCE_REFUSED"} in page["missing"]
            told, after = told + page["nodes"], page["pageInfo"]["endCursor"]
    assert sorted(by_code)[:200] == [one["code"] for one in told]
    for one in told:
        circuit = by_code[one["code"]]
        assert circuit.name == one["name"]
        assert circuit.kbps * 1000 == one["bandwidthBps"]
        assert circuit.start.isoformat() == one["startDate"]
        said = {each["field"]: each for each in one["provenance"]}
        assert {"legacy"} == {each["source"] for each in said.values()}
        assert STATES[circuit.state] == said["state"]["raw"]
        assert circuit.state.lower() == ServiceState(one["state"]).value.replace("_", "").lower()
        assert _routes(world, circuit) == one["routes"]


async def test_one_circuit_is_found_by_its_code_and_by_its_customer(opening, world):
    """Whoever asks for one, or a customer for its own, gets the same from the pages as from the list of all."""
    circuit = world.circuits[0]
    own = "query Own($id: ID!) { customer(id: $id) { circuits(first: 1000) { completeness nodes { code state } } } }"
    async with opening() as gateway:
        await _alone(gateway)
        one = (await gateway.ask(ONE, code=circuit.code.lower()))["data"]["circuit"]
        answer = await gateway.ask(own, "C100001", id="C100001")
        stranger = await gateway.ask(ONE, "C100002", code=circuit.code)
    assert (circuit.code, circuit.name, circuit.kbps * 1000) == (one["code"], one["name"], one["bandwidthBps"])
    assert [hop.element for hop in world.route(circuit, "WORKING")] == [
        hop["element"]["elementId"] for hop in one["routes"][0]["hops"]
    ]
    theirs = answer["data"]["customer"]["circuits"]
    owned = sorted(one.code for one in world.circuits if one.customer.id == "C100001")
    assert ("PARTIAL", owned) == (theirs["completeness"], [one["code"] for one in theirs["nodes"]])
    assert stranger["data"]["circuit"] is None


async def test_the_pages_are_left_alone_while_others_answer(opening):
    """They stand by: not one call while the inventory and the resources are well, nor for what nobody lacks."""
    async with opening() as gateway:
        whole = await gateway.data(ROUTES)
        assert "legacy" not in await gateway.calls()
        await gateway.trouble("crm", kind="down")
        await gateway.ask(ROUTES)
        assert "legacy" not in await gateway.calls()
    assert whole["circuits"]["completeness"] == "COMPLETE"


async def test_a_session_that_ends_is_renewed_unseen(opening):
    """The login page under HTTP 200 is no answer: somebody signs in again, once, and everybody gets theirs."""
    async with opening() as gateway:
        await gateway.trouble("inventory", kind="down")
        before = await gateway.ask(ROUTES)
        await gateway.trouble("legacy", kind="expired")
        await gateway.calls()
        after = await gateway.ask(ROUTES)
        calls = await gateway.calls()
    assert before["data"] == after["data"]
    assert all(circuit["routes"] for circuit in after["data"]["circuits"]["nodes"])
    assert calls["legacy"] <= 20 + 20 + 2 + 3


async def test_a_page_that_changed_its_shape_is_a_fault(opening):
    """Half a page, or a page of somebody else's: the routes are unknown, and not none."""
    async with opening() as gateway:
        await gateway.trouble("inventory", kind="down")
        await gateway.trouble("legacy", kind="garbage", how="bytes", path="/resweb/circuit")
        answer = await gateway.ask(ROUTES)
    assert {None} == {one["routes"] and "told" for one in answer["data"]["circuits"]["nodes"]}
    assert answer["errors"]
