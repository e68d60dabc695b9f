"""`/metrics`: figures for Prometheus, made when they are asked for and not before.

They tell which systems an operator has and how these do: they are not for everybody. They are found on an address of
their own (`gateway: {metrics: {listen: ...}}`), or on the gateway's, for who shows a token.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, nullcontext
from socket import socket

import anyio
import anyio.to_thread
import uvicorn
from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import Metric
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from gateway.bearer import shows
from gateway.refusals import not_known
from gateway.reply import refused
from gateway.server import listen
from gateway.telemetry.lag import Lag
from gateway.telemetry.section import MetricsSection

ADDRESS = "/metrics"

Figures = Callable[[], Iterable[Metric]]
"""The figures as they are now."""


class Metrics:
    """Answers who asks for figures. listening: at their own address, where that has been taken already."""

    def __init__(self, section: MetricsSection, lag: Lag, figures: Figures, listening: socket | None = None) -> None:
        self._section = section
        self._listening = listening
        self._lag = lag
        self._figures = figures
        self._process = CollectorRegistry()
        ProcessCollector(registry=self._process)
        GCCollector(registry=self._process)

    @property
    def routes(self) -> list[Route]:
        """Where they are found on the gateway's own address, if there."""
        return [Route(ADDRESS, self._with_token, methods=["GET"])] if self._section.token is not None else []

    @asynccontextmanager
    async def living(self) -> AsyncIterator[None]:
        """Watch, and answer on an address of their own if they have one, for as long as the block lasts."""
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(self._lag.watch)
            address = self._section.address
            async with self._answering(*address) if address is not None else nullcontext():
                yield
            tasks.cancel_scope.cancel()

    @asynccontextmanager
    async def _answering(self, host: str, port: int) -> AsyncIterator[None]:
        app = Starlette(routes=[Route(ADDRESS, self.scrape, methods=["GET"])])
        server = _Beside(
            uvicorn.Config(
                app, log_config=None, access_log=False, server_header=False, lifespan="off", timeout_graceful_shutdown=1
            )
        )
        with self._listening or listen(host, port) as listening:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(server.serve, [listening])
                try:
                    yield
                finally:
                    server.should_exit = True

    async def scrape(self, http: HttpRequest) -> Response:
        """All figures, in the form that is asked for. They are read in one go, and written beside the event loop."""
        encode, media = choose_encoder(http.headers.get("accept", ""))
        read = _Read([*self._figures(), *self._process.collect()])
        return Response(await anyio.to_thread.run_sync(encode, read), headers={"content-type": media})

    async def _with_token(self, http: HttpRequest) -> Response:
        if not shows(http.headers, self._section.token):
            return refused(not_known("This address")).response()
        return await self.scrape(http)


class _Read:
    """Figures that have been read."""

    def __init__(self, families: list[Metric]) -> None:
        self._families = families

    def collect(self) -> list[Metric]:
        return self._families


class _Beside(uvicorn.Server):
    """A server beside another, which is the one that hears signals."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
