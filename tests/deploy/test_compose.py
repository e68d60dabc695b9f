"""Three gateways on one machine: what compose and nginx are given is understood by them, and by Trunkline."""

import os
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any

import httpx
import pytest
from ruamel.yaml import YAML

from gateway.configuration import understand
from gateway.settings import settle
from sources.positions import Document

DEPLOY = Path(__file__).parents[2] / "deploy"
CHECK_JSONSCHEMA = "check-jsonschema==0.39.0"
SECRETS = {"STORE_PASSWORD": "p", "CRM_TOKEN": "c", "INVENTORY_TOKEN": "i"}
ADDRESSES = {"REDIS_URL": "redis://valkey:6379/0", "STORE_URL": "postgresql://trunkline:p@postgres:5432/trunkline"}


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The compose file, read."""
    told: dict[str, Any] = YAML(typ="safe", pure=True).load((DEPLOY / "compose.yaml").read_text("utf-8"))
    return told


def test_the_example_configuration_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the secrets that the compose file brings."""
    for name, value in {**SECRETS, **ADDRESSES}.items():
        monkeypatch.setenv(name, value)
    read = understand(Document.read(DEPLOY / "trunkline.yaml"))
    settings = settle(read.gateway)
    assert {"crm", "inventory"} == set(read.sources)
    assert settings.metrics is not None
    assert ("0.0.0.0", 9464) == settings.metrics.address  # noqa: S104 - compared, not bound


def test_each_gateway_gets_the_secrets_that_the_configuration_names(compose: dict[str, Any]) -> None:
    """And nothing stands in the file itself."""
    named = set(re.findall(r"env: (\w+)", (DEPLOY / "trunkline.yaml").read_text("utf-8")))
    gateways = [service for name, service in compose["services"].items() if name.startswith("gateway-")]
    assert 3 == len(gateways)
    for service in gateways:
        assert named <= service["environment"].keys()
        assert service["read_only"]
        assert ["ALL"] == service["cap_drop"]
    for name in SECRETS:
        assert re.search(rf"\${{{name}:\?", (DEPLOY / "compose.yaml").read_text("utf-8"))


def test_a_gateway_may_end_what_it_has_begun(compose: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not killed before it has lingered and drained."""
    for name, value in {**SECRETS, **ADDRESSES}.items():
        monkeypatch.setenv(name, value)
    gateway = understand(Document.read(DEPLOY / "trunkline.yaml")).gateway
    grace = float(compose["services"]["gateway-1"]["stop_grace_period"].removesuffix("s"))
    assert grace > gateway.linger + gateway.drain


def test_compose_understands_it() -> None:
    """Docker's own word on it; no engine is needed."""
    commands = [["docker", "compose"], ["docker-compose"]]
    for command in commands:
        if shutil.which(command[0]) and not subprocess.run([*command, "version"], capture_output=True).returncode:
            break
    else:
        pytest.skip("there is no docker compose here")
    done = subprocess.run(
        [*command, "-p", "trunkline", "-f", "compose.yaml", "config", "-q"],
        cwd=DEPLOY,
        env={**os.environ, **SECRETS},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (0, "") == (done.returncode, done.stderr)


def specified(file: Path) -> "subprocess.CompletedProcess[str]":
    """Hold a compose file against the schema of the Compose Specification, which check-jsonschema brings."""
    uv = shutil.which("uv")
    if uv is None:
        pytest.skip("there is no uv here, which brings check-jsonschema")
    command = [uv, "run", "--quiet", "--no-project", "--with", CHECK_JSONSCHEMA, "check-jsonschema"]
    if subprocess.run([*command, "--version"], capture_output=True, timeout=300).returncode:
        pytest.skip(f"uv cannot bring {CHECK_JSONSCHEMA}")
    command += ["--builtin-schema", "vendor.compose-spec", str(file)]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.slow
def test_it_is_as_the_specification_wants_it(tmp_path: Path) -> None:
    """Where there is no docker compose, too; a word that there is not would be found."""
    done = specified(DEPLOY / "compose.yaml")
    assert 0 == done.returncode, done.stdout + done.stderr
    text = (DEPLOY / "compose.yaml").read_text("utf-8")
    wrong = tmp_path / "compose.yaml"
    wrong.write_text(text.replace("read_only: true", "readonly: true"), encoding="utf-8")
    assert "readonly" in specified(wrong).stdout


class Gateway(BaseHTTPRequestHandler):
    """A stand-in for a gateway, which tells who answered."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answer."""
        self.rfile.read(int(self.headers.get("content-length", "0")))
        body = str(self.server.server_address[1]).encode()
        self.send_response(200)
        self.send_header("content-length", str(len(body)))
        self.send_header("x-request-id", self.headers["x-request-id"])
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@contextmanager
def gateways() -> Iterator[list[ThreadingHTTPServer]]:
    """Three of them."""
    with ExitStack() as stack:
        servers = [stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), Gateway)) for _ in range(3)]
        for server in servers:
            server.daemon_threads = True
            Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
            stack.callback(server.shutdown)
        yield servers


