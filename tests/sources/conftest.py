"""Sources under test speak to real HTTP servers on free ports."""

import json
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import anyio
import pytest
import uvicorn

from model.ask import Ask
from model.caller import Caller
from model.keys import Lookup
from model.nouns import NOUNS
from sources.configuration import read_sources
from sources.connectors.prometheus import Prometheus
from sources.connectors.rest import Rest
from sources.positions import Document
from sources.registry import CONNECTORS


@asynccontextmanager
async def listening(app: Any) -> AsyncIterator[str]:
    """Serve an ASGI application; gives its URL."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(app, log_level="critical", lifespan="off", timeout_graceful_shutdown=0)
        server = uvicorn.Server(config)
        async with anyio.create_task_group() as group:
            group.start_soon(server.serve, [listener])
            while not server.started:  # noqa: ASYNC110 - uvicorn tells it in no other way
                await anyio.sleep(0.002)
            try:
                yield f"http://127.0.0.1:{listener.getsockname()[1]}"
            finally:
                server.should_exit = True


Declare = Callable[..., Any]
Serve = Callable[[Any], Awaitable[str]]
AskFor = Callable[..., Ask]


@pytest.fixture
async def serve(anyio_backend: str) -> AsyncIterator[Serve]:
    """Serve applications until the test's end."""
    async with AsyncExitStack() as stack:

        async def start(app: Any) -> str:
            return await stack.enter_async_context(listening(app))

        yield start


@pytest.fixture
async def declare(anyio_backend: str) -> AsyncIterator[Declare]:
    """Make a source named `crm` from a declaration as YAML or as data; closed at the test's end."""
    made: list[Rest | Prometheus] = []

    def make(url: str, declaration: str = "", name: str = "crm", **more: Any) -> Any:
        body = "\n".join(f"    {line}" for line in declaration.splitlines())
        extra = "".join(f"\n    {key}: {json.dumps(value)}" for key, value in more.items())
        document = Document.parse(f"sources:\n  {name}:\n    url: {url}\n{body}{extra}\n", "trunkline.yaml")
        declared = read_sources(document)[name]
        source: Any = CONNECTORS[declared.speaks](name, declared)
        made.append(source)
        return source

    yield make
    for source in made:
        await source.aclose()


@pytest.fixture
def ask() -> AskFor:
    """An ask for all fields of a noun, within five seconds unless `within` says otherwise."""

    def make(noun: str = "circuit", within: float = 5.0, **more: Any) -> Ask:
        more.setdefault("fields", NOUNS[noun].fields)
        return Ask(caller=Caller("test", staff=True), deadline=anyio.current_time() + within, **more)

    return make


BY_CODE = Lookup("circuit", "code")
BY_CUSTOMER = Lookup("circuit", "customer")
LIST = Lookup("circuit")
