"""Alerts of Prometheus and of its Alertmanager as alarms, against answers of the real ones."""

import datetime as dt
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from model.answer import Answer
from model.enums import AlarmState, EventType, PerceivedSeverity
from model.faults import Malformed, Rejected, SourceFault
from model.keys import Key, Lookup
from tests.sources.chaos import Chaos, always, as_json
from tests.sources.conftest import AskFor, Declare, Serve

pytestmark = pytest.mark.anyio
RECORDED = Path(__file__).parent.parent / "recorded"
BY_CIRCUIT = Lookup("alarm", "circuit")
PRESET = "preset: alertmanager"


def alerts() -> list[dict[str, Any]]:
    """What a real Alertmanager answered: three alerts of one circuit."""
    found: list[dict[str, Any]] = json.loads((RECORDED / "alertmanager-alerts.json").read_text(encoding="utf-8"))
    return found


def records(answers: Any, key: Key) -> list[Any]:
    """The records under a key."""
    answer = answers[key]
    assert isinstance(answer, Answer)
    return list(answer.records)


async def test_a_recorded_alert_is_an_alarm(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Labels say how bad it is, why, where and on which circuit; its endsAt is no time of clearing."""
    source = declare(await serve(Chaos(always(as_json(alerts())))), PRESET)
    answers = await source.fetch(BY_CIRCUIT, ["HB-ICBC-0001"], ask("alarm"))
    down, ais, los = records(answers, "HB-ICBC-0001")
    assert (los.native_id, los.perceived_severity, los.probable_cause, los.specific_problem) == (
        "d0315aebeb7cb02d",
        PerceivedSeverity.CRITICAL,
        "LOS",
        "Loss of signal",
    )
    assert (los.element, los.port, los.circuits) == ("WUH-OTN-01", "1/1/1", ["HB-ICBC-0001"])
    assert (los.state, los.planned_work) == (AlarmState.RAISED, False)
    assert los.raised_at == dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    assert los.changed_at == dt.datetime(2026, 11, 23, 0, 33, 53, 494000, tzinfo=dt.UTC)
    assert (down.probable_cause, down.event_type) == ("LOS", EventType.COMMUNICATIONS_ALARM)
    assert ais.perceived_severity is PerceivedSeverity.MINOR
    unsaid = type(los)()
    assert (los.cleared_at, los.is_root_cause) == (unsaid.cleared_at, unsaid.is_root_cause)


async def test_silences_are_planned_work_and_inhibition_denies_the_root(
    serve: Serve, declare: Declare, ask: AskFor
) -> None:
    """A suppressed alert is still raised; what another alert inhibits is not the root cause."""
    silenced, inhibited, plain = alerts()
    silenced["status"] = {"state": "suppressed", "silencedBy": ["s1"], "inhibitedBy": []}
    inhibited["status"] = {"state": "suppressed", "silencedBy": [], "inhibitedBy": ["f1"]}
    source = declare(await serve(Chaos(always(as_json([silenced, inhibited, plain])))), PRESET)
    answer = await source.page(Lookup("alarm"), None, ask("alarm"))
    assert [one.planned_work for one in answer.records] == [True, False, False]
    assert [one.state for one in answer.records] == [AlarmState.RAISED] * 3
    assert [one.is_root_cause is False for one in answer.records] == [False, True, False]


async def test_many_circuits_are_one_call_with_every_sign_escaped(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A matcher's regular expression, quoted and escaped; a single key needs none."""
    chaos = Chaos(always(as_json(alerts())))
    source = declare(await serve(chaos), PRESET)
    answers = await source.fetch(BY_CIRCUIT, ["HB-ICBC-0001", 'a"b\\c|d.e', "沪 1"], ask("alarm"))
    await source.fetch(BY_CIRCUIT, ["HB-ICBC-0001"], ask("alarm"))
    asked = [parse_qs(urlsplit(line.removeprefix("GET ")).query)["filter"] for line in chaos.seen]
    assert asked == [
        ['circuit_id=~"HB-ICBC-0001|a\\"b\\\\\\\\c\\\\|d\\\\.e|沪 1"'],
        ['circuit_id="HB-ICBC-0001"'],
    ]
    assert {key: len(records(answers, key)) for key in answers} == {"HB-ICBC-0001": 3, 'a"b\\c|d.e': 0, "沪 1": 0}


async def test_matchers_are_cut_by_the_bytes_of_the_request_line(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """No request line is longer than the source takes, and every circuit is asked for once."""
    codes = [f"专线.{number:04}" for number in range(200)]
    chaos = Chaos(always(as_json([])))
    source = declare(await serve(chaos), f"{PRESET}\nrequest_line_bytes: 1000")
    await source.fetch(BY_CIRCUIT, codes, ask("alarm"))
    assert max(len(f"{line} HTTP/1.1") for line in chaos.seen) <= 1000
    asked = "".join(parse_qs(urlsplit(line.removeprefix("GET ")).query)["filter"][0] for line in chaos.seen)
    assert [asked.count(code.replace(".", "\\\\.")) for code in codes] == [1] * len(codes)


async def test_labels_go_by_the_names_that_they_are_given(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Two lines say what an operator's alerts call a circuit."""
    row = alerts()[0]
    row["labels"]["line"] = row["labels"].pop("circuit_id")
    chaos = Chaos(always(as_json([row])))
    source = declare(
        await serve(chaos),
        f"{PRESET}\nrecords: {{alarm: {{circuits: labels.line}}}}\n"
        "lookups: {alarm by circuit: {keys: {regex: line}}}",
    )
    answers = await source.fetch(BY_CIRCUIT, ["HB-ICBC-0001"], ask("alarm"))
    assert len(records(answers, "HB-ICBC-0001")) == 1
    assert chaos.seen == ["GET /api/v2/alerts?filter=line%3D%22HB-ICBC-0001%22"]


async def test_alerts_that_nobody_asked_for_are_dropped(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A server that ignores the matcher is not believed."""
    source = declare(await serve(Chaos(always(as_json(alerts())))), PRESET)
    with pytest.raises(Malformed, match="an answer to another question"):
        await source.fetch(BY_CIRCUIT, ["HB-ABC-0002"], ask("alarm"))
    assert source.oddities.counts["foreign rows", "alarm by circuit"] == 3


async def test_an_alarm_is_found_by_its_id_among_all(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Alertmanager cannot be asked for one: all are asked for, and the others are no oddity."""
    chaos = Chaos(always(as_json(alerts())))
    source = declare(await serve(chaos), PRESET)
    answers = await source.fetch(Lookup("alarm", "alarm_id"), ["d0315aebeb7cb02d", "none", ""], ask("alarm"))
    assert list(answers) == ["d0315aebeb7cb02d"]
    assert records(answers, "d0315aebeb7cb02d")[0].probable_cause == "LOS"
    assert chaos.seen == ["GET /api/v2/alerts"]
    assert source.oddities.counts == {}


async def test_alerts_of_prometheus_itself_are_alarms_once_they_fire(
    serve: Serve, declare: Declare, ask: AskFor
) -> None:
    """The recorded one fires; one that is pending is none yet. All circuits are one call."""
    answer = json.loads((RECORDED / "prometheus-alerts.json").read_text(encoding="utf-8"))
    (firing,) = answer["data"]["alerts"]
    pending = {**firing, "state": "pending", "labels": {**firing["labels"], "alertname": "Soon"}}
    answer["data"]["alerts"].append(pending)
    chaos = Chaos(always(as_json(answer)))
    source = declare(await serve(chaos), "preset: prometheus-alerts")
    answers = await source.fetch(BY_CIRCUIT, ["HB-ICBC-0001", "HB-ABC-0002"], ask("alarm"))
    (alarm,) = records(answers, "HB-ICBC-0001")
    assert records(answers, "HB-ABC-0002") == []
    assert chaos.seen == ["GET /api/v1/alerts"]
    assert (alarm.perceived_severity, alarm.probable_cause) == (PerceivedSeverity.CRITICAL, "LOS")
    assert alarm.raised_at == dt.datetime(2026, 11, 23, 0, 33, 59, 284622, tzinfo=dt.UTC)
    found = await source.fetch(Lookup("alarm", "alarm_id"), [alarm.native_id], ask("alarm"))
    assert records(found, alarm.native_id) == [alarm]


@pytest.mark.parametrize(("status", "fault"), [("error", Rejected), (None, Malformed)])
async def test_prometheus_says_itself_whether_it_answers(
    serve: Serve, declare: Declare, ask: AskFor, status: str | None, fault: type[SourceFault]
) -> None:
    """No alerts are told where it says that something is wrong, or does not say that all is well."""
    chaos = Chaos(always(as_json({"status": status, "data": {"alerts": []}})))
    source = declare(await serve(chaos), "preset: prometheus-alerts")
    with pytest.raises(fault):
        await source.fetch(BY_CIRCUIT, ["HB-ICBC-0001"], ask("alarm"))
