"""The product inventory's quirks, over HTTP."""

from typing import Any

import httpx
import pytest

from demo.disagree import Rates
from demo.serve import running
from tests.demo.conftest import Desk

pytestmark = pytest.mark.anyio


async def test_there_is_one_product_for_each_circuit(desk: Any) -> None:
    """Every circuit's code is one product's serial number, and its service realizes that product."""
    rows = await desk.all("product")
    told = {(row["productSerialNumber"], row["realizingService"][0]["id"]) for row in rows}
    circuits = desk.running.operator.circuits
    assert {(circuit.code, circuit.service_id) for circuit in circuits} == told
    assert len(circuits) == len(rows) == len({row["id"] for row in rows})


async def test_products_are_found_by_repeating(desk: Any) -> None:
    """By id, code and service several at once; a comma is a part of the value, and finds nothing."""
    first, second = (await desk.ask("product", "?limit=2")).json()
    for name, of in (
        ("id", lambda row: row["id"]),
        ("productSerialNumber", lambda row: row["productSerialNumber"]),
        ("realizingService.id", lambda row: row["realizingService"][0]["id"]),
    ):
        assert [first, second] == (await desk.ask("product", f"?{name}={of(first)}&{name}={of(second)}")).json()
        assert [] == (await desk.ask("product", f"?{name}={of(first)},{of(second)}")).json()


async def test_products_of_a_customer(desk: Any) -> None:
    """A customer's id finds exactly its products."""
    rows = await desk.all("product", "?relatedParty.id=C100002")
    own = {circuit.code for circuit in desk.running.operator.circuits if circuit.customer.id == "C100002"}
    assert own == {row["productSerialNumber"] for row in rows}


async def test_a_product_given_up_is_aborted_with_a_blank(desk: Any) -> None:
    """The blank of the standard's own enum is in the answers; what was not delivered has no start date."""
    rows = await desk.all("product")
    assert {"active", "suspended", "pendingActive", "created", "terminated", "aborted "} >= {r["status"] for r in rows}
    aborted = [row for row in rows if row["status"] == "aborted "]
    assert aborted
    assert not any("startDate" in row for row in aborted)
    assert aborted == await desk.all("product", "?status=aborted")


async def test_products_disagree_only_when_asked_to() -> None:
    """With rates for products, what the server says differs from the service inventory as the truth tells."""
    rates = Rates(product_name=0.1, product_sla_class=0.1)
    async with running(circuits=60, latency=False, rates=rates) as operator, httpx.AsyncClient() as client:
        planted = [d for d in operator.truth.disagreements if "products/tmf637" in d.values]
        assert [6, 6] == [sum(d.field == field for d in planted) for field in ("name", "slaClass")]
        for disagreement in planted:
            query = f"?productSerialNumber={disagreement.key}"
            row = (await Desk(operator, client).ask("product", query)).json()[0]
            sold = {c["name"]: c["value"] for c in row["productCharacteristic"]} | {"name": row["name"]}
            assert disagreement.values["products/tmf637"] == sold[disagreement.field]
            assert disagreement.values["inventory/tmf638"] != sold[disagreement.field]
