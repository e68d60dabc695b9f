"""The metrics system, over HTTP: the selectors it knows, the limits it has, and what its curves look like."""

import json
import re
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from demo.systems.promql import BadQueryError, selector
from demo.world.chance import NOW
from demo.world.circuits import Circuit
from demo.world.kpis import KPIS

pytestmark = pytest.mark.anyio


async def ask(desk: Any, path: str, method: str = "GET", **parameters: object) -> Any:
    """Ask the metrics system."""
    url = desk.running.systems["metrics"].url + path
    given = {"params": parameters} if method == "GET" else {"data": parameters}
    return await desk.client.request(method, url, **given)


async def result(desk: Any, path: str, **parameters: object) -> list[dict[str, Any]]:
    """The series of a successful answer."""
    body = (await ask(desk, path, **parameters)).json()
    assert "success" == body["status"], body
    return body["data"]["result"]  # type: ignore[no-any-return]


def well(desk: Any, count: int) -> list[Circuit]:
    """Some active circuits that no alarm names, and that are measured without gaps."""
    ailing = {circuit.code for alarm in desk.running.operator.alarms for circuit in alarm.circuits}
    return [
        c for c in desk.running.operator.circuits if c.state == "active" and c.code not in ailing and c.number % 97 != 5
    ][:count]


async def test_a_day_of_many_circuits_is_one_query(desk: Any) -> None:
    """Codes joined by a bar give each circuit's series, a point a step, values as strings."""
    codes = sorted(circuit.code for circuit in well(desk, 5))
    pattern = "|".join(re.escape(code).replace("\\", "\\\\") for code in codes)
    query = f'utilisation_in_ratio{{circuit=~"{pattern}"}}'
    start, end = (NOW - timedelta(days=1)).timestamp(), NOW.timestamp()
    rows = await result(desk, "/api/v1/query_range", query=query, start=start, end=end, step="15m")
    assert codes == [row["metric"]["circuit"] for row in rows]
    for row in rows:
        assert {"__name__", "circuit", "instance", "job"} == set(row["metric"])
        assert 97 == len(row["values"])
        assert all(isinstance(value, str) and 0 < float(value) <= 1 for _, value in row["values"])
        assert all(900 == later - earlier for (earlier, _), (later, _) in pairwise(row["values"]))


async def test_days_have_a_rhythm(desk: Any) -> None:
    """At ten in the morning in Beijing circuits carry several times what they carry at four in the night."""
    code = well(desk, 1)[0].code
    query = f'utilisation_in_ratio{{circuit="{code}"}}'
    night, morning = "2026-11-18T20:00:00Z", "2026-11-19T02:00:00Z"
    (low,), (high,) = [await result(desk, "/api/v1/query", query=query, time=at) for at in (night, morning)]
    assert float(high["value"][1]) > 5 * float(low["value"][1])


async def test_post_and_get_say_the_same(desk: Any) -> None:
    """A form in the body is the same question as one in the URL."""
    form = {"query": f'{{circuit="{well(desk, 1)[0].code}"}}', "time": NOW.timestamp()}
    posted, got = [(await ask(desk, "/api/v1/query", method, **form)).json() for method in ("POST", "GET")]
    assert posted == got
    assert sorted(KPIS) == [row["metric"]["__name__"] for row in got["data"]["result"]]


async def test_several_kpis_are_one_query(desk: Any) -> None:
    """A regular expression over names chooses among KPIs; it is anchored at both ends."""
    code = well(desk, 1)[0].code
    rows = await result(desk, "/api/v1/query", query=f'{{__name__=~".*_seconds",circuit="{code}"}}')
    assert [name for name in sorted(KPIS) if name.endswith("_seconds")] == [r["metric"]["__name__"] for r in rows]
    assert [] == await result(desk, "/api/v1/query", query=f'availability{{circuit=~"{code[:-1]}"}}')
    assert 1 == len(await result(desk, "/api/v1/query", query=f'availability{{circuit=~"{code[:-1]}."}}'))


async def test_a_cut_circuit_is_seen_to_be_down(desk: Any) -> None:
    """While its fibre is cut, an unprotected circuit is unavailable, loses all, and has no delay."""
    operator = desk.running.operator
    alarm, circuit = next(
        (alarm, circuit)
        for alarm in operator.alarms
        for circuit in alarm.circuits
        if alarm.cause == "LOS" and alarm.active and not circuit.protected and circuit.state == "active"
    )
    query = f'{{circuit="{circuit.code}"}}'
    rows = await result(desk, "/api/v1/query", query=query, time=NOW.timestamp())
    values = {row["metric"]["__name__"]: row["value"][1] for row in rows}
    assert ("0", "60", "1") == (values["availability"], values["unavailable_seconds"], values["frame_loss_ratio"])
    assert "frame_delay_seconds" not in values
    before = (alarm.raised - timedelta(minutes=5)).timestamp()
    earlier = {
        r["metric"]["__name__"]: r["value"][1] for r in await result(desk, "/api/v1/query", query=query, time=before)
    }
    assert "frame_delay_seconds" in earlier


async def test_delay_grows_with_the_way(desk: Any) -> None:
    """The two-way delay is at least what light needs for the working route and back."""
    operator = desk.running.operator
    for circuit in well(desk, 20):
        path = operator.router.working(circuit.a_site.element, circuit.z_site.element)
        (row,) = await result(desk, "/api/v1/query", query=f'frame_delay_seconds{{circuit="{circuit.code}"}}')
        light = 2 * path.km * 5e-6
        assert light < float(row["value"][1]) < light + 2e-3


