"""The switches: what can be made to go wrong with a system, and the layer around each system that does it.

Slow | Failing | Hanging | Resetting | Truncating | Trickling | Garbage | Unfiltered | Expired | Partial | Down
"""

import zlib
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal
from urllib.parse import parse_qsl, urlencode

import anyio
import msgspec
from starlette.applications import Starlette
from starlette.responses import HTMLResponse, Response
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from demo import distortion
from demo.distortion import CutShortError

_LOGIN_PAGE = "<!DOCTYPE html><html><head><title>登录</title></head><body><form id='login'>用户名</form></body></html>"
_OTHER_DOCUMENT = b'{"weather": {"today": "sunny", "tomorrow": ["rain"]}}'
_ERROR = b'{"code":"60","reason":"Service temporarily unavailable","message":"maintenance","status":"503"}'
_REMEMBERED_CALLS = 100_000
_PAGING = ("offset", "limit", "cursor", "page", "size", "pageSize", "nextToken", "pageNo")
_NO_FILTERS = frozenset((*_PAGING, "fields", "sort", "code", "query", "start", "end", "step", "time"))
"""Parameters that say which page, which form, or which thing by its address."""


class Trouble(msgspec.Struct, frozen=True, tag_field="kind", tag=str.lower, forbid_unknown_fields=True):
    """One kind of trouble; `path` limits it to requests whose path begins so."""

    path: str = "/"


class Slow(Trouble, frozen=True):
    """Answers, but `ms` milliseconds later than usual."""

    ms: Annotated[int, msgspec.Meta(ge=0)] = 1500


class Failing(Trouble, frozen=True):
    """Answers every nth request with an error status; says after how many seconds to come again, if that is told."""

    status: Annotated[int, msgspec.Meta(ge=400, le=599)] = 500
    every: Annotated[int, msgspec.Meta(ge=1)] = 1
    retry_after: Annotated[int, msgspec.Meta(ge=0)] | None = None


class Hanging(Trouble, frozen=True):
    """Takes the request and never answers."""


class Resetting(Trouble, frozen=True):
    """Takes the request and resets the connection [RFC 9293, 3.10.7.4]."""


class Truncating(Trouble, frozen=True):
    """Gives half a body: cuts the connection in its middle, stalls there, or pretends that the half is all.

    rows: half the rows of a list in JSON, which is sound then, but for its total.
    """

    how: Literal["cut", "stall", "broken-json", "rows"] = "cut"


class Trickling(Trouble, frozen=True):
    """Answers a byte every `ms` milliseconds."""

    ms: Annotated[int, msgspec.Meta(ge=1)] = 100


class Garbage(Trouble, frozen=True):
    """Answers 200 with a login page, bytes that mean nothing, a sound document of another shape, or nothing at all.

    error: with an error of its own. gzip: with a document that says it is compressed, and is not.
    """

    how: Literal["html", "bytes", "shape", "nothing", "error", "gzip"] = "html"


class Unfiltered(Trouble, frozen=True):
    """Answers 200 with everything, whichever it was asked for; where filters are parameters, and of work orders."""


class Expired(Trouble, frozen=True):
    """Forgets, once, who has signed in; only where there are sessions, and each system shows it in its own way."""


class Partial(Trouble, frozen=True):
    """Answers, but every `every`th thing only in part; only where an answer can say so."""

    every: Annotated[int, msgspec.Meta(ge=1)] = 2


class Down(msgspec.Struct, frozen=True, tag_field="kind", tag="down", forbid_unknown_fields=True):
    """Does not listen: the connection is refused."""


AnyTrouble = (
    Slow | Failing | Hanging | Resetting | Truncating | Trickling | Garbage | Unfiltered | Expired | Partial | Down
)
KINDS = (
    "slow",
    "failing",
    "hanging",
    "resetting",
    "truncating",
    "trickling",
    "garbage",
    "unfiltered",
    "expired",
    "partial",
    "down",
)


@dataclass(frozen=True, slots=True)
class Call:
    """One request that a system got."""

    method: str
    path: str
    query: str


