"""One server on one port, which can be closed and opened again on the same port."""

import logging
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager

import anyio
import uvicorn
from anyio.abc import TaskGroup
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp

from demo.distortion import CutShortError

HOST = "127.0.0.1"


class PortTakenError(OSError):
    """Raised when the port that was asked for is somebody else's."""


class _Server(uvicorn.Server):
    """A server that leaves the signals alone and tells when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listening = anyio.Event()
        self.ended = anyio.Event()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to whoever started the demo."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start listening, and say so."""
        await super().startup(sockets)
        self.listening.set()


class Listener:
    """Listens on a port that it never gives up, so that it can be closed and opened again on the same one."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        if port:
            _check_free(port)
        # A socket that is bound and does not listen keeps the port, while connections to it are refused.
        self._keeper = _bound(port)
        self.port: int = self._keeper.getsockname()[1]
        self._server: _Server | None = None

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{HOST}:{self.port}"

    async def open(self, tasks: TaskGroup) -> None:
        """Listen, as one of the given tasks; return when connections are accepted."""
        if self._server is None:
            self._server = _Server(_config(self._app))
            tasks.start_soon(self._serve, self._server)
            await self._server.listening.wait()

    async def close(self) -> None:
        """Stop listening and drop the connections; return when connections are refused."""
        server, self._server = self._server, None
        if server is not None:
            server.should_exit = True
            await server.ended.wait()

    def reset(self, client: tuple[str, int]) -> None:
        """Reset the connection of a client, as a firewall or a dying process does."""
        connections = self._server.server_state.connections if self._server is not None else set()
        for connection in list(connections):
            if connection.transport.get_extra_info("peername") == client:
                of_it = connection.transport.get_extra_info("socket")
                of_it.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.transport.abort()

    def release(self) -> None:
        """Give up the port."""
        self._keeper.close()

    async def _serve(self, server: _Server) -> None:
        try:
            await server.serve([_bound(self.port)])
        finally:
            server.ended.set()


def _check_free(port: int) -> None:
    """Refuse a port that somebody has, such as a second demo, with which it would otherwise be shared in silence."""
    try:
        _bound(port, shared=False).close()
    except OSError as err:
        raise PortTakenError(f"port {port} is taken; choose another --port-base, or 0 for free ports") from err


def _bound(port: int, shared: bool = True) -> socket.socket:
    # The protocol is named because the event loop switches Nagle off only for sockets that say TCP.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, shared)
    bound.bind((HOST, port))
    return bound


def _config(app: ASGIApp) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=60,
        backlog=512,
    )


def _is_worth_telling(record: logging.LogRecord) -> bool:
    """Keep quiet about the connections that the demo drops on purpose, and about clients that have gone."""
    return not (record.exc_info and isinstance(record.exc_info[1], CutShortError | ClientDisconnect))


logging.getLogger("uvicorn.error").addFilter(_is_worth_telling)
