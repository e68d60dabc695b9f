"""HTTP/1.1 on connections of the event loop: what every request to a source goes out by (docs/decisions/0024)."""

import asyncio
import ssl
from collections.abc import Mapping
from urllib.parse import quote, urlsplit

from aiohappyeyeballs import start_connection

from model.faults import Refused, Rejected, TimedOut, Unavailable
from sources.clients.connection import Connection, HungUp
from sources.transport import Response
from sources.urls import origin
from sources.watch import Watch

_REPEATABLE = frozenset({"GET", "HEAD"})
_SAFE = "%/:=&?~+!$,;'@()*[]"
"""What a target may hold besides letters and digits [RFC 3986, 2], and what is written in the wild."""
_ATTEMPT_SECONDS = 0.25
"""How long an address has for itself before the next one is tried beside it [RFC 8305, 5]."""
_DEFAULT_PORTS = {"http": 80, "https": 443}


class Http1:
    """Connections to the origin of `url`; idle ones are kept for `idle` seconds, at most `connections` of them.

    It follows nothing, keeps no cookies and reads no proxies from the environment. Header names are written in title
    case. How many are asked at the same time is for those who ask to bound.
    """

    def __init__(
        self,
        source: str,
        url: str,
        *,
        trust: ssl.SSLContext | None,
        bytes_at_most: int,
        connections: int,
        idle: float,
    ) -> None:
        self._source = source
        self._trust = trust
        self._bytes_at_most = bytes_at_most
        self._connections = connections
        self._idle = idle
        scheme, self._host, self._port = origin(url)
        shown = self._host if self._host.isascii() else self._host.encode("idna").decode()
        shown = f"[{shown}]" if ":" in shown else shown
        port = "" if self._port == _DEFAULT_PORTS[scheme] else f":{self._port}"
        self._prefix = f"{scheme}://{urlsplit(url).netloc}/"
        self._always = {"host": f"{shown}{port}", "accept-encoding": "gzip", "user-agent": "trunkline"}
        self._kept: list[tuple[Connection, float]] = []
        self._sweep: asyncio.TimerHandle | None = None
        self._watch: Watch | None = None
        self._closed = False

    async def exchange(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None, seconds: float
    ) -> Response:
        """The answer, its last byte included, within so many seconds.

        A server may close a connection that has been idle while a request is on its way there; what can be repeated
        is sent once more then, on a new one.
        """
        if self._closed:
            raise Unavailable(self._source, "its connections are closed")
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        said, bodiless = self._written(method, url, headers, body), method == "HEAD"
        try:
            return await self._once(loop, self._rested(loop), said, bodiless, until, seconds)
        except HungUp as err:
            if method not in _REPEATABLE:
                raise Unavailable(self._source, "the connection was lost") from err
        try:
            return await self._once(loop, None, said, bodiless, until, seconds)
        except HungUp as err:
            raise Unavailable(self._source, "the connection was lost") from err

    async def aclose(self) -> None:
        """Close all connections that are idle; those at work close when they are done."""
        self._closed = True
        if self._sweep is not None:
            self._sweep.cancel()
        kept, self._kept = self._kept, []
        for connection, _ in kept:
            connection.close()
        await asyncio.sleep(0)  # in which they do

    async def _once(
        self,
        loop: asyncio.AbstractEventLoop,
        connection: Connection | None,
        said: bytes,
        bodiless: bool,
        until: float,
        seconds: float,
    ) -> Response:
        if connection is None:
            connection = await self._connected(until, seconds)
        watch, connection.until = self._watch, until
        if watch is None or watch.loop is not loop:
            watch = self._watch = Watch(loop)
        watch.begin(connection)
        try:
            return await connection.ask(said, bodiless=bodiless, seconds=seconds)
        finally:
            watch.leave(connection)
            self._keep(loop, connection)

    def _rested(self, loop: asyncio.AbstractEventLoop) -> Connection | None:
        """The connection that has been idle for the shortest time."""
        kept = self._kept
        while kept:
            connection, since = kept.pop()
            if connection.fit:
                if loop.time() - since <= self._idle:
                    return connection
                connection.close()
        return None

    def _keep(self, loop: asyncio.AbstractEventLoop, connection: Connection) -> None:
        if not connection.fit or self._closed or len(self._kept) >= self._connections:
            connection.close()
            return
        self._kept.append((connection, loop.time()))
        if self._sweep is None:
            self._sweep = loop.call_later(self._idle, self._swept, loop)

    def _swept(self, loop: asyncio.AbstractEventLoop) -> None:
        """Close what has been idle for too long; look again as long as there are others."""
        oldest = loop.time() - self._idle
        for connection, since in self._kept:
            if since <= oldest:
                connection.close()
        self._kept = [pair for pair in self._kept if pair[0].fit]
        self._sweep = loop.call_later(self._idle, self._swept, loop) if self._kept else None

    async def _connected(self, until: float, seconds: float) -> Connection:
        try:
            async with asyncio.timeout_at(until):
                return await self._connect()
        except TimeoutError as err:
            raise TimedOut(self._source, f"no connection within {seconds:.3f} s") from err
        except (OSError, UnicodeError) as err:  # ssl.SSLError and socket.gaierror are; a host may be no name
            raise Refused(self._source, type(err).__name__) from err

    async def _connect(self) -> Connection:
        """Connect to whichever of the host's addresses answers first [RFC 8305]."""
        loop = asyncio.get_running_loop()
        addresses = await loop.getaddrinfo(self._host, self._port, type=1, proto=6)
        socket = await start_connection(addresses, happy_eyeballs_delay=_ATTEMPT_SECONDS)
        try:
            _, connection = await loop.create_connection(
                lambda: Connection(self._source, self._bytes_at_most),
                sock=socket,
                ssl=self._trust,
                server_hostname=self._host if self._trust else None,
            )
        except BaseException:
            socket.close()
            raise
        return connection

    def _written(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> bytes:
        """A request as it is sent; Rejected for one that would not be read as it is meant [RFC 9112, 11.1]."""
        every = {**self._always, **headers}
        lines = [f"{method} {self._target(url)} HTTP/1.1", *[_titles[name] + value for name, value in every.items()]]
        if body is not None or method == "POST":
            lines.append(f"Content-Length: {len(body or b'')}")
        head = "\r\n".join(lines)
        ends = len(lines) - 1
        if head.count("\n") != ends or head.count("\r") != ends or "\0" in head or not head.isascii():
            raise Rejected(self._source, "a request that cannot be sent (what is no header)")
        return f"{head}\r\n\r\n".encode("ascii") + (body or b"")

    def _target(self, url: str) -> str:
        """The target of a request to a URL, in its origin form."""
        if url.startswith(self._prefix):
            target = url[len(self._prefix) - 1 :]
        else:  # as redirects write it, or without a path
            parts = urlsplit(url)
            target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        if "#" in target or " " in target or not target.isascii() or not target.isprintable():
            return quote(target.partition("#")[0], safe=_SAFE)
        return target


class _Titles(dict[str, str]):
    """Headers' names as they are written: in title case, which old servers want. So many are remembered."""

    def __missing__(self, name: str) -> str:
        title = f"{name.title()}: "
        if len(self) < _TITLES_AT_MOST:
            self[name] = title
        return title


_TITLES_AT_MOST = 256
_titles = _Titles()
