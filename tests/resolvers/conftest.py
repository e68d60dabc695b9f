"""A gateway before small systems that speak HTTP: each has tables, and answers `/table?field=A,B&sort=-field`."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from textwrap import dedent, indent
from typing import Any

import msgspec
import pytest
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from gateway.assembly import assemble
from gateway.configuration import understand
from gateway.engine_execution import EngineExecutor
from gateway.operation import Operation
from model.caller import Caller
from resolvers.request import Request
from resolvers.upstreams import Upstreams
from schema.root import schema
from sources.positions import Document
from tests.sources.conftest import listening

EXECUTOR = EngineExecutor(schema, planned_at=1)
STAFF = Caller("tester", staff=True)
Row = dict[str, Any]


@dataclass
class Systems:
    """The systems by name, with their tables; who of them is down or cut short, and how often each was called.

    cut: those whose answers lack a row, by their own `X-Total-Count`; shrinking: those whose tables had a row
    more when they were first called.
    """

    tables: Mapping[str, Mapping[str, list[Row]]]
    down: set[str] = field(default_factory=set)
    cut: set[str] = field(default_factory=set)
    shrinking: set[str] = field(default_factory=set)
    calls: Counter[str] = field(default_factory=Counter)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one call."""
        await self._answer(HttpRequest(scope))(scope, receive, send)

    def _answer(self, request: HttpRequest) -> Response:
        _, system, table = request.url.path.split("/")
        self.calls[system] += 1
        if system in self.down:
            return JSONResponse({}, 503)
        rows = self.tables[system][table]
        asked = dict(request.query_params)
        start, limit = int(asked.pop("offset", 0)), int(asked.pop("limit", 1000))
        if sort := asked.pop("sort", ""):
            rows = sorted(rows, key=lambda row: str(row.get(sort.lstrip("-"))), reverse=sort.startswith("-"))
        for name, wanted in asked.items():
            rows = [row for row in rows if _values(row.get(name)) & set(wanted.split(","))]
        told = len(rows) + (system in self.cut) + (system in self.shrinking and self.calls[system] == 1)
        return JSONResponse(rows[start : start + limit], headers={"X-Total-Count": str(told)})


def _values(value: Any) -> set[str]:
    return {str(one) for one in (value if isinstance(value, list) else [value])}


@dataclass
class Gateway:
    """A gateway that can be asked, and the systems behind it."""

    upstreams: Upstreams
    systems: Systems

    async def ask(self, query: str, *customers: str, **variables: Any) -> dict[str, Any]:
        """The whole answer; for these customers if any are named, for staff otherwise."""
        self.systems.calls.clear()
        caller = Caller("tester", customers=frozenset(customers)) if customers else STAFF
        request = Request(self.upstreams, caller, asyncio.get_running_loop().time() + 10)
        executed = await EXECUTOR(Operation(query=query, variables=variables), request)
        answer: dict[str, Any] = msgspec.json.decode(executed.body)
        return answer

    async def data(self, query: str, *customers: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer that has no errors."""
        answer = await self.ask(query, *customers, **variables)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data


Opening = Callable[..., Any]


@pytest.fixture
async def opening(anyio_backend: str) -> AsyncIterator[Opening]:
    """Open a gateway: `opening(sources, tables, nouns="")`; sources are told without their addresses."""
    async with AsyncExitStack() as stack:

        async def opened(sources: str, tables: Mapping[str, Mapping[str, list[Row]]], nouns: str = "") -> Gateway:
            systems = Systems(tables)
            url = await stack.enter_async_context(listening(systems))
            told = dedent(sources)
            for system in tables:
                told = told.replace(f"\n{system}:", f"\n{system}:\n  url: {url}/{system}\n  join: comma")
            text = f"version: 1\nsources:\n{indent(told, '  ')}\nnouns:\n{indent(dedent(nouns), '  ')}\n"
            upstreams = assemble(understand(Document.parse(text, "trunkline.yaml")))
            stack.push_async_callback(upstreams.aclose)
            return Gateway(upstreams, systems)

        yield opened
