"""Who is measured, and how each is started: one process, pinned to one core, in front of the same upstream systems."""

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.field.needed import installed

HERE = Path(__file__).parent
TREE = HERE.parent.parent
BIN = Path(sys.executable).parent
"""Where the commands of this very environment are."""


@dataclass(frozen=True)
class Start:
    """What it takes to start something: a command, in a folder, with an environment."""

    command: tuple[str, ...]
    folder: Path = TREE
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Place:
    """Where a contestant runs: the upstream's origin, the port to listen on, a folder for its files."""

    upstream: str
    port: int
    folder: Path


@dataclass(frozen=True)
class Contestant:
    """One to be measured.

    role: `trunkline`, `peer`, or `floor`, which is no gateway. twice: it asks two systems for everything. token,
    provenance: it is asked with a token of the customer, and for provenance. parts: Trunkline's configuration.
    """

    name: str
    role: str
    start: Callable[[Place], Start]
    parts: tuple[str, ...] = ()
    path: str = "/graphql"
    twice: bool = False
    token: bool = False
    provenance: bool = False


def uvicorn(app: str, **environment: str) -> Callable[[Place], Start]:
    """Start an ASGI application of this folder."""

    def start(place: Place) -> Start:
        command = [str(BIN / "uvicorn"), app, "--loop", "uvloop", "--http", "httptools", "--no-access-log"]
        command += ["--log-level", "warning", "--host", "127.0.0.1", "--port", str(place.port)]
        return Start(tuple(command), environment={"UPSTREAM": place.upstream, **environment})

    return start


def node(script: str, **environment: str) -> Callable[[Place], Start]:
    """Start a gateway of `node/`."""

    def start(place: Place) -> Start:
        said = {"UPSTREAM": place.upstream, "PORT": str(place.port), "NODE_ENV": "production", **environment}
        return Start(("node", script), installed("node"), said)

    return start


def trunkline(*parts: str) -> Callable[[Place], Start]:
    """Start `trunkline serve` with a configuration of these parts."""

    def start(place: Place) -> Start:
        command = [str(BIN / "trunkline"), "serve", "--config", configured(place, *parts), "--port", str(place.port)]
        return Start((*command, *([] if "token" in parts else ["--insecure-open"])))

    return start


def watched(*parts: str) -> Callable[[Place], Start]:
    """Start the same with a watch on it, which writes `report.json` into its folder."""

    def start(place: Place) -> Start:
        command = (sys.executable, "-m", "bench.field.watched", str(place.folder / "report.json"))
        return Start((*command, configured(place, *parts), str(place.port)))

    return start


def configured(place: Place, *parts: str) -> str:
    """Write a configuration of these parts, at the place's upstream."""
    written = "".join((HERE / "trunkline" / f"{part}.yaml").read_text(encoding="utf-8") for part in parts)
    configuration = place.folder / "trunkline.yaml"
    configuration.write_text(written.replace("http://upstream.invalid", place.upstream), encoding="utf-8")
    return str(configuration)


def ours(name: str, *parts: str, twice: bool = False, token: bool = False, provenance: bool = False) -> Contestant:
    """Trunkline, configured by these parts."""
    start = trunkline(*parts)
    return Contestant(name, "trunkline", start, parts, twice=twice, token=token, provenance=provenance)


CONTESTANTS: Mapping[str, Contestant] = {
    one.name: one
    for one in (
        ours("trunkline", "one", "gateway"),
        Contestant("floor", "floor", uvicorn("bench.field.floor:app")),
        Contestant("mercurius-jit", "peer", node("mercurius.js")),
        Contestant("yoga-jit", "peer", node("yoga.js", JIT="1")),
        Contestant("apollo", "peer", node("apollo.js"), path="/"),
    )
}
