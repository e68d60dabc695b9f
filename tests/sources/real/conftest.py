"""Real systems: Prometheus and Alertmanager are started where they are installed, NetBox is where we are told."""

import json
import math
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.conftest import PATIENCE
from tests.sources.real.planted import NetBoxApi, Planted

ODD = ["HB-ICBC-0001", 'a"b\\c', "x|y.z*", "沪 1"]
"""Codes of circuits: what means something in an expression or in a string means itself here."""
STEP = 360
"""Seconds from one sample to the next: more than Prometheus looks back for one."""
GAP = range(8, 14)
"""The samples that are missing."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All that is tested here is real."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.real)


def program(name: str) -> str:
    """A program that must be there; the test is skipped without."""
    found = shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def eventually(found: Callable[[], bool]) -> None:
    """Wait until it is so."""
    until = time.monotonic() + PATIENCE
    while not found():
        assert time.monotonic() < until, "it does not come to that"
        time.sleep(0.05)


@contextmanager
def running(command: list[str], url: str) -> Iterator[str]:
    """A server, from when it says that it is ready until the block ends."""

    def ready() -> bool:
        assert process.poll() is None, f"{command[0]} has ended"
        try:
            return httpx.get(f"{url}/-/ready").status_code == 200
        except httpx.TransportError:
            return False

    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # noqa: S603
    try:
        eventually(ready)
        yield url
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.fixture(scope="session")
def alertmanager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An Alertmanager without alerts; a fibre cut explains what else is wrong on the same circuit."""
    folder, url = tmp_path_factory.mktemp("alertmanager"), f"http://127.0.0.1:{free_port()}"
    rule = {
        "source_matchers": ['alertname="FIBRE_CUT"'],
        "target_matchers": ['alertname="AIS"'],
        "equal": ["circuit_id"],
    }
    configuration = {"route": {"receiver": "nobody"}, "receivers": [{"name": "nobody"}], "inhibit_rules": [rule]}
    (folder / "alertmanager.yml").write_text(json.dumps(configuration))
    command = [program("prometheus-alertmanager"), f"--config.file={folder}/alertmanager.yml"]
    command += [f"--storage.path={folder}", "--cluster.listen-address=", f"--web.listen-address={url[7:]}"]
    with running(command, url):
        yield url


@dataclass(frozen=True)
class Measuring:
    """A Prometheus that has measured since `start`, in seconds since 1970: the delay of circuit n was n, n.1 ... ms."""

    url: str
    start: int
    count: int

    @staticmethod
    def value(circuit: int, sample: int) -> float:
        """What was measured."""
        return circuit + sample / 10


@pytest.fixture(scope="session")
def prometheus(tmp_path_factory: pytest.TempPathFactory, alertmanager: str) -> Iterator[Measuring]:
    """A Prometheus with some hours of measurements, and a rule that raises an alert for each circuit but the first."""
    folder, url = tmp_path_factory.mktemp("prometheus"), f"http://127.0.0.1:{free_port()}"
    measuring = Measuring(url, math.floor(time.time()) - 30 * STEP, 31)
    (folder / "samples.txt").write_text(openmetrics(measuring))
    blocks = [program("promtool"), "tsdb", "create-blocks-from", "openmetrics", folder / "samples.txt", folder / "data"]
    subprocess.run(blocks, check=True, capture_output=True)  # noqa: S603
    rule = {
        "alert": "SLOW",
        "expr": "rtt_milliseconds > 3.5",
        "labels": {"severity": "minor", "probable_cause": "Degraded"},
    }
    (folder / "rules.yml").write_text(json.dumps({"groups": [{"name": "circuits", "rules": [rule]}]}))
    configuration = {
        "global": {"evaluation_interval": "1s"},
        "rule_files": ["rules.yml"],
        "alerting": {"alertmanagers": [{"static_configs": [{"targets": [alertmanager[7:]]}]}]},
    }
    (folder / "prometheus.yml").write_text(json.dumps(configuration))
    command = [program("prometheus"), f"--config.file={folder}/prometheus.yml", f"--web.listen-address={url[7:]}"]
    command += [f"--storage.tsdb.path={folder}/data", "--rules.alert.resend-delay=1s"]
    with running(command, url):
        yield measuring


def openmetrics(measuring: Measuring) -> str:
    """The samples of all circuits, with a gap [OpenMetrics 1.0]."""
    lines = ["# TYPE rtt_milliseconds gauge"]
    for number, code in enumerate(ODD):
        label = code.replace("\\", "\\\\").replace('"', '\\"')
        for sample in set(range(measuring.count)) - set(GAP):
            value, at = measuring.value(number, sample), measuring.start + sample * STEP
            lines.append(f'rtt_milliseconds{{circuit_id="{label}"}} {value} {at}')
    return "\n".join([*lines, "# EOF\n"])


@pytest.fixture(scope="session")
def netbox_api() -> Iterator[NetBoxApi]:
    """The NetBox that the environment names."""
    url, token = (os.environ.get(name) for name in ("TRUNKLINE_TEST_NETBOX", "TRUNKLINE_TEST_NETBOX_TOKEN"))
    if not url or not token:
        pytest.skip("no NetBox by TRUNKLINE_TEST_NETBOX: scripts/real-upstreams starts one")
    api = NetBoxApi(url, token)
    yield api
    api.close()


@pytest.fixture(scope="session")
def planted(netbox_api: NetBoxApi) -> Planted:
    """A NetBox with a tenant, a site and three routes in it, and a custom field for the customer's number."""
    if netbox_api.read("extras/custom-fields", {"name": "number"}).json()["count"] == 0:
        netbox_api.make("extras/custom-fields", name="number", type="text", object_types=["tenancy.tenant"])
    plant = Planted(netbox_api)
    for number in range(3):
        plant.multihop(f"HB-{number}")
    return plant
