"""Starting and ending the demo as a process, and how long the biggest takes."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from typing import Any

import anyio
import httpx
import pytest

from demo.operator import Operator
from demo.serve import running
from demo.systems import SYSTEMS


class Process:
    """The demo as a process of its own with few circuits, and what its ready line said; killed if left over."""

    def __init__(self, *options: str, **environment: str) -> None:
        command = [sys.executable, "-m", "demo", "--circuits", "40", "--latency", "0", *options]
        pipe = subprocess.PIPE
        self.popen = subprocess.Popen(  # noqa: S603 (the command is ours)
            command, stdin=pipe, stdout=pipe, stderr=pipe, env=os.environ | environment
        )
        assert self.popen.stdout is not None
        self.ready: dict[str, Any] = json.loads(self.popen.stdout.readline())

    def __enter__(self) -> "Process":
        return self

    def __exit__(self, *_: object) -> None:
        with self.popen:
            self.popen.kill()

    def ended(self) -> tuple[int, bytes]:
        """Wait for the end; give the exit code and the complaints."""
        _, complaints = self.popen.communicate(timeout=10)
        return self.popen.returncode, complaints


def services(ready: dict[str, Any]) -> bytes:
    """The first page of services, as bytes."""
    inventory = ready["systems"]["inventory"]
    auth = (inventory["auth"]["user"], inventory["auth"]["password"])
    return httpx.get(inventory["apis"]["tmf638"] + "/service", auth=auth).content


def free_ports(count: int) -> int:
    """Find a port from which on as many ports as wanted are free."""
    for base in range(18700, 28700, count):
        with contextlib.ExitStack() as sockets, contextlib.suppress(OSError):
            for port in range(base, base + count):
                sockets.enter_context(socket.create_server(("127.0.0.1", port)))
            return base
    raise LookupError("no run of free ports")


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_within_a_second(ending: signal.Signals) -> None:
    """A signal ends the demo quickly and quietly, even while a request hangs."""
    with Process() as demo:
        httpx.post(demo.ready["control"] + "/systems/crm/trouble", json={"kind": "hanging"})
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(demo.ready["systems"]["crm"]["apis"]["tmf629"] + "/customer", timeout=0.1)
        begun = time.monotonic()
        demo.popen.send_signal(ending)
        assert (0, b"") == demo.ended()
        assert time.monotonic() - begun < 1


def test_it_does_not_outlive_its_parent() -> None:
    """When asked to, the demo ends as soon as its standard input is closed."""
    with Process("--until-stdin-closes") as demo:
        assert demo.popen.stdin is not None
        demo.popen.stdin.close()
        assert 0 == demo.popen.wait(timeout=10)


def test_same_seed_same_bytes() -> None:
    """Two processes with one seed answer the same bytes, however Python hashes; another seed answers others."""
    answers = []
    for seed, hashing in (("3", "1"), ("3", "2"), ("4", "1")):
        with Process("--seed", seed, PYTHONHASHSEED=hashing) as demo:
            answers.append((services(demo.ready), httpx.get(demo.ready["control"] + "/truth").content))
    assert answers[0] == answers[1]
    assert answers[0] != answers[2]


def test_a_port_base_is_kept_to() -> None:
    """With a port base the ports follow each other; a second demo on the same ports fails instead of sharing them."""
    base = free_ports(1 + len(SYSTEMS))
    with Process("--port-base", str(base)) as demo:
        ports = [int(system["url"].rpartition(":")[2]) for system in demo.ready["systems"].values()]
        assert list(range(base + 1, base + 1 + len(SYSTEMS))) == ports
        assert f"http://127.0.0.1:{base}" == demo.ready["control"]
        second = subprocess.run(  # noqa: S603 (the command is ours)
            [sys.executable, "-m", "demo", "--port-base", str(base)], capture_output=True, check=False, timeout=20
        )
        assert second.returncode != 0
        assert b"is taken" in second.stderr


@pytest.mark.anyio
async def test_latency_is_in_its_range() -> None:
    """With latency on, a request takes at least the least of its system, and can be told from one without."""
    async with running(circuits=20) as operator, httpx.AsyncClient() as client:
        begun = anyio.current_time()
        await client.get(operator.systems["crm"].url)
        assert anyio.current_time() - begun >= 0.005


def test_a_hundred_thousand_circuits_start_soon() -> None:
    """The biggest demo is generated, and its systems set up, within the promised 10 s."""
    begun = time.process_time()
    operator = Operator(circuits=100_000)
    systems = [build(operator) for build in SYSTEMS.values()]
    assert (100_000, len(SYSTEMS)) == (len(operator.circuits), len(systems))
    assert time.process_time() - begun < 10
