"""Of every broken answer comes the right fault or the right part: nothing hangs, leaks or is invented."""

import asyncio
import re
from typing import Any

import anyio
import pytest
from msgspec import UNSET

from model.answer import Answer
from model.faults import Malformed, SourceFault
from model.keys import Lookup
from tests.sources.broken.at_graphql import GRAPHQL
from tests.sources.broken.at_http import HTTP
from tests.sources.broken.at_json import FIRST, JSON, SECOND, written
from tests.sources.broken.at_lists import LISTS
from tests.sources.broken.at_markup import PAGES, SOAP, XML
from tests.sources.broken.at_sign_in import SIGN_INS
from tests.sources.broken.case import BOTH, LEAK, PASSWORD, Broken, Medium, Rows, said_by
from tests.sources.broken.conftest import Gateway, Opening, told
from tests.sources.broken.wire import http

pytestmark = pytest.mark.anyio
MEDIA = [HTTP, JSON, LISTS, PAGES, XML, SOAP, GRAPHQL, *SIGN_INS]
CASES = said_by(MEDIA)
BY_CODE, CODES = Lookup("circuit", "code"), ["BJ-1", "BJ-2"]
BY_CUSTOMER, CUSTOMERS = Lookup("circuit", "customer"), ["C1"]
PATIENCE = 20
"""Seconds after which something hangs."""
QUERY = """{
  circuit(code: "BJ-1") { code name product bandwidthBps provenance { source } }
  customer(id: "C1") { circuits(first: 20) { completeness missing { source code } nodes { code name bandwidthBps } } }
}"""
OUTSIDE = re.compile(
    rf"{LEAK}|{PASSWORD}|127\.0\.0\.1|https?://|Traceback|reqwest|msgspec|lxml|Error\(|status \d", re.IGNORECASE
)
"""What is of a system, or of how it is asked, and no client's business."""


@pytest.mark.parametrize(("medium", "name"), CASES, ids=[f"{medium.name}: {name}" for medium, name in CASES])
async def test_a_broken_answer(opened: Opening, medium: Medium, name: str) -> None:
    """At the source and through the whole gateway; right after it the same source answers well."""
    case = medium.cases[name]
    before = asyncio.all_tasks()
    with anyio.fail_after(PATIENCE):
        async with opened(case.declared or medium.declared, hangs=case.hangs) as gateway:
            gateway.says(case.says)
            await _at_the_source(gateway, case)
            await _at_the_gateway(gateway, case)
            gateway.says(medium.well)
            assert told(await gateway.again(BY_CODE, CODES)) == {code: [(code, *BOTH[code])] for code in BOTH}
    assert asyncio.all_tasks() == before


async def test_a_total_beyond_what_can_be_told_is_not_told(opened: Opening) -> None:
    """A list whose source claims to have billions of rows is given without a total, and without an error."""
    declared = LISTS.cases["a total of billions"].declared
    listed = declared.replace("lookups:\n", "lookups:\n  circuit list: {get: /x, each: rows}\n")
    async with opened(listed) as gateway:
        gateway.says(http(written({"rows": [FIRST, SECOND], "total": 10**12})))
        answer = (await gateway.ask("{ circuits(first: 2) { totalCount nodes { code } } }", None)).json()
    assert answer["data"]["circuits"] == {"totalCount": None, "nodes": [{"code": "BJ-1"}, {"code": "BJ-2"}]}
    assert "errors" not in answer


async def _at_the_source(gateway: Gateway, case: Broken) -> None:
    found = await gateway.fetch(BY_CODE, CODES, 0.15 if case.hangs else 5)
    of_customer = await gateway.fetch(BY_CUSTOMER, CUSTOMERS, 0.15 if case.hangs else 5)
    if isinstance(case.becomes, type):
        for fault in (*_faults(found), *_faults(of_customer)):
            assert type(fault) is case.becomes, fault
            assert fault.source == "crm"
            assert not OUTSIDE.search(str(fault).replace(f"status {_status(fault)}", ""))
        return
    assert told(found) == {code: [(code, *row)] for code, row in case.becomes.items()}
    assert {key: type(lost) for key, lost in found.items() if isinstance(lost, SourceFault)} == dict(case.lost)
    by_customer = case.becomes if case.by_customer is None else case.by_customer
    assert sorted(told(of_customer)["C1"]) == sorted((code, *row) for code, row in by_customer.items())
    assert {one.complete for one in of_customer.values() if isinstance(one, Answer)} == {case.complete}


def _faults(found: Any) -> list[Any]:
    """That of the whole call, or of each of its keys."""
    return list(found.values()) or [found] if isinstance(found, dict) else [found]


def _status(fault: SourceFault) -> str:
    match = re.search(r"status (\d+)", fault.detail)
    return match[1] if match else "-"


async def _at_the_gateway(gateway: Gateway, case: Broken) -> None:
    response = await gateway.ask(QUERY, "C1")
    assert response.status_code == 200
    assert not OUTSIDE.search(response.text + str(response.headers)), response.text
    answer = response.json()
    circuit, circuits = answer["data"]["circuit"], answer["data"]["customer"]["circuits"]
    assert circuit is None or (circuit["code"], circuit["product"]) == ("BJ-1", "MSTP专线")
    _is_told(case, answer, circuit, circuits)


def _is_told(case: Broken, answer: Any, circuit: Any, circuits: Any) -> None:
    """What became of it, in the words of clients."""
    alone = Malformed if case.others else case.lost.get("BJ-1")
    fault = case.becomes if isinstance(case.becomes, type) else alone
    errors = {(error["path"][-1], error["extensions"]["code"]) for error in answer.get("errors", [])}
    if fault is not None:
        assert (circuit["name"], circuit["bandwidthBps"]) == (None, None)
        assert {("name", fault.code), ("bandwidthBps", fault.code)} <= errors
    else:
        assert isinstance(case.becomes, dict)
        assert (circuit and (circuit["name"], circuit["bandwidthBps"])) == _shown(case.becomes, "BJ-1")
        assert not errors
    if isinstance(case.becomes, type):
        assert circuits["completeness"] == "PARTIAL"
        assert {"source": "crm", "code": case.becomes.code} in circuits["missing"]
    else:
        assert case.lost or (circuits["completeness"] == "COMPLETE") is case.complete


def _shown(rows: Rows, code: str) -> tuple[Any, Any] | None:
    """As clients see it: a bandwidth is text where JavaScript would round it, and what is not told is null."""
    if code not in rows:
        return None
    name, bandwidth = rows[code]
    large = isinstance(bandwidth, int) and bandwidth >= 2**53
    return None if name is UNSET else name, str(bandwidth) if large else None if bandwidth is UNSET else bandwidth
