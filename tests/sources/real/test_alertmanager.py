"""Alarms from a real Alertmanager."""

import datetime as dt
from typing import Any

import httpx
import pytest

from model.answer import Answer
from model.enums import AlarmState, PerceivedSeverity
from model.keys import Lookup
from sources.calls import counting_calls
from tests.sources.conftest import AskFor, Declare
from tests.sources.real.conftest import ODD, Measuring, eventually

pytestmark = pytest.mark.anyio
BY_CIRCUIT = Lookup("alarm", "circuit")
PRESET = "preset: alertmanager"
SINCE = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)


def alert(name: str, circuit: str, **more: Any) -> dict[str, Any]:
    """An alert as an element manager would post it."""
    labels = {"alertname": name, "circuit_id": circuit, "severity": "critical", "node": "WUH-OTN-01", "port": "1/1/1"}
    return {"labels": labels, "annotations": {"summary": f"{name} 信号丢失"}, "startsAt": SINCE.isoformat(), **more}


def post(url: str, path: str, said: Any) -> None:
    """Tell it."""
    answer = httpx.post(f"{url}/api/v2/{path}", json=said)
    assert answer.status_code == 200, answer.text


def alarms(answers: Any, circuit: str) -> dict[str, Any]:
    """Probable cause -> the alarm of a circuit."""
    answer = answers[circuit]
    assert isinstance(answer, Answer)
    return {one.probable_cause: one for one in answer.records}  # type: ignore[attr-defined]


async def test_one_call_brings_the_alarms_of_all_circuits(alertmanager: str, declare: Declare, ask: AskFor) -> None:
    """Every code means itself in the matcher, one of them and many of them."""
    post(alertmanager, "alerts", [alert("LOS", code) for code in [*ODD, "xay.z*", "HB-ICBC-00012"]])
    source = declare(alertmanager, PRESET)
    calls = counting_calls()
    answers = await source.fetch(BY_CIRCUIT, [*ODD, "none"], ask("alarm"))
    assert calls == {"crm": 1}
    assert source.oddities.counts == {}
    assert alarms(answers, "none") == {}
    for code in ODD:
        alone = await source.fetch(BY_CIRCUIT, [code], ask("alarm"))
        los = alarms(answers, code)["LOS"]
        assert alarms(alone, code)["LOS"].alarm_id == los.alarm_id
        assert (los.circuits, los.element, los.port) == ([code], "WUH-OTN-01", "1/1/1")
        assert (los.perceived_severity, los.specific_problem) == (PerceivedSeverity.CRITICAL, "LOS 信号丢失")
        assert (los.raised_at, los.state, los.planned_work) == (SINCE, AlarmState.RAISED, False)


async def test_what_is_resolved_is_gone(alertmanager: str, declare: Declare, ask: AskFor) -> None:
    """Only what is raised is there."""
    source = declare(alertmanager, PRESET)
    post(alertmanager, "alerts", [alert("LOF", "HB-ABC-0002")])
    assert set(alarms(await source.fetch(BY_CIRCUIT, ["HB-ABC-0002"], ask("alarm")), "HB-ABC-0002")) == {"LOF"}
    ended = (dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)).isoformat()
    post(alertmanager, "alerts", [alert("LOF", "HB-ABC-0002", endsAt=ended)])
    assert alarms(await source.fetch(BY_CIRCUIT, ["HB-ABC-0002"], ask("alarm")), "HB-ABC-0002") == {}


async def test_silences_are_planned_work_and_what_is_explained_is_no_root(
    alertmanager: str, declare: Declare, ask: AskFor
) -> None:
    """As Alertmanager itself finds out, by its silences and its rules of inhibition."""
    now = dt.datetime.now(dt.UTC)
    silence = {
        "matchers": [{"name": "circuit_id", "value": "HB-ABC-0003", "isRegex": False, "isEqual": True}],
        "startsAt": now.isoformat(),
        "endsAt": (now + dt.timedelta(hours=1)).isoformat(),
        "createdBy": "planner",
        "comment": "works",
    }
    post(alertmanager, "silences", silence)
    post(
        alertmanager,
        "alerts",
        [alert("LOS", "HB-ABC-0003"), *(alert(one, "HB-ABC-0004") for one in ("FIBRE_CUT", "AIS"))],
    )
    source = declare(alertmanager, PRESET)
    answers = await source.fetch(BY_CIRCUIT, ["HB-ABC-0003", "HB-ABC-0004"], ask("alarm"))
    cut = alarms(answers, "HB-ABC-0004")
    assert alarms(answers, "HB-ABC-0003")["LOS"].planned_work is True
    assert (cut["AIS"].is_root_cause, cut["AIS"].planned_work) == (False, False)
    assert cut["FIBRE_CUT"].is_root_cause is not False


async def test_a_list_and_the_alarms_of_elements(alertmanager: str, declare: Declare, ask: AskFor) -> None:
    """Without paging, whatever there is."""
    post(alertmanager, "alerts", [alert("LOS", f"LIST-{number}") for number in range(50)])
    source = declare(alertmanager, PRESET)
    listed = await source.page(Lookup("alarm"), None, ask("alarm"))
    assert {f"LIST-{number}" for number in range(50)} <= {one.circuits[0] for one in listed.records}
    answers = await source.fetch(Lookup("alarm", "element"), ["WUH-OTN-01", "WUH-OTN-02"], ask("alarm"))
    assert [len(answers[node].records) >= 50 for node in ("WUH-OTN-01", "WUH-OTN-02")] == [True, False]
    assert (await source.health()).fault is None


async def test_what_a_rule_of_prometheus_s_finds_becomes_an_alarm(
    prometheus: Measuring, alertmanager: str, declare: Declare, ask: AskFor
) -> None:
    """From a measurement to an alarm, each step by the real thing."""
    eventually(lambda: len(httpx.get(f"{alertmanager}/api/v2/alerts?filter=alertname=SLOW").json()) == len(ODD) - 1)
    answers = await declare(alertmanager, PRESET).fetch(BY_CIRCUIT, ODD, ask("alarm"))
    assert ["Degraded" in alarms(answers, code) for code in ODD] == [False, *[True] * (len(ODD) - 1)]
    slow = alarms(answers, ODD[1])["Degraded"]
    own = await declare(prometheus.url, "preset: prometheus-alerts").fetch(BY_CIRCUIT, ODD, ask("alarm"))
    assert ["Degraded" in alarms(own, code) for code in ODD] == [False, *[True] * (len(ODD) - 1)]
    assert (slow.perceived_severity, slow.circuits) == (PerceivedSeverity.MINOR, [ODD[1]])
