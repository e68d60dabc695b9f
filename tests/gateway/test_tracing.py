"""Traces: which requests are followed, what is told of them, and to whom."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import anyio
import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from starlette.requests import Request
from starlette.responses import Response

from gateway.assembly import assemble, gateway_app
from gateway.configuration import load
from gateway.operation import Operation
from gateway.server import Server, listen, url_of
from gateway.settings import Settings
from gateway.telemetry.section import TelemetrySection
from gateway.telemetry.tracing import ASKED_A_SECOND, Tracing
from gateway.traceparent import Traceparent, traceparent

pytestmark = pytest.mark.anyio
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
QUERY = {
    "query": "query Some { customers(first: 1) { nodes { id circuits(first: 1) { nodes { code } } } } }",
    "operationName": "Some",
}


class Collector:
    """A collector of OpenTelemetry, which keeps what it hears."""

    def __init__(self) -> None:
        self.spans: list[Any] = []
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Take one batch of spans."""
        body = await Request(scope, receive).body()
        self.bodies.append(body)
        told = ExportTraceServiceRequest.FromString(body)
        self.spans += [span for one in told.resource_spans for scoped in one.scope_spans for span in scoped.spans]
        await Response()(scope, receive, send)


@asynccontextmanager
async def collecting() -> AsyncIterator[tuple[Collector, str]]:
    """A collector on a free port, and where spans go to."""
    import uvicorn

    collector, listening = Collector(), listen("127.0.0.1", 0)
    started = anyio.Event()
    config = uvicorn.Config(collector, log_level="critical", lifespan="off", timeout_graceful_shutdown=1)
    server = Server(config, started.set)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(server.serve, [listening])
        await started.wait()
        yield collector, f"{url_of(listening)}/v1/traces"
        server.should_exit = True


async def asked(file: Any, settings: Settings, headers: Mapping[str, str], times: int = 1) -> None:
    """Ask a gateway over the demo's sources, and let it end."""
    app = gateway_app(assemble(load(file)), settings, staff_by_default=True)
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://localhost") as client,
    ):
        for _ in range(times):
            answer = await client.post("/graphql", json=QUERY, headers=headers)
            assert 200 == answer.status_code


def attributes(span: Any) -> dict[str, Any]:
    """What a span says."""
    return {one.key: getattr(one.value, one.value.WhichOneof("value")) for one in span.attributes}


async def test_a_followed_request_is_told_to_the_collector(demo_file):
    """A span of the operation, within the trace of its client, and one of each asking of a source within that."""
    async with collecting() as (collector, endpoint):
        settings = Settings.model_validate({"telemetry": {"traces": {"endpoint": endpoint, "ratio": 0.0}}})
        await asked(demo_file, settings, {"traceparent": PARENT, "x-request-id": "abc", "authorization": "Bearer no"})
    (operation,) = [span for span in collector.spans if span.name == "operation Some"]
    steps = [span for span in collector.spans if span is not operation]
    assert ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331") == (
        operation.trace_id.hex(),
        operation.parent_span_id.hex(),
    )
    assert ("Some", "abc", "ok") == tuple(
        attributes(operation)[name] for name in ("graphql.operation.name", "trunkline.request", "trunkline.outcome")
    )
    assert len(steps) > 1
    assert {(operation.trace_id, operation.span_id)} == {(step.trace_id, step.parent_span_id) for step in steps}
    assert {"trunkline.source", "trunkline.lookup", "trunkline.keys", "trunkline.calls", "trunkline.outcome"} == set(
        attributes(steps[0])
    )
    assert all(attributes(step)["trunkline.calls"] > 0 for step in steps)


async def test_no_key_no_url_and_no_token_is_told(demo_file):
    """Neither those of clients nor those of sources."""
    async with collecting() as (collector, endpoint):
        settings = Settings.model_validate({"telemetry": {"traces": {"endpoint": endpoint, "ratio": 1.0}}})
        await asked(demo_file, settings, {"x-trunkline-customer": "C100001"})
    told = b"".join(collector.bodies)
    assert b"Some" in told
    for secret in (b"C100001", b"http://127", b"/tmf-api", b"Bearer", b"customers(first"):
        assert secret not in told


async def test_who_is_not_followed_is_told_to_nobody(demo_file):
    """By the ratio, or because the client says so."""
    async with collecting() as (collector, endpoint):
        for ratio, headers in ((0.0, {}), (1.0, {"traceparent": PARENT.removesuffix("1") + "0"})):
            settings = Settings.model_validate({"telemetry": {"traces": {"endpoint": endpoint, "ratio": ratio}}})
            await asked(demo_file, settings, headers)
    assert [] == collector.spans


async def test_a_collector_that_is_away_holds_nobody_up(demo_file):
    """Neither a request nor the end."""
    with listen("127.0.0.1", 0) as free:
        endpoint = f"{url_of(free)}/v1/traces"
    settings = Settings.model_validate({"telemetry": {"traces": {"endpoint": endpoint, "ratio": 1.0}}})
    with anyio.fail_after(30):
        await asked(demo_file, settings, {})


def test_strangers_cannot_have_all_of_their_requests_followed():
    """So many a second are followed because they ask for it; a second later as many again."""
    from opentelemetry.trace import NoOpTracer

    now = 1000.0
    tracing = Tracing(NoOpTracer(), lambda: None, 0.0, lambda: now)
    given = traceparent(PARENT)
    followed = [tracing.begin(Operation(query="{ a }"), given) is not None for _ in range(100)]
    assert ASKED_A_SECOND <= sum(followed) <= ASKED_A_SECOND + 1
    now += 1.0
    assert tracing.begin(Operation(query="{ a }"), given) is not None


@pytest.mark.parametrize(
    ("told", "known"),
    [
        (PARENT, Traceparent("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", sampled=True)),
        (PARENT[:-2] + "02", Traceparent("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", sampled=False)),
        (None, None),
        ("", None),
        (PARENT + "\r\nx: y", None),
        ("ff" + PARENT[2:], None),
        (PARENT.replace("0af7651916cd43dd8448eb211c80319c", "0" * 32), None),
        (PARENT.upper(), None),
    ],
)
def test_a_traceparent_is_read_strictly(told, known):
    """What is none is as if it were not there."""
    assert known == traceparent(told)
    if known is not None:
        assert known == traceparent(known.headers["traceparent"])


def test_the_environment_of_opentelemetry_holds(monkeypatch):
    """Where the file does not say otherwise."""
    assert TelemetrySection().traces is None
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://collector:4318")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0.25")
    traces = TelemetrySection().traces
    assert traces is not None
    assert (None, 0.25) == (traces.endpoint, traces.ratio)
