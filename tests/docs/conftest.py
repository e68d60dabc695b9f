"""The demo as the docs' reader has it: answering, with its switches and a configuration of its systems at hand."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec
import pytest

from gateway.demonstration import credentials
from gateway.pretend_operator import PretendOperator, System

PROGRAMS = Path(sys.executable).parent


@dataclass(frozen=True)
class Demo:
    """Where it answers GraphQL, and the systems behind it."""

    url: str
    operator: PretendOperator

    @property
    def base(self) -> str:
        """The address of the gateway; the docs say http://127.0.0.1:8080."""
        return self.url.removesuffix("/graphql")

    @contextmanager
    def without(self, system: str | None) -> Iterator[None]:
        """Take a system away until the end of the block; None takes none."""
        if system is None:
            yield
            return
        switch = f"{self.operator.control}/systems/{system}/trouble"
        httpx.post(switch, json={"kind": "down"}).raise_for_status()
        try:
            yield
        finally:
            httpx.delete(switch).raise_for_status()


@contextmanager
def _started(*options: str) -> Iterator[Demo]:
    """The demo of 1,000 circuits, as everybody has it, for as long as the block lasts."""
    command = [str(PROGRAMS / "trunkline"), "demo", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:  # noqa: S603 - our own
        try:
            assert process.stdout
            welcome = "".join(iter(process.stdout.readline, "\n")) + "".join(iter(process.stdout.readline, "\n"))
            (url,) = re.findall(r"^ready (\S+)", welcome)
            (control,) = re.findall(r"switches of the systems +(\S+)", welcome)
            yield Demo(url, _operator(control))
        finally:
            process.terminate()
            process.communicate(timeout=30)


@pytest.fixture(scope="session")
def demo() -> Iterator[Demo]:
    """One in which nobody signs in."""
    with _started() as running:
        yield running


@pytest.fixture(scope="session")
def demo_with_sign_in() -> Iterator[Demo]:
    """One that demands tokens."""
    with _started("--sign-in") as running:
        yield running


def _operator(control: str) -> PretendOperator:
    """What the pretend operator says of itself, asked at its switches."""
    told = httpx.get(f"{control}/systems").content
    return PretendOperator(True, msgspec.json.decode(told, type=dict[str, System]), control)


@pytest.fixture(scope="session")
def configured(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a `trunkline.yaml` of the demo's systems and a store, as an operator has it of their own."""
    systems = demo.operator.systems.values()
    urls = [url for system in systems for url in (*system.apis.values(), *system.auth.values()) if "://" in url]
    by_path = {urlsplit(url).path: url for url in urls}
    text = (files("gateway") / "demo.yaml").read_text(encoding="utf-8")
    folder = tmp_path_factory.mktemp("configured")
    moved = re.sub(r"http://127.0.0.1:\d+(/\S*)", lambda found: by_path[found[1]], text)
    store = "store: {url: sqlite:///trunkline.db}\n"
    (folder / "trunkline.yaml").write_text(f"{moved}\n{store}", encoding="utf-8")
    return folder


@pytest.fixture
def environment(demo: Demo) -> dict[str, str]:
    """What a shell has beside such a configuration: the systems' credentials, and our programs on its path."""
    path = f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"
    return os.environ | dict(credentials(demo.operator)) | {"PATH": path}


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port
