"""Measurements from a real Prometheus."""

import datetime as dt
from typing import Any

import pytest

from model.answer import Answer
from model.ask import Window
from model.keys import Lookup
from sources.calls import counting_calls
from tests.sources.conftest import AskFor, Declare
from tests.sources.real.conftest import GAP, ODD, STEP, Measuring

pytestmark = pytest.mark.anyio
BY_CIRCUIT = Lookup("kpi", "circuit")
DECLARED = "preset: prometheus\ncircuit_label: circuit_id\nkpis: {FRAME_DELAY: {metric: rtt_milliseconds, unit: ms}}"


def moment(seconds: float) -> dt.datetime:
    """A time."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def series(answers: Any, circuit: str) -> list[Any]:
    """The points of the one series that has any."""
    answer = answers[circuit]
    assert isinstance(answer, Answer)
    return next((one.points for one in answer.records if one.points), [])  # type: ignore[attr-defined]


async def test_one_range_query_measures_all_circuits(prometheus: Measuring, declare: Declare, ask: AskFor) -> None:
    """Every code means itself, every value is in seconds, and what was not measured is a gap."""
    source = declare(prometheus.url, DECLARED)
    span = Window(moment(prometheus.start), moment(prometheus.start + prometheus.count * STEP), STEP)
    calls = counting_calls()
    answers = await source.fetch(BY_CIRCUIT, [*ODD, "HB.ICBC.0001"], ask("kpi", window=span))
    assert calls == {"crm": 1}
    assert source.oddities.counts == {}
    assert series(answers, "HB.ICBC.0001") == []
    for number, code in enumerate(ODD):
        expected = [
            None if sample in GAP else pytest.approx(prometheus.value(number, sample) / 1000)
            for sample in range(prometheus.count)
        ]
        assert expected == [point.value for point in series(answers, code)]
    assert series(answers, ODD[0])[0].at == moment(prometheus.start)


async def test_more_points_than_it_gives_are_not_asked_for(
    prometheus: Measuring, declare: Declare, ask: AskFor
) -> None:
    """It refuses more than 11,000 points a series: the step is made longer."""
    source = declare(prometheus.url, DECLARED)
    end = prometheus.start + prometheus.count * STEP
    span = Window(moment(end - 7 * 86400), moment(end), 1)
    answers = await source.fetch(BY_CIRCUIT, ODD[:1], ask("kpi", window=span))
    points = series(answers, ODD[0])
    assert 5000 < len(points) <= 11_000
    assert {point.value for point in points} > {None}


async def test_the_latest_values_are_those_of_now(prometheus: Measuring, declare: Declare, ask: AskFor) -> None:
    """One instant query."""
    source = declare(prometheus.url, DECLARED)
    answers = await source.fetch(BY_CIRCUIT, ODD, ask("kpi"))
    latest = prometheus.count - 1
    assert [[point.value for point in series(answers, code)] for code in ODD] == [
        [pytest.approx(prometheus.value(number, latest) / 1000)] for number in range(len(ODD))
    ]
    assert abs((series(answers, ODD[0])[0].at - dt.datetime.now(dt.UTC)).total_seconds()) < 60


async def test_many_long_codes_go_as_a_form(prometheus: Measuring, declare: Declare, ask: AskFor) -> None:
    """A real Prometheus takes a query that no request line would hold."""
    source = declare(prometheus.url, DECLARED)
    codes = [f"BJSH-OTN-{number:06}-专线" for number in range(2000)]
    calls = counting_calls()
    answers = await source.fetch(BY_CIRCUIT, [*codes, *ODD], ask("kpi"))
    assert calls["crm"] == 2
    assert [bool(series(answers, code)) for code in [codes[0], codes[-1], *ODD]] == [False, False, *[True] * len(ODD)]


async def test_it_is_there(prometheus: Measuring, declare: Declare) -> None:
    """Its health is asked by a query."""
    assert (await declare(prometheus.url, DECLARED).health()).fault is None
