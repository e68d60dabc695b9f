"""Measurements over Prometheus' HTTP API: one query for many circuits, gaps as gaps, nothing that nobody asked for."""

import datetime as dt
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.requests import Request
from starlette.responses import Response

from model.answer import Answer
from model.ask import Condition, Operator, Window
from model.enums import Kpi
from model.faults import (
    BadRequest,
    Malformed,
    Overloaded,
    Rejected,
    SourceFault,
    TimedOut,
    Unauthorised,
    Unavailable,
)
from model.keys import Key, Lookup
from model.records import KpiSeries
from sources.calls import counting_calls
from sources.contract import HealthState
from tests.sources.chaos import Chaos, always, as_json
from tests.sources.conftest import AskFor, Declare, Serve

pytestmark = pytest.mark.anyio
BY_CIRCUIT = Lookup("kpi", "circuit")
SPEAKS = "speaks: prometheus\n"
ONE = f"{SPEAKS}kpis: {{AVAILABILITY: availability}}"
START = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
AVAILABLE = (Condition("kpi", Operator.EQ, Kpi.AVAILABILITY),)
RECORDED = Path(__file__).parent.parent / "recorded" / "prometheus-query-range.json"


def window(seconds: float, step: float | None = None) -> Window:
    """A span from the start on."""
    return Window(START, START + dt.timedelta(seconds=seconds), step)


def matrix(*series: tuple[dict[str, str], list[tuple[float, Any]]], **more: Any) -> Response:
    """A successful answer; times count from the start."""
    zero = START.timestamp()
    result = [{"metric": metric, "values": [[zero + at, value] for at, value in values]} for metric, values in series]
    return as_json({"status": "success", "data": {"resultType": "matrix", "result": result}, **more})


def said(request: Request, body: bytes) -> dict[str, str]:
    """The parameters of a query, wherever they stood."""
    written = body.decode() if request.method == "POST" else urlsplit(str(request.url)).query
    return {name: values[0] for name, values in parse_qs(written, strict_parsing=True).items()}


def values(answers: dict[Key, Answer | SourceFault], circuit: str) -> list[float | None]:
    """The values of the one series of a circuit."""
    answer = answers[circuit]
    assert isinstance(answer, Answer)
    (series,) = answer.records
    return [point.value for point in series.points]  # type: ignore[attr-defined]


