"""The pretend operator's provisioning system, spoken to as its WSDL describes it, and without that."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from demo.serve import running
from model.answer import Answer
from model.enums import TicketKind
from model.faults import Rejected, Unauthorised
from model.keys import Lookup
from sources.calls import counting_calls
from tests.sources.conftest import AskFor, Declare

pytestmark = pytest.mark.anyio
TICKETS = """
speaks: soap
namespaces: {svc: "urn:operator:provisioning:service:v2", typ: "urn:operator:provisioning:types:v2"}
zone: Asia/Shanghai
paging: {by: offset, offset: range.START, limit: range.SIZE, size: 4, place: body, total: {at: svc:total}}
faults: {PRV-0001: unauthorised, PRV-2001: rejected}
records:
  ticket:
    native_id: typ:workOrderId
    title: typ:title
    kind: {constant: PROVISIONING}
    priority: typ:priority
    customer: typ:customerId
    circuits: typ:circuits/typ:circuitCode
    opened_at: typ:dispatchTime
    due_at: typ:dueTime
    closed_at: typ:finishTime
    notes: {each: typ:remark, record: {author: typ:author, at: typ:time, text: typ:text}}
lookups:
  ticket list: {operation: OPERATION, each: &rows svc:workOrders/svc:workOrder, body: &body {criteria: {}}}
  ticket by circuit: {operation: OPERATION, each: *rows, body: *body, keys: {body: criteria.CODE}}
  ticket by customer: {operation: OPERATION, each: *rows, body: *body, keys: {body: criteria.CUSTOMER, at_most: 3}}
"""
PLAIN = {"START": "typ:start", "SIZE": "typ:size", "CODE": "typ:circuitCode", "CUSTOMER": "typ:customerId"}
WAYS = {
    "by its WSDL": ("wsdl: ?wsdl", {"OPERATION": "QueryWorkOrders", **{k: v[4:] for k, v in PLAIN.items()}}),
    "without it": (
        "namespace: urn:operator:provisioning:service:v2",
        {"OPERATION": "QueryWorkOrdersRequest", **PLAIN},
    ),
}


@pytest.fixture
async def provisioning(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """Its address; the secret is in the environment."""
    async with running(7, 60, False, 0) as operator:
        system: Any = operator.addresses["systems"]["provisioning"]
        monkeypatch.setenv("PROVISIONING", system["auth"]["password"])
        yield system["apis"]["soap"]


def declaration(way: str) -> str:
    """The source, in one of the two ways."""
    more, words = WAYS[way]
    text = TICKETS
    for word, said in words.items():
        text = text.replace(word, said)
    return f"{more}\nsecurity: {{user: demo-provisioning, password: {{env: PROVISIONING}}}}\n{text}"


@pytest.mark.parametrize("way", WAYS)
async def test_work_orders_are_tickets(
    provisioning: str, declare: Declare, ask: AskFor, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """Listed page by page, found by circuits and customers together, and faults are what they are."""
    source = declare(provisioning, declaration(way))
    first = await source.page(Lookup("ticket"), None, ask("ticket"))
    assert (len(first.records), first.complete, first.after is not None) == (4, True, True)
    assert first.total > 4
    one = first.records[0]
    assert (one.kind, one.title.split()[0], one.due_at > one.opened_at) == (
        TicketKind.PROVISIONING, one.circuits[0], True,
    )  # fmt: skip
    codes = list(dict.fromkeys(code for record in first.records for code in record.circuits))
    counts = counting_calls()
    found = await source.fetch(Lookup("ticket", "circuit"), [*codes[:2], "NONE"], ask("ticket"))
    assert counts["crm"] <= 2
    assert [len(found[code].records) > 0 for code in [*codes[:2], "NONE"]] == [True, True, False]
    assert {code for record in found[codes[0]].records for code in record.circuits} == {codes[0]}
    customers = list(dict.fromkeys(record.customer for record in first.records))[:4]
    for customer, answer in (await source.fetch(Lookup("ticket", "customer"), customers, ask("ticket"))).items():
        assert isinstance(answer, Answer)
        assert {record.customer for record in answer.records} == {customer}
    with pytest.raises(Rejected):
        await source.fetch(Lookup("ticket", "circuit"), [f"X{number}" for number in range(101)], ask("ticket"))
    monkeypatch.setenv("PROVISIONING", "wrong")
    with pytest.raises(Unauthorised):
        await source.page(Lookup("ticket"), None, ask("ticket"))
