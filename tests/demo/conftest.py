"""The pretend operator as its tests see it: running, and asked over HTTP by whoever has the credentials."""

import time
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from demo.serve import RunningOperator, running

API = {
    "customer": ("crm", "tmf629"),
    "service": ("inventory", "tmf638"),
    "resource": ("inventory", "tmf639"),
    "alarm": ("alarms", "tmf642"),
    "troubleTicket": ("tickets", "tmf621"),
    "product": ("products", "tmf637"),
    "serviceOrder": ("orders", "tmf641"),
    "organization": ("parties", "tmf632"),
    "individual": ("parties", "tmf632"),
}


class Desk:
    """Somebody who may ask every system, and the control server."""

    def __init__(self, running: RunningOperator, client: httpx.AsyncClient) -> None:
        self.running = running
        self.client = client
        self._token = ""
        self._until = 0.0

    async def ask(self, noun: str, query: str = "", path: str = "", signed_in: bool = True) -> httpx.Response:
        """Ask for one page of a noun, or for one row by its path."""
        system, api = API[noun]
        address = self.running.systems[system].address
        headers = await self._credentials(address["auth"]) if signed_in else {}
        return await self.client.get(f"{address['apis'][api]}/{noun}{path}{query}", headers=headers)

    async def all(self, noun: str, query: str = "") -> list[dict[str, Any]]:
        """Walk all pages of a noun, by the total or by the link to the next page."""
        separator = "&" if query else "?"
        answer = await self.ask(noun, query)
        rows = answer.json()
        while "next" in answer.links or len(rows) < int(answer.headers.get("X-Total-Count", 0)):
            if "next" in answer.links:
                answer = await self.ask(noun, "?" + answer.links["next"]["url"].partition("?")[2])
            else:
                answer = await self.ask(noun, f"{query}{separator}offset={len(rows)}&limit=500")
            rows += answer.json()
        return rows  # type: ignore[no-any-return]

    async def control(self, method: str, path: str, body: object = None) -> httpx.Response:
        """Ask the control server."""
        return await self.client.request(method, self.running.control + path, json=body)

    async def _credentials(self, auth: dict[str, str]) -> dict[str, str]:
        match auth["kind"]:
            case "header":
                return {auth["header"]: auth["value"]}
            case "basic":
                request = httpx.Request("GET", "http://demo")
                next(httpx.BasicAuth(auth["user"], auth["password"]).auth_flow(request))
                return {"Authorization": request.headers["Authorization"]}
            case "bearer":
                return {"Authorization": f"Bearer {auth['token']}"}
            case _:
                return {"Authorization": f"Bearer {await self._issued(auth)}"}

    async def _issued(self, auth: dict[str, str]) -> str:
        if time.monotonic() >= self._until:  # tests of one session may lie far apart
            form = {"grant_type": "client_credentials"} | {name: auth[name] for name in ("client_id", "client_secret")}
            answer = await self.client.post(auth["token_url"], data=form)
            self._token = answer.json()["access_token"]
            self._until = time.monotonic() + answer.json()["expires_in"] / 2
        return self._token


@pytest.fixture(scope="session")
async def desk(anyio_backend: str) -> AsyncIterator[Desk]:
    """An operator of 300 circuits that no test breaks."""
    async with running(seed=7, circuits=300, latency=False) as operator, httpx.AsyncClient(timeout=10) as client:
        yield Desk(operator, client)


@pytest.fixture
async def fragile(anyio_backend: str) -> AsyncIterator[Desk]:
    """A small operator for one test to break."""
    async with running(seed=7, circuits=20, latency=False) as operator, httpx.AsyncClient(timeout=10) as client:
        yield Desk(operator, client)
