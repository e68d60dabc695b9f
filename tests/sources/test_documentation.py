"""The example that teaches is an example that works."""

import datetime as dt
import json
import re
from pathlib import Path
from typing import Any

import pytest
from starlette.requests import Request
from starlette.responses import Response

from model.answer import Answer
from model.enums import Kpi, ServiceState, TicketState
from model.keys import Lookup
from sources.configuration import read_sources
from sources.connectors.html import Pages
from sources.connectors.rest import Rest
from sources.connectors.soap import Soap
from sources.grammar.graphql import GraphqlDeclaration
from sources.grammar.html import HtmlDeclaration
from sources.grammar.prometheus import PrometheusDeclaration
from sources.grammar.rest import RestDeclaration
from sources.positions import Document
from tests.sources.chaos import Chaos, always, as_json
from tests.sources.conftest import BY_CODE, AskFor, Serve
from tests.sources.legacy import Legacy

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
    assert circuit.keys == {"nms": "nms-88", "register": "4711"}
    said = {name: getattr(circuit, name) for name in ("native_id", "name", "bandwidth_bps", "state", "start_date")}
    assert said == {
        "native_id": "4711",
        "name": "北京-上海 OTN专线",
        "bandwidth_bps": 155_000_000,
        "state": ServiceState.ACTIVE,
        "start_date": dt.date(2024, 3, 1),
    }


@pytest.mark.anyio
async def test_the_page_example_works(
    serve: Serve, ask: AskFor, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The page on the page, read as the declaration on the page says."""
    monkeypatch.setenv("LEGACY_USER", "trunkline")
    secret = tmp_path / "legacy"
    secret.write_text("暗号", encoding="utf-8")
    (page,) = blocks("html")
    legacy = Legacy(page.replace('<a class="next"', "<a"))
    (text,) = [block for block in blocks("yaml") if "\n  resource-pages:\n" in block]
    text = text.replace("/run/secrets/legacy", str(secret))
    url = await serve(Chaos(legacy))
    pages = read_sources(Document.parse(text.replace("http://resource.example/res", url), "trunkline.yaml"))
    source = Pages("resource-pages", pages["resource-pages"])  # type: ignore[arg-type]
    answers = await source.fetch(BY_CODE, ["BJSH-OTN-000017", "BJGZ-SDH-000021"], ask())
    await source.aclose()
    assert legacy.sign_ins == [{"user": "trunkline", "pass": "暗号", "token": "t1"}]
    assert list(answers) == ["BJSH-OTN-000017"]
    (circuit,) = answers["BJSH-OTN-000017"].records  # type: ignore[union-attr]
    said = (circuit.native_id, circuit.product, circuit.bandwidth_bps, circuit.state, circuit.customer)
    assert said == ("r17", "OTN专线", 155_000_000, ServiceState.ACTIVE, "C100001")


@pytest.mark.anyio
async def test_the_soap_example_works(serve: Serve, ask: AskFor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The envelope on the page, asked for and read as the declaration on the page says."""
    monkeypatch.setenv("PROV_PASSWORD", "hush")
    (envelope,) = blocks("xml")
    asked: list[bytes] = []

    def answer(request: Request, body: bytes) -> Response:
        asked.append(body)
        return Response(envelope, media_type="text/xml")

    url = await serve(Chaos(answer))
    (text,) = [block for block in blocks("yaml") if "\n  provisioning:\n" in block]
    text = text.replace("https://prov.example/ws/orders", f"{url}/ws/orders")
    source = Soap("provisioning", read_sources(Document.parse(text, "trunkline.yaml"))["provisioning"])  # type: ignore[arg-type]
    answers = await source.fetch(Lookup("ticket", "circuit"), ["BJSH-OTN-000017"], ask("ticket"))
    await source.aclose()
    (body,) = asked
    assert b"<t:codes><t:code>BJSH-OTN-000017</t:code></t:codes></criteria></QueryOrdersRequest>" in body
    (ticket,) = answers["BJSH-OTN-000017"].records  # type: ignore[union-attr]
    assert (ticket.ticket_id, ticket.title, ticket.state) == ("provisioning:W-9", "开通电路", TicketState.COMPLETED)
    assert ticket.due_at == dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)


def test_the_paging_by_a_form_is_right() -> None:
    """Its line can be put into the example of a page."""
    (line,) = [block for block in blocks("yaml") if "by: form" in block]
    text = f"sources:\n  p:\n    speaks: html\n    url: http://x\n{line}    lookups: {{}}"
    assert isinstance(read_sources(Document.parse(text, "trunkline.yaml"))["p"], HtmlDeclaration)


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
