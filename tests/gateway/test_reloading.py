"""A configuration that changes while the gateway runs, and sources whose secrets or certificates are not there."""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateway.assembly import assemble, gateway_app
from gateway.configuration import load
from gateway.server import listen, url_of

pytestmark = pytest.mark.anyio

QUERY = """{ customers { completeness missing { source code } nodes { customerId name } } }"""
WITHIN = 20


class Register:
    """A register of customers. Its answers wait while `gate` is shut; `shown` are the keys that it was shown."""

    def __init__(self) -> None:
        self.gate = anyio.Event()
        self.gate.set()
        self.asked = 0
        self.shown: list[str] = []
        self.url = ""

    async def customers(self, http: Request) -> Response:
        """All customers, of whom there is one."""
        self.asked += 1
        self.shown.append(http.headers.get("x-api-key", ""))
        await self.gate.wait()
        return JSONResponse([{"no": "C1", "title": http.path_params["name"]}])


@pytest.fixture
async def register(anyio_backend: str) -> AsyncIterator[Register]:
    """A register on a port of its own: `/甲/customers` calls its one customer 甲."""
    kept = Register()
    app = Starlette(routes=[Route("/{name}/customers", kept.customers)])
    listening = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off", timeout_graceful_shutdown=1))
    kept.url = url_of(listening)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(server.serve, [listening])
        yield kept
        server.should_exit = True


def source(url: str, more: str = "") -> str:
    """A source of customers, as it is declared."""
    return f"""{{url: "{url}", timeout: 5s, {more}
      records: {{customer: {{customer_id: no, name: title, native_id: no}}}},
      lookups: {{customer list: {{get: /customers}}}}}}"""


def file(**sources: str) -> str:
    """A whole file."""
    return "version: 1\nsources:\n" + "".join(f"  {name}: {one}\n" for name, one in sources.items())


@asynccontextmanager
async def served(path: Path) -> AsyncIterator[httpx.AsyncClient]:
    """A gateway over a file, as `trunkline serve` starts it."""
    configuration = load(path, without_secrets=True)
    upstreams = assemble(configuration)
    app = gateway_app(upstreams, configuration.gateway, staff_by_default=True, read_from=(path, configuration))
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost", timeout=WITHIN) as client:
            yield client


