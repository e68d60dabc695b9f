"""A gateway on a real socket, around sources and an executor made by the test."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import anyio
import httpx
import pytest

from bench.outage.fleet import demo_file as demo_file_of
from gateway.app import application
from gateway.demonstration import credentials
from gateway.execution import Executed, Executor
from gateway.generations import Generations
from gateway.operation import Operation
from gateway.pretend_operator import PretendOperator, pretend_operator
from gateway.server import Server, how, listen, url_of
from gateway.settings import Settings
from model.answer import Answer
from model.ask import Ask
from model.caller import Caller
from model.faults import Refused, SourceFault
from model.keys import Key, Lookup
from resolvers.request import Request
from resolvers.upstreams import Upstreams
from sources.contract import Health, HealthState, Source, Terms


@dataclass
class Fake:
    """A source that only has a health."""

    name: str
    up: bool = True
    asked: int = 0
    closed: bool = False
    lookups: Mapping[Lookup, Terms] = field(default_factory=dict)

    async def fetch(self, lookup: Lookup, keys: Sequence[Key], ask: Ask) -> Mapping[Key, Answer | SourceFault]:
        """Nobody asks."""
        raise NotImplementedError

    async def page(self, lookup: Lookup, after: str | None, ask: Ask) -> Answer:
        """Nobody asks."""
        raise NotImplementedError

    async def health(self) -> Health:
        """Tell the health it was given."""
        self.asked += 1
        if self.up:
            return Health(HealthState.UP, 1.25)
        return Health(HealthState.DOWN, 1.25, Refused(self.name, "http://secret.internal:1234"))

    async def aclose(self) -> None:
        """Remember it."""
        self.closed = True


async def echo(operation: Operation, _: Request) -> Executed:
    """Answer with the operation's name, where a schema would answer with data."""
    return Executed(b'{"data":{"operationName":"%s"}}' % (operation.operation_name or "").encode())


Running = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@asynccontextmanager
async def _running(
    *sources: Source,
    execute: Executor = echo,
    settings: Settings | None = None,
    caller_of: Callable[[Mapping[str, str]], Caller] = lambda _: Caller("tester", staff=True),
) -> AsyncIterator[httpx.AsyncClient]:
    settings = settings or Settings(drain=0.0)
    app = application(Generations(Upstreams({source.name: source for source in sources}), execute), settings, caller_of)
    started = anyio.Event()
    listening = listen("127.0.0.1", 0)
    server = Server(how(app, settings), started.set)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(server.serve, [listening])
        with anyio.fail_after(10):
            await started.wait()
        async with httpx.AsyncClient(base_url=url_of(listening), timeout=20) as client:
            yield client
        server.should_exit = True


@pytest.fixture
def running() -> Running:
    """Give the way to start a gateway in a test."""
    return _running


@pytest.fixture
def fake() -> type[Fake]:
    """A source that only has a health: `fake("crm", up=False)`."""
    return Fake


@pytest.fixture(scope="session")
def operator() -> Iterator[PretendOperator]:
    """A small pretend operator."""
    with pretend_operator(40, 7) as operator:
        yield operator


@pytest.fixture
def demo_file(operator: PretendOperator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo's configuration as a file, at the operator's addresses, with its credentials in the environment."""
    for name, value in credentials(operator):
        monkeypatch.setenv(name, value)
    return demo_file_of(operator, tmp_path)
