"""How bytes travel to an upstream and back: bounded in time and size, to its own origin only.

Nothing but this file knows which HTTP client does it. What goes wrong on the way is translated here, once.
"""

import logging
import ssl
import zlib
from collections.abc import AsyncIterator, Mapping
from functools import cache
from http.cookiejar import DefaultCookiePolicy
from typing import Protocol
from urllib.parse import urljoin

import anyio
import httpx
from msgspec import Struct

from model.faults import Malformed, Refused, Rejected, SourceFault, TimedOut, Unavailable
from sources.calls import count_call
from sources.requests import Request
from sources.urls import origin

_REDIRECTS_AT_MOST = 5
_IDLE_SECONDS = 4.0
"""How long an idle connection is kept: less than the five seconds after which many servers close theirs."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_WAY_ON = {301: "GET", 302: "GET", 303: "GET"}


logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log every URL, keys of customers and all


class Response(Struct, frozen=True):
    """What came back: the whole body, decompressed; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport(Protocol):
    """Carries one request to a source."""

    async def send(self, request: Request, deadline: float) -> Response:
        """Answer before `deadline`, a time of the event loop's clock, or raise a SourceFault."""
        ...

    async def aclose(self) -> None:
        """Let go of connections."""
        ...


class HttpTransport:
    """One source's connections.

    timeout: seconds for a whole exchange, redirects and the last byte of the body included, so that a slow drip
    does not pass. bytes_at_most: of a body, decompressed. concurrency: connections at a time. counted: whether its
    requests are among those that a question has cost.
    """

    def __init__(
        self,
        source: str,
        url: str,
        *,
        timeout: float,
        bytes_at_most: int,
        concurrency: int = 8,
        ca: str | None = None,
        counted: bool = True,
    ) -> None:
        self._source = source
        self._url = url.rstrip("/")
        self._origin = origin(url)
        self._timeout = timeout
        self._counted = counted
        self._bytes_at_most = bytes_at_most
        self._client = httpx.AsyncClient(
            verify=verification(url, ca),
            timeout=None,  # noqa: S113 - the deadline of the whole exchange is stricter
            limits=httpx.Limits(
                max_connections=concurrency, max_keepalive_connections=concurrency, keepalive_expiry=_IDLE_SECONDS
            ),
            headers={"accept-encoding": "gzip", "user-agent": "trunkline"},
            trust_env=False,
        )
        self._client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    async def send(self, request: Request, deadline: float) -> Response:
        """Send it, following redirects within the source's own origin."""
        left = min(self._timeout, deadline - anyio.current_time())
        if left <= 0:
            raise TimedOut(self._source, "no time left to ask")
        try:
            with anyio.fail_after(left):
                return await self._follow(request)
        except TimeoutError as err:
            raise TimedOut(self._source, f"no whole answer within {left:.3f} s") from err
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, UnicodeError) as err:
            raise fault_of(self._source, err) from err

    async def aclose(self) -> None:
        """Close all connections."""
        await self._client.aclose()

    async def _follow(self, request: Request) -> Response:
        url, method, body = self._url + request.target, request.method, request.body
        for _ in range(_REDIRECTS_AT_MOST + 1):
            response = await self._exchange(method, url, request.headers, body)
            if response.status not in _REDIRECTS:
                return response
            url = self._redirected(url, response)
            if method != "GET" and response.status in _WAY_ON:
                method, body = "GET", None
        raise Malformed(self._source, f"more than {_REDIRECTS_AT_MOST} redirects")

    def _redirected(self, url: str, response: Response) -> str:
        to = urljoin(url, response.headers.get("location", ""))
        try:
            same = origin(to) == self._origin
        except ValueError:
            same = False
        if not same:
            raise Rejected(self._source, f"status {response.status} leads to another origin")
        return to

    async def _exchange(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Response:
        if self._counted:
            count_call(self._source)
        async with self._client.stream(method, url, headers=headers, content=body) as response:
            coding = response.headers.get("content-encoding", "identity").strip().lower()
            chunks = response.aiter_raw()
            content = await self._read(chunks if coding in {"", "identity"} else self._inflated(chunks, coding))
            return Response(response.status_code, dict(response.headers.items()), content)

    async def _read(self, chunks: AsyncIterator[bytes]) -> bytes:
        parts: list[bytes] = []
        size = 0
        async for chunk in chunks:
            size += len(chunk)
            if size > self._bytes_at_most:
                raise Malformed(self._source, f"a body of more than {self._bytes_at_most} bytes")
            parts.append(chunk)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    async def _inflated(self, chunks: AsyncIterator[bytes], coding: str) -> AsyncIterator[bytes]:
        """Decompress in steps no larger than the bound, so that a bomb never unfolds."""
        if coding not in {"gzip", "x-gzip", "deflate"}:
            raise Malformed(self._source, f"content encoding {coding[:20]!r}, which was not asked for")
        inflate = zlib.decompressobj(zlib.MAX_WBITS | 32)
        try:
            async for chunk in chunks:
                rest = chunk
                while rest and not inflate.eof:
                    yield inflate.decompress(rest, self._bytes_at_most + 1)
                    rest = inflate.unconsumed_tail
        except zlib.error as err:
            raise Malformed(self._source, "a body that does not decompress") from err
        if not inflate.eof:
            raise Malformed(self._source, "a compressed body that ends early")


def fault_of(source: str, err: Exception) -> SourceFault:
    """The fault that an exception of the HTTP client stands for; its text may hold URLs and stays out."""
    kind = type(err).__name__
    match err:
        case httpx.TimeoutException():
            return TimedOut(source, kind)
        case httpx.ConnectError():
            return Refused(source, kind)
        case httpx.UnsupportedProtocol() | httpx.InvalidURL() | httpx.LocalProtocolError() | UnicodeError():
            return Rejected(source, f"a request that cannot be sent ({kind})")
        case httpx.DecodingError():
            return Malformed(source, kind)
        case _:
            return Unavailable(source, kind)


def verification(url: str, ca: str | None) -> ssl.SSLContext | bool:
    """What a client needs to verify the other side; nothing where there is no TLS."""
    return _trust(ca) if origin(url)[0] == "https" else False


@cache
def _trust(ca: str | None) -> ssl.SSLContext:
    """Certificates to trust: the machine's, or those in a file; made once, for it takes milliseconds."""
    return ssl.create_default_context(cafile=ca)
