"""Of broken measurements comes the right fault or the right part; a gap is a gap, and nothing is invented."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import anyio
import pytest

from model.answer import Answer
from model.faults import BadRequest, Malformed, Rejected, SourceFault, TimedOut, Unavailable
from model.keys import Lookup
from tests.sources.broken.at_json import written
from tests.sources.broken.case import LEAK, PASSWORD
from tests.sources.broken.conftest import Opening
from tests.sources.broken.test_broken_answers import OUTSIDE, PATIENCE
from tests.sources.broken.wire import http

pytestmark = pytest.mark.anyio
DECLARED = "speaks: prometheus\nkpis: {AVAILABILITY: availability}\n"
BY_CIRCUIT, CIRCUITS = Lookup("kpi", "circuit"), ["BJ-1", "BJ-2"]
QUERY = """{ circuit(code: "BJ-1") { code product kpi(kpi: AVAILABILITY) { points { value } } } }"""
NOW = 1_790_000_000.0


def of(circuit: str, value: Any, **labels: str) -> dict[str, Any]:
    """The latest value of a circuit."""
    return {"metric": {"__name__": "availability", "circuit": circuit, **labels}, "value": [NOW, value]}


def vector(*series: Any, kind: str = "vector", **more: Any) -> bytes:
    """A successful answer."""
    return http(written({"status": "success", "data": {"resultType": kind, "result": list(series)}, **more}))


def error(kind: str, status: int = 200) -> bytes:
    """What is wrong, in the system's own words."""
    return http(written({"status": "error", "errorType": kind, "error": f"{LEAK} {PASSWORD}"}), status=status)


WELL = vector(of("BJ-1", "0.5"), of("BJ-2", "1"))
_OTHER = of("BJ-1", "7", __name__="other")
Values = Mapping[str, Sequence[float | None]]
BOTH: Values = {"BJ-1": [0.5], "BJ-2": [1.0]}
BROKEN: dict[str, tuple[bytes, type[SourceFault] | Values, bool]] = {
    "an error under 200": (error("bad_data"), BadRequest, True),
    "an error of no known kind": (error("klingon"), Rejected, True),
    "a timeout of its own": (error("timeout", 503), TimedOut, True),
    "its storage": (error("internal", 500), Unavailable, True),
    "a matrix for a vector": (vector(kind="matrix"), Malformed, True),
    "a vector of matrices": (vector({"metric": {}, "values": []}), Malformed, True),
    "a scalar": (vector(kind="scalar"), Malformed, True),
    "no data": (http(b'{"status": "success"}'), Malformed, True),
    "neither success nor error": (http(b'{"status": "fine"}'), Malformed, True),
    "values without a time": (vector({"metric": {}, "value": ["now", "1"]}), Malformed, True),
    "values that are objects": (vector(of("BJ-1", {"v": 1})), Malformed, True),
    "warnings": (vector(of("BJ-1", "0.5"), warnings=[LEAK]), {"BJ-1": [0.5], "BJ-2": []}, False),
    "NaN": (vector(of("BJ-1", "NaN"), of("BJ-2", "1")), {"BJ-1": [None], "BJ-2": [1.0]}, True),
    "infinity": (vector(of("BJ-1", "+Inf"), of("BJ-2", "1")), {"BJ-1": [None], "BJ-2": [1.0]}, True),
    "a value that is no number": (vector(of("BJ-1", LEAK), of("BJ-2", "1")), {"BJ-1": [None], "BJ-2": [1.0]}, True),
    "circuits that nobody asked for": (vector(of("BJ-1", "0.5"), of("BJ-9", "7"), of("BJ-2", "1")), BOTH, False),
    "only circuits that nobody asked for": (vector(of("BJ-9", "7")), Malformed, True),
    "a metric that nobody asked for": (vector(of("BJ-1", "0.5"), of("BJ-2", "1"), _OTHER), BOTH, False),
    "a series twice": (vector(of("BJ-1", "0.5"), of("BJ-1", "7", replica="b"), of("BJ-2", "1")), BOTH, True),
    "a time at the end of all time": (
        http(written({"status": "success", "data": {"resultType": "vector", "result": [
            {"metric": {"__name__": "availability", "circuit": "BJ-1"}, "value": [1e18, "1"]}]}})), Malformed, True),
    "a page": (http(f"<html>{LEAK}</html>", kind="text/html"), Malformed, True),
    "cut off": (http(written({"status": "success"})[:-3]), Malformed, True),
    "nested too deep": (vector({"metric": {}, "more": [[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]}), Malformed, True),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
async def test_a_broken_measurement(opened: Opening, name: str) -> None:
    """At the source and through the whole gateway; right after it the same source answers well."""
    says, becomes, complete = BROKEN[name]
    before = asyncio.all_tasks()
    with anyio.fail_after(PATIENCE):
        async with opened(DECLARED) as gateway:
            gateway.says(says)
            found = await gateway.fetch(BY_CIRCUIT, CIRCUITS)
            if isinstance(becomes, type):
                assert type(found) is becomes, found
            else:
                assert values(found) == becomes
                assert {answer.complete for answer in found.values()} == {complete}
            response = await gateway.ask(QUERY, "C1")
            assert not OUTSIDE.search(response.text), response.text
            assert response.json()["data"]["circuit"]["product"] == "MSTP专线"
            codes = {error["extensions"]["code"] for error in response.json().get("errors", [])}
            assert codes == ({becomes.code} if isinstance(becomes, type) else set())
            gateway.says(WELL)
            assert values(await gateway.fetch(BY_CIRCUIT, CIRCUITS)) == BOTH
    assert asyncio.all_tasks() == before


def values(found: Any) -> Values:
    """Circuit -> the values of its one series."""
    return {
        circuit: [point.value for series in answer.records for point in series.points]  # type: ignore[attr-defined]
        for circuit, answer in found.items()
        if isinstance(answer, Answer)
    }
