"""A browser, and what it looks at: a gateway that answers with who asks, and anything else on a socket."""

from contextlib import asynccontextmanager
from dataclasses import dataclass

import anyio
import httpx

from gateway.execution import Executed
from gateway.server import Server, how, listen, url_of
from gateway.settings import Settings

PAGE = {"accept": "text/html", "sec-fetch-site": "none", "sec-fetch-mode": "navigate"}
OURS = {"sec-fetch-site": "same-origin"}


@asynccontextmanager
async def served(app, port=0):
    """Serve an application on a socket for as long as a block lasts; its URL."""
    settings = Settings(drain=0.0)
    started, listening = anyio.Event(), listen("127.0.0.1", port)
    server = Server(how(app, settings), started.set)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(server.serve, [listening])
        with anyio.fail_after(10):
            await started.wait()
        yield url_of(listening)
        server.should_exit = True


async def echo(_, request):
    """Answer with who asks."""
    caller = request.caller
    return Executed(f'{{"data":"{caller.subject} {sorted(caller.customers)} {caller.acting_for}"}}'.encode())


@dataclass
class Browser:
    """A browser: it keeps cookies, and goes where it is sent, step by step."""

    client: httpx.AsyncClient
    gateway: str
    provider: str

    async def step(self, url: str) -> httpx.Response:
        """Go somewhere, no further."""
        return await self.client.get(url, headers=PAGE)

    async def leave(self) -> str:
        """Set out to sign in; the address at the provider."""
        return (await self.step(f"{self.gateway}/sign-in?to=/graphql")).headers["location"]

    async def pick(self, user: str, at: str) -> str:
        """Pick whom to be; the address where the provider sends one back to."""
        return (await self.step(f"{at}&user={user}")).headers["location"]

    async def sign_in(self, user: str) -> httpx.Response:
        """Go the whole way."""
        return await self.step(await self.pick(user, await self.leave()))

    async def ask(self, **headers: str) -> httpx.Response:
        """Ask as the explorer does."""
        return await self.client.post(f"{self.gateway}/graphql", json={"query": "{x}"}, headers=headers or OURS)