class Counted:
    """The calls that a system got since the last reset: how many by route, and the latest of them in full."""

    def __init__(self, app: Starlette) -> None:
        self._routes = app.routes
        self.reset()

    def reset(self) -> None:
        """Forget all calls."""
        self.total = 0
        self.by_route: Counter[str] = Counter()
        self.calls: deque[Call] = deque(maxlen=_REMEMBERED_CALLS)

    def note(self, scope: Scope) -> None:
        """Write down one request."""
        self.total += 1
        self.by_route[self._route(scope)] += 1
        self.calls.append(Call(scope["method"], scope["path"], scope["query_string"].decode("latin-1")))

    def _route(self, scope: Scope) -> str:
        for route in self._routes:
            if route.matches(scope)[0] is not Match.NONE:
                return str(getattr(route, "path", scope["path"]))
        return "unknown"


class Troubled:
    """The layer around a system: counts its calls, adds its latency, and whatever trouble is switched on."""

    def __init__(self, app: Starlette, latency: tuple[int, int]) -> None:
        self._app: ASGIApp = app
        self.reset: Callable[[tuple[str, int]], None] = lambda _: None
        """Resets the connection of a client; whoever listens knows how."""
        self._latency = latency
        self._failures = 0
        self.counted = Counted(app)
        self.trouble: AnyTrouble | None = None
        self.closing = anyio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or do what the trouble of the moment does instead."""
        self.counted.note(scope)
        await self._pause(self._usual_ms(scope))
        match self._trouble_of(scope):
            case Slow(ms=ms):
                await self._pause(ms)
                await self._app(scope, receive, send)
            case Failing() as failing if self._fails():
                await _failed(failing)(scope, receive, send)
            case Hanging():
                await self._hang(receive)
            case Resetting():
                self.reset(scope["client"])
                await _gone(receive)
            case Truncating(how=how):
                await self._app(scope, receive, self._truncated(how, receive, send))
            case Trickling(ms=ms):
                await self._app(scope, receive, distortion.Trickling(send, self._pause, ms))
            case Garbage(how=how):
                await _garbage(how)(scope, receive, send)
            case Unfiltered() as trouble:
                await self._app({**scope, "trouble": trouble, "query_string": _unfiltered(scope)}, receive, send)
            case trouble:
                # what is left to do, if anything, only the system itself knows how
                await self._app({**scope, "trouble": trouble}, receive, send)

    def _truncated(self, how: str, receive: Receive, send: Send) -> Send:
        if how == "rows":
            return distortion.Fewer(send)
        stall = partial(self._hang, receive) if how == "stall" else None
        return distortion.Halving(send, keep_length=how != "broken-json", stall=stall)

    def _usual_ms(self, scope: Scope) -> int:
        """Work out a latency that is always the same for the same request."""
        least, most = self._latency
        request = scope["path"].encode() + b"?" + scope["query_string"]
        return least + zlib.crc32(request) % (most - least + 1)

    def _trouble_of(self, scope: Scope) -> AnyTrouble | None:
        trouble = self.trouble
        if isinstance(trouble, Trouble) and not scope["path"].startswith(trouble.path):
            return None
        return trouble

    def _fails(self) -> bool:
        self._failures += 1
        return isinstance(self.trouble, Failing) and self._failures % self.trouble.every == 0

    async def _pause(self, ms: int) -> None:
        if ms:
            with anyio.move_on_after(ms / 1000):
                await self.closing.wait()

    async def _hang(self, receive: Receive) -> None:
        """Keep the request until the client leaves or the system closes."""
        async with anyio.create_task_group() as waiting:

            async def client_leaves() -> None:
                await _gone(receive)
                waiting.cancel_scope.cancel()

            waiting.start_soon(client_leaves)
            await self.closing.wait()
            waiting.cancel_scope.cancel()
        if self.closing.is_set():
            raise CutShortError


async def _gone(receive: Receive) -> None:
    """Wait for the client to be gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


def _failed(failing: Failing) -> Response:
    body = b'{"code":"%d","reason":"Internal error","@type":"Error"}' % failing.status
    later = {} if failing.retry_after is None else {"Retry-After": str(failing.retry_after)}
    return Response(body, failing.status, later, media_type="application/json")


def _garbage(how: str) -> Response:
    if how == "html":
        return HTMLResponse(_LOGIN_PAGE)
    body = {"bytes": bytes(range(256)) * 4, "nothing": b"", "error": _ERROR}.get(how, _OTHER_DOCUMENT)
    return Response(body, 200, {"Content-Encoding": "gzip"} if how == "gzip" else {}, "application/json")


def _unfiltered(scope: Scope) -> bytes:
    asked = parse_qsl(scope["query_string"].decode("latin-1"))
    return urlencode([(name, value) for name, value in asked if name in _NO_FILTERS]).encode()