async def names(client: httpx.AsyncClient) -> list[str]:
    """The customers' names, as they are told now."""
    answer = (await client.post("/graphql", json={"query": QUERY})).json()
    return [node["name"] for node in answer["data"]["customers"]["nodes"]]


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something to hold."""
    with anyio.fail_after(WITHIN):
        while not await holds():  # noqa: ASYNC110 - the gateway tells nobody when it has read a file
            await anyio.sleep(0.02)


async def test_a_file_that_changes_is_followed_and_no_request_is_dropped(register: Register, tmp_path: Path) -> None:
    """Who has begun to be answered is answered by what held then."""
    path = tmp_path / "trunkline.yaml"
    path.write_text(file(crm=source(f"{register.url}/甲")))
    async with served(path) as client:
        assert ["甲"] == await names(client)
        before = await _read_at(client)
        register.gate = anyio.Event()
        told: list[str] = []

        async def ask() -> None:
            told.extend(await names(client))

        async with anyio.create_task_group() as tasks:
            asked = register.asked
            tasks.start_soon(ask)
            while register.asked == asked:  # noqa: ASYNC110 - the register tells in no other way
                await anyio.sleep(0.01)
            path.write_text(file(crm=source(f"{register.url}/乙")))
            shut, register.gate = register.gate, anyio.Event()
            register.gate.set()
            await until(lambda: _is_read_after(client, before))
            assert ["乙"] == await names(client)
            assert not told
            shut.set()
        assert ["甲"] == told


async def test_a_source_that_is_declared_as_before_stays_as_it_is(register: Register, tmp_path: Path) -> None:
    """With its connections, its caches, and all that its guards have learnt."""
    path = tmp_path / "trunkline.yaml"
    cached = "guards: {cache: {lookups: {customer list: {ttl: 10m}}}},"
    path.write_text(file(crm=source(f"{register.url}/甲", cached)))
    async with served(path) as client:
        assert ["甲"] == await names(client)
        asked = register.asked
        path.write_text(file(crm=source(f"{register.url}/甲", cached), other=source(f"{register.url}/丙")))
        await until(lambda: _sources(client, ["crm", "other"]))
        asked = register.asked
        assert ["甲"] == await names(client)
        assert asked == register.asked


async def test_a_file_with_mistakes_changes_nothing_and_all_of_them_are_told(
    register: Register, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """In the log with their places; in public by their number."""
    path = tmp_path / "trunkline.yaml"
    path.write_text(file(crm=source(f"{register.url}/甲")))
    async with served(path) as client:
        with caplog.at_level(logging.ERROR, "trunkline.configuration"):
            path.write_text("version: 1\nsources:\n  crm: {tiemout: 3s}\nnoums: {}\n")
            await until(lambda: _mistakes(client, 4))
        assert ["甲"] == await names(client)
        assert "trunkline.yaml:3:9: sources.crm.tiemout: expected 'timeout'" in caplog.text
        assert "trunkline.yaml:4:1: noums: expected 'nouns'" in caplog.text
        path.write_text(file(crm=source(f"{register.url}/乙")))
        await until(lambda: _told(client, ["乙"]))
        assert 0 == (await client.get("/readyz")).json()["configuration"]["mistakes"]


async def test_a_secret_that_is_not_there_takes_away_its_source_alone(register: Register, tmp_path: Path) -> None:
    """And the source is back as soon as the secret is."""
    path, key = tmp_path / "trunkline.yaml", tmp_path / "key"
    locked = f"auth: {{header: {{name: X-Api-Key, value: {{file: {key}}}}}}},"
    path.write_text(file(crm=source(f"{register.url}/甲", locked), other=source(f"{register.url}/乙")))
    async with served(path) as client:
        answer = (await client.post("/graphql", json={"query": QUERY})).json()["data"]["customers"]
        assert ["乙"] == [node["name"] for node in answer["nodes"]]
        assert {"source": "crm", "code": "SOURCE_UNAUTHORISED"} in answer["missing"]
        key.write_text("geheim")
        await until(lambda: _told(client, ["甲"]))
        assert "geheim" in register.shown


async def test_unreadable_certificates_take_away_their_source_alone(register: Register, tmp_path: Path) -> None:
    """A gateway is not kept from starting by one source's file."""
    path = tmp_path / "trunkline.yaml"
    locked = f"ca: {tmp_path / 'none.pem'},"
    secure = register.url.replace("http:", "https:")
    path.write_text(file(crm=source(f"{secure}/甲", locked), other=source(f"{register.url}/乙")))
    async with served(path) as client:
        answer = (await client.post("/graphql", json={"query": QUERY})).json()["data"]["customers"]
    assert ["乙"] == [node["name"] for node in answer["nodes"]]
    assert {"source": "crm", "code": "SOURCE_UNAVAILABLE"} in answer["missing"]


@pytest.mark.slow
def test_who_is_told_to_stop_says_so_before_it_does(trunkline: Any, tmp_path: Path) -> None:
    """A load balancer has time to look elsewhere, and who comes meanwhile is answered."""
    path = tmp_path / "trunkline.yaml"
    path.write_text(file(crm=source("http://127.0.0.1:9")) + "gateway: {linger: 3s, drain: 1s}\n")
    with trunkline("serve", "--insecure-open", "--config", path, "--port", 0) as serve:
        url = serve.url.removesuffix("/graphql")
        assert "leaving" not in httpx.get(f"{url}/readyz", timeout=WITHIN).json()
        serve.signal()
        for _ in range(1000):
            answer = httpx.get(f"{url}/readyz", timeout=WITHIN)
            if "leaving" in answer.json():
                break
        assert (503, True) == (answer.status_code, answer.json()["leaving"])
        assert 200 == httpx.post(serve.url, json={"query": "{ viewer { subject } }"}, timeout=WITHIN).status_code
    assert 0 == serve.returncode, serve.log


async def _told(client: httpx.AsyncClient, wanted: list[str]) -> bool:
    return await names(client) == wanted


async def _sources(client: httpx.AsyncClient, wanted: list[str]) -> bool:
    told = (await client.post("/graphql", json={"query": "{ sources { name } }"})).json()
    return [source["name"] for source in told["data"]["sources"]] == wanted


async def _mistakes(client: httpx.AsyncClient, least: int) -> bool:
    return (await client.get("/readyz")).json()["configuration"]["mistakes"] >= least


async def _read_at(client: httpx.AsyncClient) -> str:
    return str((await client.get("/readyz")).json()["configuration"]["readAt"])


async def _is_read_after(client: httpx.AsyncClient, before: str) -> bool:
    return await _read_at(client) != before