async def test_many_circuits_are_one_query_with_every_sign_escaped(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """What means something in RE2, in PromQL or in a URL means itself in a code."""
    asked: list[dict[str, str]] = []

    def answer(request: Request, body: bytes) -> Response:
        asked.append(said(request, body))
        return matrix()

    source = declare(await serve(Chaos(answer)), ONE)
    codes = ["BJ.SH+1", 'a"b\\c', "x|y&z=1", "沪 1", "(n){2}[^$]*?"]
    counts = counting_calls()
    await source.fetch(BY_CIRCUIT, [*codes, codes[0]], ask("kpi", window=window(60, 10), filter=AVAILABLE))
    await source.fetch(BY_CIRCUIT, ["only.one"], ask("kpi", window=window(60, 10), filter=AVAILABLE))
    assert counts == {"crm": 2}
    expression = r"BJ\\.SH\\+1|a\"b\\\\c|x\\|y&z=1|沪 1|\\(n\\)\\{2\\}\\[\\^\\$\\]\\*\\?"
    assert [one["query"] for one in asked] == [
        f'availability{{circuit=~"{expression}"}}',
        'availability{circuit="only.one"}',
    ]
    start = int(START.timestamp())
    assert {name: asked[0][name] for name in ("start", "end", "step")} == {
        "start": str(start),
        "end": str(start + 50),
        "step": "10",
    }


async def test_names_that_only_version_3_knows_stand_in_quotes(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Names with dots, as OpenTelemetry has them, and in other scripts [Prometheus 3, UTF-8 names]."""
    asked: list[str] = []

    def answer(request: Request, body: bytes) -> Response:
        asked.append(said(request, body)["query"])
        name = "线路.loss" if "线路" in asked[-1] else "service.availability"
        return matrix(({"__name__": name, "circuit.id": "A"}, [(0, "0.5")]))

    declared = """speaks: prometheus
circuit_label: circuit.id
kpis:
  AVAILABILITY: {metric: service.availability, labels: {app.kubernetes.io/name: probe}}
  FRAME_LOSS_RATIO: {metric: 线路.loss, labels: {a-b: c}}
  UTILISATION_IN: {metric: load:in, labels: {a-b: c}}
"""
    source = declare(await serve(Chaos(answer)), declared)
    found = await source.fetch(BY_CIRCUIT, ["A"], ask("kpi", window=window(10, 10), filter=AVAILABLE))
    assert values(found, "A") == [0.5]
    await source.fetch(BY_CIRCUIT, ["A", "B"], ask("kpi", window=window(10, 10)))
    assert asked[0] == '{"service.availability","app.kubernetes.io/name"="probe","circuit.id"="A"}'
    assert sorted(asked[1:]) == [
        '{"service.availability","app.kubernetes.io/name"="probe","circuit.id"=~"A|B"}',
        r'{__name__=~"线路\\.loss|load:in","a-b"="c","circuit.id"=~"A|B"}',
    ]


async def test_gaps_are_gaps_and_numbers_are_text(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A point for each step: None where nothing came, or what came is no number; times snap to the nearest moment."""
    series = [(0, "1"), (9.7, "0.5"), (20, "NaN"), (30, "+Inf"), (50, "1e-3"), (60, "1"), (-10, "1")]
    chaos = Chaos(always(matrix(({"__name__": "availability", "circuit": "A"}, series))))
    source = declare(await serve(chaos), ONE)
    answers = await source.fetch(BY_CIRCUIT, ["A", "B"], ask("kpi", window=window(60, 10), filter=AVAILABLE))
    assert values(answers, "A") == [1.0, 0.5, None, None, None, 0.001]
    assert values(answers, "B") == []
    (record,) = answers["A"].records
    assert [point.at for point in record.points] == [START + dt.timedelta(seconds=10 * n) for n in range(6)]
    assert (record.circuit, record.kpi, record.step) == ("A", Kpi.AVAILABILITY, 10)


async def test_units_and_factors_are_converted(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Into ratios and seconds."""

    def answer(request: Request, body: bytes) -> Response:
        names = ("up_percent", "rtt_ms", "loss", "jitter")
        return matrix(*(({"__name__": name, "circuit": "A"}, [(0.0, "50")]) for name in names))

    kpis = (
        "{AVAILABILITY: {metric: up_percent, unit: percent}, FRAME_DELAY: {metric: rtt_ms, unit: ms},"
        " FRAME_LOSS_RATIO: {metric: loss, factor: 0.001}, FRAME_DELAY_VARIATION: jitter}"
    )
    chaos = Chaos(answer)
    source = declare(await serve(chaos), f"{SPEAKS}kpis: {kpis}")
    answers = await source.fetch(BY_CIRCUIT, ["A"], ask("kpi", window=window(10, 10)))
    found = {one.kpi: one.points[0].value for one in answers["A"].records}
    assert found == {
        Kpi.AVAILABILITY: 0.5,
        Kpi.FRAME_DELAY: 0.05,
        Kpi.FRAME_LOSS_RATIO: 0.05,
        Kpi.FRAME_DELAY_VARIATION: 50.0,
    }
    assert len(chaos.seen) == 1
    assert "__name__%3D~" in chaos.seen[0]


async def test_only_what_is_asked_for_is_asked(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Conditions narrow what is queried; KPIs with labels of their own are queries of their own; none means none."""
    asked: list[str] = []

    def answer(request: Request, body: bytes) -> Response:
        asked.append(said(request, body)["query"])
        return matrix()

    kpis = "{AVAILABILITY: up, UTILISATION_IN: {metric: load, labels: {way: in}}, FRAME_DELAY: rtt}"
    source = declare(await serve(Chaos(answer)), f"{SPEAKS}circuit_label: cid\nkpis: {kpis}")
    either = Condition("kpi", Operator.IN, (Kpi.AVAILABILITY, Kpi.UTILISATION_IN))
    answers = await source.fetch(BY_CIRCUIT, ["A"], ask("kpi", window=window(10, 10), filter=(either,)))
    assert sorted(asked) == ['load{way="in",cid="A"}', 'up{cid="A"}']
    assert [one.kpi for one in answers["A"].records] == [Kpi.AVAILABILITY, Kpi.UTILISATION_IN]
    strange = Condition("kpi", Operator.EQ, Kpi.ERRORED_SECONDS)
    answers = await source.fetch(BY_CIRCUIT, ["A", " "], ask("kpi", window=window(10, 10), filter=(strange,)))
    assert {key: list(one.records) for key, one in answers.items()} == {"A": []}
    assert await source.fetch(BY_CIRCUIT, [], ask("kpi", window=window(10, 10))) == {}
    assert len(asked) == 2


@pytest.mark.parametrize(
    ("seconds", "step", "declared", "expected"),
    [
        (100, 10.0, "", (10.0, 10)),
        (95, 10.0, "", (10.0, 10)),
        (600, 1.0, "step_at_least: 1m", (60.0, 10)),
        (3000, None, "", (10.0, 300)),
        (20_000, 1.0, "", (2.0, 10_000)),
        (1000, 1.0, "points_at_most: 100", (10.0, 100)),
        (3, 0.5, "step_at_least: 500ms", (0.5, 6)),
        (5, 60.0, "", (60.0, 1)),
    ],
)
async def test_step_and_points_are_what_the_source_allows(
    serve: Serve, declare: Declare, ask: AskFor, seconds: float, step: float | None, declared: str, expected: Any
) -> None:
    """A step that is too short becomes longer, and the whole span is answered; what was done is told."""
    chaos = Chaos(always(matrix(({"__name__": "availability", "circuit": "A"}, [(0, "1")]))))
    source = declare(await serve(chaos), f"{ONE}\n{declared}")
    answers = await source.fetch(BY_CIRCUIT, ["A"], ask("kpi", window=window(seconds, step)))
    (record,) = answers["A"].records
    assert (record.step, len(record.points)) == expected


async def test_a_window_of_no_time_asks_nothing(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """And has no points."""
    chaos = Chaos(always(matrix()))
    source = declare(await serve(chaos), ONE)
    answers = await source.fetch(BY_CIRCUIT, ["A"], ask("kpi", window=window(0, 10)))
    assert values(answers, "A") == []
    assert chaos.seen == []


async def test_series_of_others_are_dropped_and_counted(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Another circuit, another metric, no circuit at all; a second series of one circuit fills the first one's gaps."""
    chaos = Chaos(
        always(
            matrix(
                ({"__name__": "availability", "circuit": "A", "instance": "1"}, [(0, "1")]),
                ({"__name__": "availability", "circuit": "A", "instance": "2"}, [(0, "0"), (10, "0.5")]),
                ({"__name__": "availability", "circuit": "C"}, [(0, "1")]),
                ({"__name__": "latency", "circuit": "A"}, [(0, "1")]),
                ({"__name__": "availability"}, [(0, "1")]),
            )
        )
    )
    source = declare(await serve(chaos), ONE)
    answers = await source.fetch(BY_CIRCUIT, ["A"], ask("kpi", window=window(20, 10)))
    assert values(answers, "A") == [1.0, 0.5]
    assert dict(source.oddities.counts) == {
        ("foreign rows", "kpi by circuit"): 3,
        ("duplicate rows", "kpi by circuit"): 1,
    }


async def test_the_recorded_answer_is_read(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """As a real Prometheus gave it."""
    chaos = Chaos(always(as_json(json.loads(RECORDED.read_text(encoding="utf-8")))))
    source = declare(
        await serve(chaos), f"{SPEAKS}circuit_label: circuit_id\nkpis: {{AVAILABILITY: circuit_oper_status}}"
    )
    start = dt.datetime.fromtimestamp(1795394040, dt.UTC)
    span = Window(start, start + dt.timedelta(seconds=4), 2)
    answers = await source.fetch(BY_CIRCUIT, ["HB-ICBC-0001", "HB-ABC-0002"], ask("kpi", window=span))
    assert values(answers, "HB-ICBC-0001") == [0.0, 0.0]
    assert values(answers, "HB-ABC-0002") == [1.0, 1.0]


async def test_long_queries_are_forms_and_longer_ones_several(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Nothing is lost by that, and no answer is asked to be longer than we listen to."""
    asked: list[str] = []

    def answer(request: Request, body: bytes) -> Response:
        asked.append(request.method)
        query = said(request, body)["query"]
        codes = query.partition('"')[2].rpartition('"')[0].split("|")
        assert len(body) < 70_000
        return matrix(*(({"__name__": "availability", "circuit": code}, [(0.0, "1")]) for code in codes))

    url = await serve(Chaos(answer))
    source = declare(url, ONE)
    codes = [f"BJSH-OTN-{number:06}" for number in range(5000)]
    answers = await source.fetch(BY_CIRCUIT, codes, ask("kpi", window=window(10, 10)))
    assert len(answers) == 5000
    assert all(values(answers, code) == [1.0] for code in codes)
    assert set(asked) == {"POST"}
    assert 2 <= len(asked) <= 5
    asked.clear()
    bounded = declare(url, f"{ONE}\nlimits: {{bytes: 40000}}")
    answers = await bounded.fetch(BY_CIRCUIT, codes[:20], ask("kpi", window=window(1000, 10)))
    assert all(values(answers, code)[0] == 1.0 for code in codes[:20])
    assert asked == ["GET", "GET"]


def error(kind: str, status: int) -> Response:
    """What Prometheus says when something is wrong."""
    return as_json({"status": "error", "errorType": kind, "error": "secret detail"}, status)


@pytest.mark.parametrize(
    ("response", "fault"),
    [
        (error("bad_data", 400), BadRequest),
        (error("execution", 422), Rejected),
        (error("timeout", 503), TimedOut),
        (error("canceled", 503), Unavailable),
        (error("internal", 500), Unavailable),
        (error("unavailable", 503), Unavailable),
        (error("not_found", 404), BadRequest),
        (error("execution", 200), Rejected),
        (error("of_a_new_kind", 200), Rejected),
        (error("of_a_new_kind", 400), BadRequest),
        (as_json({"error": "who are you"}, 401), Unauthorised),
        (as_json({"error": "too many"}, 429), Overloaded),
        (Response("no healthy upstream", 503), Overloaded),
        (Response("<html>", 200, media_type="text/html"), Malformed),
        (Response(b'{"status":"success","data":{"resultType":"mat', 200), Malformed),
        (Response(b"", 200), Malformed),
        (Response(b"", 204), Malformed),
        (as_json({"status": "success"}), Malformed),
        (as_json({"status": "success", "data": {"resultType": "vector", "result": []}}), Malformed),
        (as_json({"status": "success", "data": {"resultType": "matrix"}}), Malformed),
        (as_json({"status": "perhaps", "data": {"resultType": "matrix", "result": []}}), Malformed),
        (as_json({"status": "success", "data": {"resultType": "matrix", "result": [{"metric": {}}]}}), Malformed),
        (as_json([]), Malformed),
    ],
)
async def test_what_is_no_answer_is_a_fault(
    serve: Serve, declare: Declare, ask: AskFor, response: Response, fault: type[SourceFault]
) -> None:
    """Of the kind that the source's own words say, and without these words."""
    source = declare(await serve(Chaos(always(response))), ONE)
    with pytest.raises(SourceFault) as caught:
        await source.fetch(BY_CIRCUIT, ["A"], ask("kpi", window=window(10, 10)))
    assert type(caught.value) is fault
    assert "secret" not in str(caught.value)
    assert (await source.health()).state is HealthState.DOWN or response.status_code == 200


@pytest.mark.parametrize("more", [{"warnings": ["a store is down"]}, {"isPartial": True}])
async def test_a_source_that_says_so_is_incomplete(
    serve: Serve, declare: Declare, ask: AskFor, more: dict[str, Any]
) -> None:
    """In the words of those who speak for several stores."""
    source = declare(await serve(Chaos(always(matrix(**more)))), ONE)
    answers = await source.fetch(BY_CIRCUIT, ["A"], ask("kpi", window=window(10, 10)))
    assert not answers["A"].complete


async def test_one_failing_query_takes_away_its_own_circuits_only(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """The others are answered; a value that is no number is a gap, and counted."""

    def answer(request: Request, body: bytes) -> Response:
        if '"A"' in said(request, body)["query"]:
            return error("timeout", 503)
        return matrix(({"__name__": "availability", "circuit": "B"}, [(0, "one"), (10, 1)]))

    source = declare(await serve(Chaos(answer)), f"{ONE}\nlimits: {{bytes: 600}}")
    answers = await source.fetch(BY_CIRCUIT, ["A", "B"], ask("kpi", window=window(100, 10)))
    assert isinstance(answers["A"], TimedOut)
    assert values(answers, "B") == [None, 1.0] + [None] * 8
    assert dict(source.oddities.counts) == {("unreadable values", "kpi.points"): 1}


async def test_there_is_no_list_of_all_measurements(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Measurements are of circuits."""
    chaos = Chaos(always(matrix()))
    source = declare(await serve(chaos), ONE)
    with pytest.raises(BadRequest):
        await source.page(Lookup("kpi"), None, ask("kpi"))
    assert chaos.seen == []


async def test_who_names_no_window_gets_the_latest_values(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """One instant query, as a real Prometheus answered it: the one point of a series without a step."""
    recorded = json.loads((RECORDED.parent / "prometheus-query.json").read_text(encoding="utf-8"))
    chaos = Chaos(always(as_json(recorded)))
    source = declare(
        await serve(chaos), f"{SPEAKS}circuit_label: circuit_id\nkpis: {{AVAILABILITY: circuit_oper_status}}"
    )
    answers = await source.fetch(BY_CIRCUIT, ["HB-ICBC-0001", "HB-ABC-0002", "none"], ask("kpi"))
    assert values(answers, "HB-ICBC-0001") == [0.0]
    assert values(answers, "HB-ABC-0002") == [1.0]
    assert values(answers, "none") == []
    (seen,) = chaos.seen
    assert (
        seen == "GET /api/v1/query?query=circuit_oper_status%7Bcircuit_id%3D~%22HB-ICBC-0001%7CHB-ABC-0002%7Cnone%22%7D"
    )
    answer = answers["HB-ICBC-0001"]
    assert isinstance(answer, Answer)
    (series,) = answer.records
    assert isinstance(series, KpiSeries)
    assert isinstance(series.points, list)
    assert series.step == 0.0
    assert series.points[0].at == dt.datetime.fromtimestamp(1795394042.167, dt.UTC)


async def test_an_instant_query_answered_with_a_matrix_is_malformed(
    serve: Serve, declare: Declare, ask: AskFor
) -> None:
    """What was not agreed is no answer."""
    source = declare(await serve(Chaos(always(matrix()))), ONE)
    with pytest.raises(Malformed):
        await source.fetch(BY_CIRCUIT, ["A"], ask("kpi"))


async def test_health_is_a_series_that_there_is_not_or_what_is_declared(serve: Serve, declare: Declare) -> None:
    """Whoever answers an empty vector is there; `health` may name something cheaper."""
    empty = as_json({"status": "success", "data": {"resultType": "vector", "result": []}})
    chaos = Chaos(always(empty))
    url = await serve(chaos)
    assert (await declare(url, ONE).health()).fault is None
    declared = declare(url, f"{ONE}\nhealth: {{get: /-/ready, query: {{deep: 1}}}}")
    assert (await declared.health()).fault is None
    assert chaos.seen == [
        "GET /api/v1/query?query=availability%7Bcircuit%3D%22-%22%7D",
        "GET /-/ready?deep=1",
    ]
