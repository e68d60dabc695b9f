"""How those that are measured are started: one process each, in front of the same upstream systems."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bench.field.needed import PATIENCE, installed

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
    """Where something runs: the upstream's origin, the port to listen on, a folder for its files."""

    upstream: str
    port: int
    folder: Path


Starter = Callable[[Place], Start]
"""Prepares what it takes, and says how to start it at a place."""


def part(name: str) -> str:
    """A part of Trunkline's configuration: `trunkline/NAME.yaml`."""
    return (HERE / "trunkline" / f"{name}.yaml").read_text(encoding="utf-8")


ONE, TWO, GATEWAY, TOKEN = map(part, ("one", "two", "gateway", "token"))


def uvicorn(app: str, **environment: str) -> Starter:
    """Start an ASGI application of this folder."""

    def start(place: Place) -> Start:
        command = [str(BIN / "uvicorn"), app, "--loop", "uvloop", "--http", "httptools", "--no-access-log"]
        command += ["--log-level", "warning", "--host", "127.0.0.1", "--port", str(place.port)]
        return Start(tuple(command), environment={"UPSTREAM": place.upstream, **environment})

    return start


def node(script: str, **environment: str) -> Starter:
    """Start a gateway of `node/`."""

    def start(place: Place) -> Start:
        said = {"UPSTREAM": place.upstream, "PORT": str(place.port), "NODE_ENV": "production", **environment}
        return Start(("node", script), installed("node"), said)

    return start


def mesh(place: Place) -> Start:
    """Compose what GraphQL Mesh is told of the upstream systems, and start Hive Gateway over it."""
    folder, supergraph = installed("mesh"), str(place.folder / "supergraph.graphql")
    compose = ["node_modules/.bin/mesh-compose", "-o", supergraph]
    said = {"UPSTREAM": place.upstream, "PORT": str(place.port), "NODE_ENV": "production", "SUPERGRAPH": supergraph}
    subprocess.run(compose, cwd=folder, env={**os.environ, **said}, check=True, stdout=sys.stderr, timeout=PATIENCE)
    command = ("node_modules/.bin/hive-gateway", "supergraph", "--config-path", "gateway.config.mjs")
    return Start(command, folder, {**said, "HIVE_TELEMETRY": "false"})


def trunkline(*parts: str) -> Starter:
    """Start `trunkline serve` with a configuration of these parts."""

    def start(place: Place) -> Start:
        command = [str(BIN / "trunkline"), "serve", "--config", configured(place, *parts), "--port", str(place.port)]
        return Start((*command, *([] if TOKEN in parts else ["--insecure-open"])))

    return start


def watched(*parts: str) -> Starter:
    """Start the same with a watch on it, which writes `report.json` into its folder."""

    def start(place: Place) -> Start:
        command = (sys.executable, "-m", "bench.field.watched", str(place.folder / "report.json"))
        return Start((*command, configured(place, *parts), str(place.port)))

    return start


def configured(place: Place, *parts: str) -> str:
    """Write a configuration of these parts, at the place's upstream."""
    written = "".join(parts)
    configuration = place.folder / "trunkline.yaml"
    configuration.write_text(written.replace("http://upstream.invalid", place.upstream), encoding="utf-8")
    return str(configuration)
