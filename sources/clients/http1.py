"""HTTP/1.1 on connections of the event loop: what every request to a source goes out by (docs/decisions/0024)."""

import asyncio
import ssl

from aiohappyeyeballs import start_connection

from model.faults import Refused, TimedOut, Unavailable
from sources.clients.connection import Connection, HungUp
from sources.clients.request_heads import Writer
from sources.passed_on import PassedOn
from sources.requests import Request
from sources.transport import Response
from sources.urls import origin
from sources.watch import Watch

_REPEATABLE = frozenset({"GET", "HEAD"})
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
        self._writer = Writer(source, f"{shown}{port}")
        self._kept: list[Connection] = []
        self._watch: Watch | None = None
        self._closed = False

    async def exchange(self, request: Request, passed: PassedOn, seconds: float) -> Response:
        """The answer, its last byte included, within so many seconds.

        A server may close a connection that has been idle while a request is on its way there; what can be repeated
        is sent once more then, on a new one.
        """
        if self._closed:
            raise Unavailable(self._source, "its connections are closed")
        watch = self._watch
        if watch is None or not watch.loop.is_running():
            watch = self._begun(asyncio.get_running_loop())
        loop, method, again = watch.loop, request.method, False
        now = loop.time()
        until, said = now + seconds, self._writer.written(request, passed)
        connection = self._rested(now)
        while True:
            if connection is None:
                connection = await self._connected(watch, until, seconds)
            answer = connection.ask(said, loop, bodiless=method == "HEAD", until=until, seconds=seconds)
            if until < watch.rings_at:
                watch.begin(connection)
            try:
                return await answer
            except HungUp as err:
                if again or method not in _REPEATABLE:
                    raise Unavailable(self._source, "the connection was lost") from err
            finally:
                self._keep(connection, watch)
            connection, again = None, True

    async def aclose(self) -> None:
        """Close all connections that are idle; those at work close when they are done."""
        self._closed = True
        kept, self._kept = self._kept, []
        for connection in kept:
            connection.close()
        await asyncio.sleep(0)  # in which they do

    def _begun(self, loop: asyncio.AbstractEventLoop) -> Watch:
        """A watch on the loop that runs; on connections of one that has ended nobody can be asked any more."""
        self._watch, self._kept = Watch(loop), []
        return self._watch

    def _rested(self, now: float) -> Connection | None:
        """The connection that has been idle for the shortest time."""
        kept = self._kept
        while kept:
            connection = kept.pop()
            if connection.fit:
                if now <= connection.until:
                    return connection
                connection.close()
        return None

    def _keep(self, connection: Connection, watch: Watch) -> None:
        """Keep it for what comes next, as long as one may be idle."""
        if not connection.fit or self._closed or len(self._kept) >= self._connections:
            watch.leave(connection)
            connection.close()
            return
        until = connection.until = watch.loop.time() + self._idle
        if until < watch.rings_at:
            watch.begin(connection)
        self._kept.append(connection)

    async def _connected(self, watch: Watch, until: float, seconds: float) -> Connection:
        """A new connection, which is looked after until it is given up."""
        try:
            async with asyncio.timeout_at(until):
                connection = await self._connect()
        except TimeoutError as err:
            raise TimedOut(self._source, f"no connection within {seconds:.3f} s") from err
        except (OSError, UnicodeError) as err:  # ssl.SSLError and socket.gaierror are; a host may be no name
            raise Refused(self._source, type(err).__name__) from err
        connection.until = until
        watch.begin(connection)
        return connection

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
