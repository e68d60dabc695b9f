"""The commands that run until they are told to stop: when they are ready, what they answer, how they end."""

import re
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

TRUNKLINE = Path(sys.executable).parent / "trunkline"
PATIENCE = 30
"""Seconds after which something that should have ended counts as hanging."""


@contextmanager
def trunkline(*arguments, ending=signal.SIGINT):
    """Run a command; how it ended is on it after the block."""
    command = [TRUNKLINE, *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield process
        process.send_signal(ending)
        asked = time.monotonic()
        _, process.log = process.communicate(timeout=PATIENCE)
        process.took = time.monotonic() - asked
    finally:
        process.kill()
        process.communicate()


def welcome(process):
    """Read all that the demo says when it is ready."""
    lines = []
    for line in process.stdout:
        lines.append(line)
        if "Ctrl-C" in line:
            break
    return lines


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_starts_answers_and_ends(ending):
    """It says `ready` and where, answers, and a signal ends gateway and pretend operator with exit code 0."""
    with trunkline("demo", "--port", 0, "--circuits", 40, ending=ending) as process:
        told = welcome(process)
        word, url = told[0].split()
        answer = httpx.post(
            url, json={"query": "{ customers(first: 2) { nodes { id name } } }"}, timeout=PATIENCE
        ).json()
        ready = httpx.get(url.replace("/graphql", "/readyz"), timeout=PATIENCE)

    assert "ready" == word
    assert 2 == len(answer["data"]["customers"]["nodes"])
    assert "errors" not in answer
    assert {"crm", "inventory", "resources", "alarms", "tickets"} == {one["source"] for one in ready.json()["sources"]}
    assert (0, "") == (process.returncode, process.log)
    # told to the user as within 2 s; the bound here leaves room for a busy machine
    assert process.took < 10
    (control,) = re.findall(r"switches of the systems +(\S+)", "".join(told))
    with pytest.raises(httpx.ConnectError):
        httpx.get(control)


@pytest.mark.slow
def test_the_query_that_the_demo_suggests_works():
    """Whoever pastes it gets an answer."""
    with trunkline("demo", "--port", 0, "--circuits", 40) as process:
        (line,) = [line for line in welcome(process) if "curl" in line]
        command = line[line.index("curl") :]
        answer = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=PATIENCE)  # noqa: S602
    if answer.returncode == 127:
        pytest.skip("there is no curl here")
    assert '"nodes":[{"id":' in answer.stdout


@pytest.mark.slow
def test_a_taken_port_ends_the_demo_with_a_sentence():
    """Nothing is started for a gateway that could not be reached."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [TRUNKLINE, "demo", "--port", str(port)], capture_output=True, text=True, timeout=PATIENCE
        )
    assert 1 == done.returncode
    assert done.stderr.startswith(f"port {port} on 127.0.0.1 is taken")
