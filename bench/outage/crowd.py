"""Clients behind a load balancer, who notice what a gateway's death costs them."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import anyio
import httpx

CLIENTS = 6
WITHIN = 20.0
"""Seconds after which an answer that has not come will not come."""
CODE = "SZSZ-OTN-000025"
QUERY = """query Q($code: String!) { circuit(code: $code) { code name state
    provenance(fields: ["name"]) { source fetchedAt } } }"""


@dataclass
class Crowd:
    """Clients, each of whose questions goes to the next gateway that is there.

    right: what each answer has to say. took: seconds of each answer. lost: questions that were sent to a gateway
    and not answered. passed_over: that could not be sent, and went to the next. wrong: answers that were not as
    expected, and questions that were lost at a gateway that nobody had killed.
    """

    client: httpx.AsyncClient
    replicas: Sequence[str]
    right: Mapping[str, Any] = field(default_factory=dict)
    took: list[float] = field(default_factory=list)
    lost: int = 0
    passed_over: int = 0
    wrong: list[Any] = field(default_factory=list)
    killed: str = ""
    over: bool = False

    async def ask(self, url: str) -> Any:
        """One question."""
        asked = {"query": QUERY, "variables": {"code": CODE}}
        return (await self.client.post(f"{url}/graphql", json=asked)).raise_for_status().json()

    async def fetched(self, url: str) -> str:
        """When the source said what this gateway tells."""
        (said,) = (await self.ask(url))["data"]["circuit"]["provenance"]
        return str(said["fetchedAt"])

    async def kept(self) -> set[str]:
        """The same of all, once they keep it: what one has when it begins to listen to the others it drops."""
        before: set[str] = set()
        while (now := {await self.fetched(url) for url in self.replicas}) != before:
            before = now
        return now

    async def know(self) -> None:
        """Learn what is right, of the first gateway."""
        told = (await self.ask(self.replicas[0]))["data"]["circuit"]
        self.right = {"code": CODE, "name": told["name"], "state": "ACTIVE"}

    async def until_more(self, answers: int) -> None:
        """Wait for so many more answers."""
        wanted = len(self.took) + answers
        with anyio.fail_after(WITHIN + answers / 10):
            while len(self.took) < wanted:  # noqa: ASYNC110 - clients only count
                await anyio.sleep(0.01)

    async def go_on_asking(self, at: int) -> None:
        """Until it is over."""
        while not self.over:
            at += 1
            url, began = self.replicas[at % len(self.replicas)], perf_counter()
            try:
                self._judge(await self.ask(url), perf_counter() - began)
            except httpx.ConnectError:
                self.passed_over += 1
                self._leave(url)
            except httpx.HTTPError as error:
                self.lost += 1
                self._leave(url, error)

    def _judge(self, answer: Any, seconds: float) -> None:
        self.took.append(seconds)
        told = answer.get("data", {}).get("circuit") or {}
        if {name: told.get(name) for name in self.right} != self.right or "errors" in answer:
            self.wrong.append(answer)

    def _leave(self, url: str, error: httpx.HTTPError | None = None) -> None:
        """A killed gateway is asked no more; no other loses anything."""
        if url != self.killed:
            self.wrong.append((url, repr(error)))
        else:
            self.replicas = [one for one in self.replicas if one != url]


@asynccontextmanager
async def crowding(replicas: Sequence[str], clients: int = CLIENTS) -> AsyncIterator[Crowd]:
    """Clients who ask and ask, as long as the block lasts."""
    async with httpx.AsyncClient(timeout=WITHIN) as client:
        crowd = Crowd(client, replicas)
        await crowd.know()
        async with anyio.create_task_group() as tasks:
            for number in range(clients):
                tasks.start_soon(crowd.go_on_asking, number)
            yield crowd
            crowd.over = True
