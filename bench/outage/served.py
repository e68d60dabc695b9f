"""A gateway in this process over the pretend operator, asked by HTTP, with the patience of a test."""

import logging
import os
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from typing import Any

import anyio
import httpx

from bench.outage.faults import Trouble
from gateway.assembly import assemble, gateway_app
from gateway.configuration import Configuration
from gateway.demonstration import demo_configuration
from gateway.pretend_operator import PretendOperator
from gateway.settings import Settings
from sources.grammar.guards import GuardsDeclaration

TIMEOUT = 1.0
"""Seconds that a source has for an exchange."""
DEADLINE = 10.0
"""Seconds that a request has."""
SLACK = 20.0
"""Seconds after that, for a machine that is busy: an answer that is later will never come."""

KEPT: Mapping[str, Mapping[str, float]] = {
    "cold": {"ttl": 600.0, "stale_if_error": 3600.0},
    "warm": {"ttl": 600.0, "stale_if_error": 3600.0},
    "stale": {"ttl": 1e-6, "stale_if_error": 3600.0},
}
"""How long answers are kept, by the state in which a fault shall meet them."""
GUARDS: Mapping[str, Any] = {
    "retries": {"times": 1, "wait": 0.01},
    "breaker": {"calls": 6, "rest": 0.2},
}
"""Breakers that open soon, and close soon."""


def demo(operator: PretendOperator) -> Configuration:
    """The demo's configuration, at the addresses of this operator."""
    return demo_configuration(operator, os.environ)


def hasty(configuration: Configuration, cache: str | None = None) -> Configuration:
    """The same with short times; with what is kept of every lookup, if anything shall be."""
    sources = {}
    for name, declared in configuration.sources.items():
        guards = dict(GUARDS)
        if cache is not None:
            guards["cache"] = {"lookups": dict.fromkeys(declared.asked, KEPT[cache])}
        sources[name] = declared.model_copy(
            update={"timeout": TIMEOUT, "guards": GuardsDeclaration.model_validate(guards)}
        )
    return replace(configuration, sources=sources)


@asynccontextmanager
async def served(configuration: Configuration, **settings: Any) -> AsyncIterator["Asked"]:
    """A gateway for as long as the block lasts."""
    said = Settings(deadline=DEADLINE, access_log=False, **settings)
    app = gateway_app(assemble(configuration, said), said, staff_by_default=True)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            yield Asked(client)


class Asked:
    """A gateway that can be asked, as a client does."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client

    async def answer(self, query: str, **variables: Any) -> dict[str, Any]:
        """The whole answer, which has status 200; TimeoutError if it does not come."""
        with anyio.fail_after(DEADLINE + SLACK):
            answer = await self._client.post("/graphql", json={"query": query, "variables": variables})
        answer.raise_for_status()
        body: dict[str, Any] = answer.json()
        return body

    async def set_aside(self, source: str, *, on: bool) -> None:
        """Do without a source, or with it again."""
        aside = "mutation($source: String!, $on: Boolean!) { setMaintenance(source: $source, on: $on) { by } }"
        assert "errors" not in await self.answer(aside, source=source, on=on)  # noqa: S101 - else nothing is judged


class Switches:
    """The control server of the pretend operator."""

    def __init__(self, operator: PretendOperator, client: httpx.AsyncClient) -> None:
        self._operator = operator
        self._client = client

    async def trouble(self, system: str, trouble: Trouble) -> None:
        """Switch a trouble on."""
        url = f"{self._operator.control}/systems/{system}/trouble"
        (await self._client.post(url, json=trouble)).raise_for_status()

    async def heal(self, *systems: str) -> None:
        """Switch all troubles off: of these systems, or of all."""
        for system in systems or self._operator.systems:
            url = f"{self._operator.control}/systems/{system}/trouble"
            (await self._client.delete(url)).raise_for_status()

    async def truth(self) -> dict[str, Any]:
        """What the operator knows of itself."""
        told: dict[str, Any] = (await self._client.get(f"{self._operator.control}/truth")).json()
        return told


@asynccontextmanager
async def switches(operator: PretendOperator) -> AsyncIterator[Switches]:
    """The operator's switches; everything is healed before and after."""
    async with httpx.AsyncClient(timeout=30) as client:
        board = Switches(operator, client)
        await board.heal()
        try:
            yield board
        finally:
            await board.heal()


class _Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info or record.levelno >= logging.ERROR:
            self.lines.append(self.format(record))


@contextmanager
def complaints() -> Iterator[list[str]]:
    """What the log says of errors and exceptions meanwhile."""
    kept = _Kept()
    logging.getLogger().addHandler(kept)
    try:
        yield kept.lines
    finally:
        logging.getLogger().removeHandler(kept)
