"""How requests travel to one source over HTTP: bounded in time and size, to its own origin only."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol
from urllib.parse import urljoin

from model.faults import Malformed, Rejected, TimedOut, Unavailable
from sources.calls import count_call
from sources.clients.http1 import Http1
from sources.passed_on import PassedOn, passed_on
from sources.requests import Request
from sources.targets import after_authority, is_target, target_of
from sources.transport import Response
from sources.trust import NO_TRUST, verification
from sources.urls import origin

_REDIRECTS_AT_MOST = 5
_IDLE_SECONDS = 4.0
"""How long an idle connection is kept: less than the five seconds after which many servers close theirs."""
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_WAY_ON = frozenset({301, 302, 303})
"""Redirects after which anything goes on as a GET."""


class Client(Protocol):
    """What speaks HTTP, and turns what goes wrong on the way into faults."""

    async def exchange(self, request: Request, passed: PassedOn, seconds: float) -> Response:
        """The answer, its last byte included, within so many seconds; redirects are answers.

        request: its target as it is sent. passed: headers, too, which give way to the request's own.
        """
        ...

    async def aclose(self) -> None:
        """Close all connections."""
        ...


class HttpTransport:
    """One source's connections.

    timeout: seconds for a whole exchange, redirects and the last byte of the body included, so that a slow drip
    does not pass. bytes_at_most: of a body, decompressed. concurrency: connections that are kept for what comes next.
    ca: a file of certificates to trust instead of the machine's. counted: whether its requests are among those that a
    question has cost.
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
        self._base = after_authority(self._url)
        self._timeout = timeout
        self._counted = counted
        self._connect = partial(_client, source, url, ca, bytes_at_most, concurrency)
        self._client: Client | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def send(self, request: Request, deadline: float) -> Response:
        """Send it, following redirects within the source's own origin."""
        loop = self._loop
        if loop is None or not loop.is_running():  # to ask which one runs is a system call
            loop = self._loop = asyncio.get_running_loop()
        began, target, left = loop.time(), self._base + request.target, self._timeout
        if deadline - began < left:
            left = deadline - began
        if not is_target(target):
            target = target_of(self._url + request.target)
        sent = Request(request.method, target, request.headers, request.body)
        response = await self._exchange(sent, left)
        if response.status in _REDIRECTS:
            return await self._followed(request, response, began + left, loop.time)
        return response

    async def _followed(
        self, request: Request, response: Response, until: float, clock: Callable[[], float]
    ) -> Response:
        """The answer to which redirects lead."""
        method, url, body = request.method, self._url + request.target, request.body
        for followed in range(_REDIRECTS_AT_MOST + 1):
            url = self._redirected(url, response)
            if followed == _REDIRECTS_AT_MOST:
                break
            if method != "GET" and response.status in _WAY_ON:
                method, body = "GET", None
            sent = Request(method, target_of(url), request.headers, body)
            response = await self._exchange(sent, until - clock())
            if response.status not in _REDIRECTS:
                return response
        raise Malformed(self._source, f"more than {_REDIRECTS_AT_MOST} redirects")

    async def aclose(self) -> None:
        """Close all connections."""
        if self._client is not None:
            await self._client.aclose()

    def _exchange(self, request: Request, left: float) -> Awaitable[Response]:
        if left <= 0:
            raise TimedOut(self._source, "no time left to ask")
        if self._counted:
            count_call(self._source)
        client = self._client or self._first()
        return client.exchange(request, passed_on(), left)

    def _first(self) -> Client:
        """The client, made when it is first needed: certificates that cannot be read now may be there later."""
        try:
            self._client = self._connect()
        except OSError as err:  # ssl.SSLError is one
            raise Unavailable(self._source, NO_TRUST) from err
        return self._client

    def _redirected(self, url: str, response: Response) -> str:
        try:
            to = urljoin(url, response.headers.get("location", ""))
            same = origin(to) == self._origin
        except ValueError:
            same = False
        if not same:
            raise Rejected(self._source, f"status {response.status} leads to another origin")
        return to


def _client(source: str, url: str, ca: str | None, bytes_at_most: int, connections: int) -> Client:
    trust = verification(url, ca) or None
    return Http1(source, url, trust=trust, bytes_at_most=bytes_at_most, connections=connections, idle=_IDLE_SECONDS)
