"""`/metrics`: who may read them, and that they say what has happened."""

import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from gateway.assembly import assemble, gateway_app
from gateway.configuration import load
from gateway.refusals import Refusal
from gateway.settings import Settings
from gateway.telemetry.operations import ANONYMOUS, AT_MOST, OTHER, Operations

pytestmark = pytest.mark.anyio
SHOWN = {"authorization": "Bearer let-me-see"}


@pytest.fixture
def with_token(monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Settings by which figures are at the gateway's own address, for who shows a token."""
    monkeypatch.setenv("METRICS_TOKEN", "let-me-see")
    return Settings.model_validate({"drain": "1ms", "metrics": {"token": {"env": "METRICS_TOKEN"}}})


def figures(text: str) -> Iterator[tuple[str, dict[str, str], float]]:
    """Each figure's name, labels and value."""
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            yield sample.name, sample.labels, sample.value


def told(text: str, name: str, **labels: str) -> float:
    """The figure of this name with these labels; 0 if it is not told."""
    return sum(value for one, said, value in figures(text) if one == name and said.items() >= labels.items())


async def test_nobody_finds_figures_that_are_not_configured(running, fake):
    """There is nothing at the address."""
    async with running(fake("crm")) as client:
        assert 404 == (await client.get("/metrics")).status_code


async def test_figures_at_the_gateways_address_need_a_token(running, fake, with_token):
    """No token, another one, and another way to show it get the same."""
    async with running(fake("crm"), settings=with_token) as client:
        for headers in ({}, {"authorization": "Bearer other"}, {"authorization": "Basic let-me-see"}):
            answer = await client.get("/metrics", headers=headers)
            assert (401, False) == (answer.status_code, "trunkline_" in answer.text)
        answer = await client.get("/metrics", headers=SHOWN)
    assert (200, 1.0) == (answer.status_code, told(answer.text, "trunkline_build_info"))
    assert answer.headers["content-type"].startswith("text/plain; version=")


async def test_figures_on_an_address_of_their_own(running, fake):
    """Whoever reaches it reads them, there and nowhere else; it ends with the gateway."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    settings = Settings.model_validate({"drain": "1ms", "metrics": {"listen": f"127.0.0.1:{port}"}})
    async with running(fake("crm"), settings=settings) as client, httpx.AsyncClient() as scraper:
        answer = await scraper.get(f"http://127.0.0.1:{port}/metrics")
        elsewhere = [await client.get("/metrics"), await scraper.get(f"http://127.0.0.1:{port}/graphql")]
    assert (200, 0.0) == (answer.status_code, told(answer.text, "trunkline_source_set_aside", source="crm"))
    assert [404, 404] == [one.status_code for one in elsewhere]
    async with httpx.AsyncClient() as scraper:
        with pytest.raises(httpx.ConnectError):
            await scraper.get(f"http://127.0.0.1:{port}/metrics")


async def test_openmetrics_for_who_asks_for_it(running, fake, with_token):
    """Prometheus does."""
    async with running(fake("crm"), settings=with_token) as client:
        answer = await client.get("/metrics", headers={**SHOWN, "accept": "application/openmetrics-text"})
    assert (True, "# EOF") == (
        answer.headers["content-type"].startswith("application/openmetrics-text"),
        answer.text.splitlines()[-1],
    )


async def test_refused_requests_are_counted_by_code(running, fake, with_token):
    """Whatever refuses them."""

    async def execute(*_: Any) -> Any:
        raise Refusal(429, "RATE_LIMITED", "Too often.")

    async with running(fake("crm"), settings=with_token, execute=execute) as client:
        await client.post("/graphql", json={"query": "{ a }"})
        await client.post("/graphql", content=b"{", headers={"content-type": "application/json"})
        text = (await client.get("/metrics", headers=SHOWN)).text
    codes = {said["code"]: value for name, said, value in figures(text) if name == "trunkline_refusals_total"}
    assert {"RATE_LIMITED": 1, "MALFORMED_REQUEST": 1} == codes


def test_operations_are_told_apart_by_names_that_are_bounded():
    """The first names that are answered are told apart; what is refused earns no name, and the rest is `other`."""
    operations = Operations()
    operations.note(None, "ok", 0.1)
    operations.note("Refused", "refused", 0.1)
    for number in range(AT_MOST + 5):
        operations.note(f"Q{number}", "ok", 0.1)
    assert AT_MOST + 2 == len(operations.by_name)
    assert {"refused": 1, "ok": 5} == operations.by_name[OTHER].outcomes
    assert {"ok": 1} == operations.by_name[ANONYMOUS].outcomes
    operations.note("Q1", "failed", 0.1)
    assert {"ok": 1, "failed": 1} == operations.by_name["Q1"].outcomes


def test_only_names_that_were_told_of_are_told_apart():
    """If any were."""
    operations = Operations(["Circuits"])
    for name in ("Circuits", "Sites"):
        operations.note(name, "ok", 0.1)
    assert {"Circuits", ANONYMOUS, OTHER} == set(operations.by_name)
    assert {"ok": 1} == operations.by_name[OTHER].outcomes


async def test_figures_tell_what_an_operation_has_cost(demo_file, with_token):
    """Its sources by lookup, their guards, the operation by its name, the plans; all of the present generation."""
    configuration = load(demo_file)
    app = gateway_app(assemble(configuration), with_token, staff_by_default=True)
    query = {"query": "query Some { customers(first: 1) { nodes { id } } }", "operationName": "Some"}
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
    ):
        for body in (query, query, {"query": query["query"]}):  # the only one of its document need not be named
            assert 200 == (await client.post("/graphql", json=body)).status_code
        text = (await client.get("/metrics", headers=SHOWN)).text
    asked = {said["source"] for name, said, _ in figures(text) if name == "trunkline_source_calls_total"}
    assert asked
    assert asked <= set(configuration.sources)
    calls = told(text, "trunkline_source_calls_total", outcome="ok")
    assert (
        calls
        == told(text, "trunkline_source_call_seconds_count")
        == told(text, "trunkline_source_call_seconds_bucket", le="+Inf")
    )
    assert 3 == told(text, "trunkline_operations_total", operation="Some")
    assert 3 == told(text, "trunkline_operation_seconds_count", operation="Some")
    assert 1 == told(text, "trunkline_engine_fallbacks_total")
    assert len(configuration.sources) == told(text, "trunkline_breaker_state", state="closed")
    assert 1 == told(text, "trunkline_configuration_generation")
