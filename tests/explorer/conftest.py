"""A gateway that is asked as a browser asks: the demo for what is built, a folder of a few files for the rest."""

import gzip
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import anyio
import httpx
import pytest

from gateway import app, explorer
from gateway.execution import Executed
from gateway.generations import Generations
from gateway.server import Server, how, listen, url_of
from gateway.settings import Settings
from model.caller import Caller
from resolvers.upstreams import Upstreams

TRUNKLINE = Path(sys.executable).parent / "trunkline"
SCRIPT = b"export const told = 'a script';" * 100


@pytest.fixture(scope="session")
def built() -> Path:
    """The folder with the explorer as it was built here."""
    if not (explorer.BUILT / "index.html").is_file():
        pytest.skip("the explorer is not built here; `python hatch_build.py` builds it or says what is missing")
    return explorer.BUILT


@pytest.fixture
def small(tmp_path) -> Path:
    """A folder as the build leaves it, of two assets and a page."""
    (tmp_path / "index.html").write_text("<!doctype html><title>small</title>", "utf-8")
    (tmp_path / "code-ABC123.js.br").write_bytes(b"as if packed by brotli")
    (tmp_path / "code-ABC123.js.gz").write_bytes(gzip.compress(SCRIPT))
    (tmp_path / "icon-DEF456.svg").write_bytes(b"<svg/>")
    (tmp_path / "LICENSES.txt").write_text("not for browsers", "utf-8")
    (tmp_path / "built-from").write_text("0" * 64, "utf-8")
    return tmp_path


Showing = Callable[[Path], AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def showing(monkeypatch) -> Showing:
    """Give the way to start a gateway, without sources, whose explorer is in a folder."""

    async def execute(*_: object) -> Executed:
        return Executed(b'{"data":{}}')

    @asynccontextmanager
    async def _showing(folder: Path) -> AsyncIterator[httpx.AsyncClient]:
        monkeypatch.setattr(app, "BUILT", folder)
        settings = Settings(drain=0.0)
        application = app.application(
            Generations(Upstreams({}), execute), settings, lambda _: Caller("tester", staff=True)
        )
        started = anyio.Event()
        listening = listen("127.0.0.1", 0)
        server = Server(how(application, settings), started.set)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(server.serve, [listening])
            with anyio.fail_after(10):
                await started.wait()
            async with httpx.AsyncClient(base_url=url_of(listening), timeout=20) as client:
                yield client
            server.should_exit = True

    return _showing


@dataclass(frozen=True)
class Demo:
    """The demo as it runs: where it answers GraphQL, and where its systems' switches are."""

    url: str
    switches: str

    @asynccontextmanager
    async def without(self, system: str) -> AsyncIterator[None]:
        """Take a system away until the end of the block."""
        async with httpx.AsyncClient(base_url=self.switches) as client:
            (await client.post(f"/systems/{system}/trouble", json={"kind": "down"})).raise_for_status()
            try:
                yield
            finally:
                (await client.delete(f"/systems/{system}/trouble")).raise_for_status()


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """The demo, answering until the tests end."""
    command = [TRUNKLINE, "demo", "--port", "0", "--circuits", "300"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            welcome = "".join(iter(process.stdout.readline, "\n")) + "".join(iter(process.stdout.readline, "\n"))
            (url,) = re.findall(r"^ready (\S+)", welcome)
            (switches,) = re.findall(r"switches of the systems +(\S+)", welcome)
            yield Demo(url, switches)
        finally:
            process.terminate()
            process.communicate(timeout=30)
