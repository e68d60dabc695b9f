"""A server that pages, fails and stalls on purpose, and remembers what it was asked."""

import base64
import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import anyio
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

Answering = Callable[[Request, bytes], Response]


@dataclass
class Chaos:
    """An ASGI application that answers as `answer` says; `seen` are the requests it got, as `GET /path?query`."""

    answer: Answering
    seen: list[str] = field(default_factory=list)
    bodies: list[Any] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    hung_up: anyio.Event | None = None
    busy: int = 0
    busiest: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        request = Request(scope, receive)
        body = await request.body()
        query = scope["query_string"].decode()
        self.seen.append(f"{request.method} {scope['raw_path'].decode()}" + (f"?{query}" if query else ""))
        self.headers.append(dict(request.headers))
        self.bodies.append(json.loads(body) if body.startswith((b"{", b"[")) else None)
        self.busy += 1
        self.busiest = max(self.busiest, self.busy)
        try:
            response = self.answer(request, body)
            if isinstance(response, Hanging):
                await response.hang(self, receive, send)
            else:
                await anyio.lowlevel.checkpoint()
                await response(scope, receive, send)
        finally:
            self.busy -= 1


@dataclass
class Hanging(Response):
    """Sends headers and a byte now and then, for ever."""

    drip: float | None = None

    async def hang(self, chaos: Chaos, receive: Receive, send: Send) -> None:
        """Until the other side hangs up."""

        async def drip() -> None:
            await send(
                {"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"application/json")]}
            )
            while True:
                await send({"type": "http.response.body", "body": b" ", "more_body": True})
                await anyio.sleep(self.drip or 0)

        async with anyio.create_task_group() as group:
            if self.drip is not None:
                group.start_soon(drip)
            while (await receive())["type"] != "http.disconnect":
                pass
            group.cancel_scope.cancel()
        if chaos.hung_up is not None:
            chaos.hung_up.set()


def as_json(data: Any, status: int = 200, **headers: str) -> Response:
    """A JSON answer; underscores in header names stand for hyphens."""
    return Response(
        json.dumps(data, ensure_ascii=False).encode(),
        status,
        {name.replace("_", "-"): value for name, value in headers.items()},
        "application/json",
    )


class Held(Response):
    """An answer that comes when `until` is set, if the other side still listens by then."""

    def __init__(self, until: anyio.Event, then: Response) -> None:
        super().__init__()
        self.until = until
        self.then = then

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait, then answer."""
        await self.until.wait()
        await self.then(scope, receive, send)


def in_turn(*responses: Response) -> Answering:
    """One after the other; the last one from then on."""
    left = list(responses)
    return lambda request, body: left.pop(0) if len(left) > 1 else left[0]


def always(response: Response) -> Answering:
    """The same answer to everything."""
    return lambda request, body: response


def table(rows: list[dict[str, Any]], *, most: int = 1000, total: bool = True) -> Answering:
    """Rows filtered by any parameter (repeated or by commas), cut by offset and limit, at `most` so many."""

    def answer(request: Request, body: bytes) -> Response:
        query = request.query_params
        found = rows
        for name in query:
            if name not in {"offset", "limit", "fields", "sort", "page", "cursor"}:
                wanted = {part for value in query.getlist(name) for part in value.split(",")}
                found = [row for row in found if str(row.get(name)) in wanted]
        start, size = int(query.get("offset", 0)), min(most, int(query.get("limit", 1000)))
        shown = found[start : start + size]
        return as_json(shown, x_total_count=str(len(found))) if total else as_json(shown)

    return answer


def basic(user: str, password: str) -> str:
    """The header's value."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def zipped(body: bytes) -> Response:
    """Compressed, whatever the size."""
    return Response(gzip.compress(body), 200, {"content-encoding": "gzip"}, "application/json")