async def test_a_few_circuits_have_gaps(desk: Any) -> None:
    """For one circuit in 97, some hours were not measured; a step there has no point."""
    code = next(c.code for c in desk.running.operator.circuits if c.number % 97 == 5 and c.state == "active")
    times = {"start": (NOW - timedelta(hours=58)).timestamp(), "end": NOW.timestamp(), "step": 3600}
    (row,) = await result(desk, "/api/v1/query_range", query=f'availability{{circuit="{code}"}}', **times)
    assert 57 == len(row["values"])


async def test_the_future_and_the_long_past_are_empty(desk: Any) -> None:
    """After the demo's clock and before the retention there is nothing, and that is no error."""
    code = well(desk, 1)[0].code
    for at in (NOW + timedelta(minutes=1), NOW - timedelta(days=91)):
        assert [] == await result(desk, "/api/v1/query", query=f'availability{{circuit="{code}"}}', time=at.timestamp())


async def test_what_is_not_active_is_not_measured(desk: Any) -> None:
    """A circuit that is not in service has no series; neither has an unknown one."""
    idle = next(circuit for circuit in desk.running.operator.circuits if circuit.state == "designed")
    for code in (idle.code, "NOBODY"):
        assert [] == await result(desk, "/api/v1/query", query=f'{{circuit="{code}"}}')


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", "no expression found in input"),
        ("rate(availability[5m])", 'unexpected "(availability[5m])"'),
        ("avg by (circuit) (availability)", 'unexpected "by"'),
        ('availability{circuit="A"', "end of input"),
        ("availability{circuit=A}", "expected string"),
        ('availability{circuit~"A"}', "expected label matching operator"),
        ('availability{circuit=~"A\\.B"}', "unknown escape sequence U+002E '.'"),
        ('availability{circuit=~"A(?=B)"}', "invalid or unsupported Perl syntax: `(?=`"),
        ('availability{circuit=~"A("}', "error parsing regexp"),
        ('{circuit=~".*"}', "at least one non-empty matcher"),
        ("availability > 0", 'unexpected ">"'),
    ],
)
async def test_what_is_no_selector_is_bad_data(desk: Any, query: str, told: str) -> None:
    """Whatever else PromQL can say is refused as Prometheus refuses nonsense."""
    refused = await ask(desk, "/api/v1/query", query=query)
    body = refused.json()
    assert (400, "error", "bad_data") == (refused.status_code, body["status"], body["errorType"])
    assert told in body["error"]


@pytest.mark.parametrize(
    ("query", "accepted", "refused"),
    [
        ('{circuit=~"A-1|B\\\\.2"}', ["A-1", "B.2"], ["B-2", "XA-1"]),
        ("{circuit=~`A\\-1|B\\.2`}", ["A-1", "B.2"], ["B-2"]),
        ('{circuit!~"A.*"}', ["B"], ["A", "AB"]),
        ('{circuit=~"(?i)a"}', ["A", "a"], ["b"]),
        ('{circuit!="A",}', ["B"], ["A"]),
        ("{ circuit = 'A\\x2d1' }", ["A-1"], ["A"]),
    ],
)
async def test_matchers(query: str, accepted: list[str], refused: list[str]) -> None:
    """Each operator, each kind of quotes, and Go's escapes mean what they mean in Prometheus."""
    (matcher,) = [matcher for matcher in selector("x" + query) if matcher.label == "circuit"]
    assert [True] * len(accepted) == [matcher.accepts(value) for value in accepted]
    assert [False] * len(refused) == [matcher.accepts(value) for value in refused]
    assert matcher.only is None or set(accepted) == set(matcher.only)


async def test_a_matcher_on_nothing_is_refused() -> None:
    """A selector must exclude something that a series without labels would be."""
    with pytest.raises(BadQueryError, match="non-empty matcher"):
        selector('{job!="x"}')


@pytest.mark.parametrize(
    ("change", "status", "kind", "told"),
    [
        ({"step": "1s"}, 400, "bad_data", "exceeded maximum resolution of 11,000 points"),
        ({"step": "0"}, 400, "bad_data", "zero or negative query resolution step"),
        ({"step": "soon"}, 400, "bad_data", 'cannot parse "soon" to a valid duration'),
        ({"start": "noon"}, 400, "bad_data", 'cannot parse "noon" to a valid timestamp'),
        ({"end": "0"}, 400, "bad_data", "end timestamp must not be before start"),
        ({"query": '{job="circuit-pm"}', "step": "10s"}, 422, "execution", "too many samples"),
    ],
)
async def test_limits_are_told_as_prometheus_does(
    desk: Any, change: dict[str, str], status: int, kind: str, told: str
) -> None:
    """Too many points or samples, and times that make no sense, are errors in Prometheus' own words."""
    times = {"start": "2026-11-19T08:00:00Z", "end": "2026-11-20T08:00:00Z", "step": "1h"}
    query = {"query": f'availability{{circuit="{well(desk, 1)[0].code}"}}'}
    refused = await ask(desk, "/api/v1/query_range", **(query | times | change))
    body = json.loads(refused.content)
    assert (status, kind) == (refused.status_code, body["errorType"])
    assert told in body["error"]


async def test_labels_and_health(desk: Any) -> None:
    """The labels are listed; the health check is plain text; what is not there is 404."""
    assert ["__name__", "circuit", "instance", "job"] == (await ask(desk, "/api/v1/labels")).json()["data"]
    assert "Prometheus Server is Healthy.\n" == (await ask(desk, "/-/healthy")).text
    assert 404 == (await ask(desk, "/api/v1/rules")).status_code
