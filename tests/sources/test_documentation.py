"""The example that teaches is an example that works."""

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest

from model.answer import Answer
from model.enums import Kpi, ServiceState
from model.keys import Lookup
from sources.configuration import read_sources
from sources.connectors.rest import Rest
from sources.grammar.graphql import GraphqlDeclaration
from sources.grammar.prometheus import PrometheusDeclaration
from sources.grammar.rest import RestDeclaration
from sources.positions import Document
from tests.sources.chaos import Chaos, always, as_json
from tests.sources.conftest import BY_CODE, AskFor, Serve

PAGE = (Path(__file__).parents[2] / "docs" / "sources.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    """The code blocks of a language."""
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.anyio
async def test_the_whole_example_works(serve: Serve, ask: AskFor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer on the page, read as the declaration on the page says."""
    monkeypatch.setenv("REGISTER_KEY", "k")
    rows = json.loads(blocks("json")[0])["rows"]
    chaos = Chaos(always(as_json({"total": 1, "rows": rows[:1]})))
    text = blocks("yaml")[0].replace("https://register.example", await serve(chaos))
    register = read_sources(Document.parse(text, "trunkline.yaml"))["register"]
    assert isinstance(register, RestDeclaration)
    source = Rest("register", register)
    answers = await source.fetch(BY_CODE, ["BJSH-OTN-000017", "BJGZ-SDH-000021"], ask())
    listed = await source.page(Lookup("circuit"), None, ask())
    await source.aclose()
    assert chaos.seen == [
        "GET /api/circuits?codes=BJSH-OTN-000017;BJGZ-SDH-000021&p=1&n=200",
        "GET /api/circuits?p=1&n=200",
    ]
    assert list(answers) == ["BJSH-OTN-000017"]
    answer = answers["BJSH-OTN-000017"]
    assert isinstance(answer, Answer)
    (circuit,) = answer.records
    assert listed.records == [circuit]
    assert circuit.keys == {"nms": "nms-88"}
    said = {name: getattr(circuit, name) for name in ("native_id", "name", "bandwidth_bps", "state", "start_date")}
    assert said == {
        "native_id": "4711",
        "name": "北京-上海 OTN专线",
        "bandwidth_bps": 155_000_000,
        "state": ServiceState.ACTIVE,
        "start_date": dt.date(2024, 3, 1),
    }


def declared(name: str) -> Any:
    """The source of this name, as an example declares it."""
    (text,) = [block for block in blocks("yaml") if f"\n  {name}:\n" in block]
    return read_sources(Document.parse(text, "trunkline.yaml"))[name]


@pytest.mark.parametrize(
    ("name", "kind"), [("vendor", RestDeclaration), ("exchange", RestDeclaration), ("quality", GraphqlDeclaration)]
)
def test_the_other_examples_are_right(monkeypatch: pytest.MonkeyPatch, name: str, kind: type[object]) -> None:
    """They can be read."""
    for secret in ("NMS_PASSWORD", "QUALITY_TOKEN"):
        monkeypatch.setenv(secret, "k")
    assert isinstance(declared(name), kind)


def test_the_measurements_are_right() -> None:
    """Units are as they say."""
    metrics = declared("metrics")
    assert isinstance(metrics, PrometheusDeclaration)
    assert {kpi: one.scale(Kpi(kpi)) for kpi, one in metrics.kpis.items()} == {
        "AVAILABILITY": 1.0,
        "FRAME_DELAY": 0.001,
        "UTILISATION_IN": 0.01,
    }


def test_the_preset_example_is_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """It declares what it says."""
    monkeypatch.setenv("ALARMS_SECRET", "k")
    source = declared("alarms")
    assert isinstance(source, RestDeclaration)
    assert source.paging is not None
    assert (source.join, source.paging.total) == ("comma", None)
    assert source.lookups["alarm by circuit"].space == "services"
