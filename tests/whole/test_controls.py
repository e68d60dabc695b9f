"""What staff switch while the gateway runs: sources set aside, answers told to be out of date."""

import pytest

pytestmark = pytest.mark.anyio

SET_ASIDE = """mutation($source: String!, $on: Boolean!, $reason: String) {
  setMaintenance(source: $source, on: $on, reason: $reason) { by reason since } }"""
TICKETS = '{ customer(id: "C100001") { name tickets(first: 3) { completeness missing { source code } } } }'
STATES = "{ sources { name state breaker maintenance { by reason } } }"


def _of(answer, name):
    return next(one for one in answer["extensions"]["sources"] if one["source"] == name)


async def test_a_source_that_is_set_aside_is_not_asked(opening):
    """Its absence is told as skipped, the rest of the answer is there; taken back, it is asked again."""
    async with opening() as gateway:
        switched = await gateway.data(SET_ASIDE, source="tickets", on=True, reason="割接")
        await gateway.calls()
        answer = await gateway.ask(TICKETS)
        calls = await gateway.calls()
        states = (await gateway.data(STATES))["sources"]
        back = await gateway.data(SET_ASIDE, source="tickets", on=False)
        again = await gateway.data(TICKETS)
    assert ("tester", "割接") == (switched["setMaintenance"]["by"], switched["setMaintenance"]["reason"])
    assert "tickets" not in calls
    assert {"completeness": "PARTIAL", "missing": [{"source": "tickets", "code": "SOURCE_SET_ASIDE"}]} == answer[
        "data"
    ]["customer"]["tickets"]
    assert ("skipped", "SOURCE_SET_ASIDE", 0) == tuple(
        _of(answer, "tickets")[name] for name in ("outcome", "code", "calls")
    )
    assert [("CLOSED", {"by": "tester", "reason": "割接"})] == [
        (one["breaker"], one["maintenance"]) for one in states if one["name"] == "tickets"
    ]
    assert back == {"setMaintenance": None}
    assert again["customer"]["tickets"] == {"completeness": "COMPLETE", "missing": []}


@pytest.mark.parametrize(
    "mutation",
    ['mutation { setMaintenance(source: "crm", on: true) { by } }', 'mutation { invalidate(tags: ["source:crm"]) }'],
)
async def test_nobody_else_switches_anything(opening, mutation):
    """Customers are told that it is for staff, and nothing changes."""
    async with opening() as gateway:
        (error,) = (await gateway.ask(mutation, "C100001"))["errors"]
        assert not gateway.upstreams.controls.set_aside
    assert "FORBIDDEN" == error["extensions"]["code"]


async def test_what_cannot_be_switched_is_told(opening):
    """A source that there is not."""
    async with opening() as gateway:
        (error,) = (await gateway.ask(SET_ASIDE, source="crn", on=True))["errors"]
    assert "BAD_USER_INPUT" == error["extensions"]["code"]


CONFLICTS = """{ circuits(first: 50) { nodes { code
  conflicts(fields: ["name", "state", "bandwidthBps"]) { field values { source } } } } }"""
WORK = "{ worklist { kind sources noun key field lookup code times } }"


async def test_what_somebody_should_look_at_is_listed(opening):
    """Conflicts that were asked for, answers that made no sense; not for customers."""
    async with opening() as gateway:
        disagreed = await gateway.data(CONFLICTS)
        await gateway.trouble("tickets", kind="garbage", how="html")
        await gateway.data(TICKETS)
        work = (await gateway.data(WORK))["worklist"]
        refused = await gateway.ask(WORK, "C100001")
    expected = {(node["code"], one["field"]) for node in disagreed["circuits"]["nodes"] for one in node["conflicts"]}
    assert expected
    assert expected == {(one["key"], one["field"]) for one in work if one["kind"] == "CONFLICT"}
    drifts = [(one["sources"], one["lookup"], one["code"]) for one in work if one["kind"] == "DRIFT"]
    assert [(["tickets"], "ticket by customer", "SOURCE_MALFORMED")] == drifts
    assert "FORBIDDEN" == refused["errors"][0]["extensions"]["code"]