def configured(folder: Path, port: int, ports: list[int]) -> Path:
    """The configuration, at free ports of this machine, with its files in a folder; slow clients get half a second."""
    text = (DEPLOY / "nginx.conf").read_text("utf-8")
    for number, one in enumerate(ports, 1):
        text = text.replace(f"gateway-{number}:8080", f"127.0.0.1:{one}")
    text = re.sub(r"(?<= )/(tmp/|dev/(?=std))", f"{folder}/", text)
    text = text.replace("listen 8080", f"listen 127.0.0.1:{port}").replace("timeout 5s", "timeout 500ms")
    file = folder / "nginx.conf"
    file.write_text("daemon off;\nmaster_process off;\n" + text, encoding="utf-8")
    return file


@pytest.fixture
def nginx() -> str:
    """The program."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None:
        pytest.skip("there is no nginx here")
    return found


def test_nginx_finds_nothing(nginx: str, tmp_path: Path) -> None:
    """In the configuration as it is, but for the names of gateways, which nobody knows here."""
    file = configured(tmp_path, 8080, [1, 2, 3])
    done = subprocess.run([nginx, "-t", "-c", file], capture_output=True, text=True, timeout=30, check=False)
    assert 0 == done.returncode, done.stderr


@contextmanager
def serving(nginx: str, tmp_path: Path, ports: list[int]) -> Iterator[str]:
    """Nginx before such gateways."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen([nginx, "-c", str(configured(tmp_path, port, ports))], stderr=subprocess.DEVNULL)
    try:
        until = monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert monotonic() < until
                sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(20)


def test_a_gateway_that_is_gone_loses_no_question(nginx: str, tmp_path: Path) -> None:
    """Whoever asks meanwhile is answered by the others."""
    with (
        gateways() as servers,
        serving(nginx, tmp_path, [one.server_address[1] for one in servers]) as url,
        httpx.Client(base_url=url, timeout=20) as client,
    ):
        all_three = {client.post("/graphql", json={}).text for _ in range(30)}
        servers[0].shutdown()
        servers[0].server_close()
        answers = [client.post("/graphql", json={}) for _ in range(30)]
        hidden = client.get("/metrics").status_code
    assert 3 == len(all_three)
    assert {200} == {answer.status_code for answer in answers}
    assert 404 == hidden
    assert all(len(answer.headers["x-request-id"]) == 32 for answer in answers)


def test_slow_clients_are_ended(nginx: str, tmp_path: Path) -> None:
    """Who does not send its head, and who does not send its body, holds no connection of a gateway's."""
    heads = (
        b"POST /graphql HTTP/1.1\r\nhost: x\r\n",
        b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{",
    )
    with gateways() as servers, serving(nginx, tmp_path, [one.server_address[1] for one in servers]) as url:
        for head in heads:
            with socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), 20) as slow:
                slow.sendall(head)
                try:
                    answer = slow.recv(1024)
                except ConnectionResetError:
                    answer = b""
            assert answer == b"" or b" 408 " in answer
