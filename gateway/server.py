"""Serving: a socket that is ours before anything starts, and an end that comes when it is asked for."""

import asyncio
import errno
import gc
import signal
import socket
from collections.abc import Callable
from math import ceil
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from gateway.front import Front
from gateway.punctual import punctual
from gateway.settings import Settings


class CannotListen(Exception):  # noqa: N818 - said to whoever started it, in these words
    """The address cannot be listened on."""


def listen(host: str, port: int) -> socket.socket:
    """Take the address; CannotListen says why it cannot be had."""
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        return socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as error:
        raise CannotListen(_why(error, host, port)) from error


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is taken: choose another by --port (0 takes any free one)"
    return f"cannot listen on {host}:{port}: {error.strerror or error}"


def url_of(listening: socket.socket) -> str:
    """Write the address that browsers and programs use."""
    host, port = listening.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - compared, not bound
    return f"http://{shown}:{port}"


class Server(uvicorn.Server):
    """Uvicorn, saying when it answers."""

    def __init__(
        self,
        config: uvicorn.Config,
        ready: Callable[[], None],
        linger: float = 0.0,
        leaving: Callable[[], None] = lambda: None,
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._linger = linger
        self._leaving = leaving
        self._lingers = False

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            self._loop = asyncio.get_running_loop()
            self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Say that it leaves, and go on for as long as it takes others to hear that; a second signal ends it now."""
        if self._linger <= 0 or self._lingers or not self.started:
            super().handle_exit(sig, frame)
            return
        self._lingers = True
        self._leaving()
        self._loop.call_soon_threadsafe(self._loop.call_later, self._linger, super().handle_exit, sig, frame)


def how(app: Starlette, settings: Settings) -> uvicorn.Config:
    """Run the app with a log of our own, and without telling what runs it."""
    return uvicorn.Config(
        app,
        loop="uvloop",
        http=punctual(settings.head_timeout, settings.max_head_bytes, app if isinstance(app, Front) else None),
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,  # the front does that, where it matters
        server_header=False,
        timeout_graceful_shutdown=ceil(settings.drain),
    )


def serve(app: Starlette, listening: socket.socket, settings: Settings, ready: Callable[[], None]) -> None:
    """Answer requests until SIGINT or SIGTERM; `ready` is called once the first request would be answered."""
    # Uvicorn raises the signal again once it has stopped; a SIGTERM then ends as calmly as a Ctrl-C.
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        gc.collect()
        gc.freeze()  # what there is now stays: looking through it takes a tenth of a second, again and again
        gc.set_threshold(50_000)  # and requests leave nothing for it to find
        Server(how(app, settings), ready, settings.linger, lambda: app.state.standing.leave()).run(sockets=[listening])
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, before)


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
