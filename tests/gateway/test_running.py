"""The commands that run until they are told to stop: when they are ready, what they answer, how they end."""

import signal
import socket
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import httpx
import pytest
from ruamel.yaml import YAML

TRUNKLINE = Path(sys.executable).parent / "trunkline"


@pytest.mark.slow
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_demo_starts_answers_and_ends(trunkline, ending):
    """It says `ready` and where, answers, and a signal ends gateway and pretend operator with exit code 0."""
    with trunkline("demo", "--port", 0, "--circuits", 40, ending=ending) as demo:
        query = {"query": "{ customers(first: 2) { nodes { id name } } }"}
        answer = httpx.post(demo.url, json=query, timeout=30).json()
        ready = httpx.get(demo.url.replace("/graphql", "/readyz"), timeout=30).json()

    assert 2 == len(answer["data"]["customers"]["nodes"])
    assert "errors" not in answer
    declared = YAML(typ="safe", pure=True).load((files("gateway") / "demo.yaml").read_text("utf-8"))["sources"]
    assert set(declared) == {one["source"] for one in ready["sources"]}
    assert (0, "") == (demo.returncode, demo.log)
    # the user is promised 2 s; the bound here leaves room for a busy machine
    assert demo.took < 10
    with pytest.raises(httpx.ConnectError):
        httpx.get(demo.control)


@pytest.mark.slow
def test_the_query_that_the_demo_suggests_works(trunkline):
    """Whoever pastes it gets an answer."""
    with trunkline("demo", "--port", 0, "--circuits", 40) as demo:
        (line,) = [line for line in demo.welcome if "curl" in line]
        command = line[line.index("curl") :]
        answer = subprocess.run(command, shell=True, capture_output=True, text=True, timeout=30)  # noqa: S602
    if answer.returncode == 127:
        pytest.skip("there is no curl here")
    assert '"nodes":[{"id":' in answer.stdout


@pytest.mark.slow
def test_a_taken_port_ends_the_demo_with_a_sentence():
    """Nothing is started for a gateway that could not be reached."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        command = [TRUNKLINE, "demo", "--port", str(port)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30)
    assert 1 == done.returncode
    assert done.stderr.startswith(f"port {port} on 127.0.0.1 is taken")


@pytest.mark.slow
def test_serve_answers_over_a_configuration(trunkline, demo_file):
    """With a port of the command line, and the systems of the file."""
    with trunkline("serve", "--insecure-open", "--config", demo_file, "--port", 0) as serve:
        query = {"query": "{ customers(first: 1) { completeness } }"}
        answer = httpx.post(serve.url, json=query, timeout=30).json()
    assert {"customers": {"completeness": "COMPLETE"}} == answer["data"]
    assert 0 == serve.returncode, serve.log
