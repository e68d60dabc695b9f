"""The ASGI application: its addresses, its layers, and the life of its sources."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from socket import socket
from typing import TYPE_CHECKING

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from gateway.endpoint import CallerOf, GraphQLEndpoint
from gateway.entrance import Admission, Entrance
from gateway.explorer import BUILT, Explorer, is_for_people
from gateway.front import GRAPHQL, Front
from gateway.generations import Generations
from gateway.headers import safe_headers
from gateway.home import HomePage
from gateway.hooks import Hooks
from gateway.hosts import names_for
from gateway.inquiry import Inquiry
from gateway.negotiation import JSON
from gateway.origins import PREFLIGHTED
from gateway.readiness import Readiness
from gateway.refusals import Refusal
from gateway.reloading import Reloading
from gateway.reply import refused
from gateway.settings import Settings
from gateway.standing import Standing
from gateway.telemetry.watch import Watch
from gateway.topology import Topology
from schema.root import schema

if TYPE_CHECKING:
    from gateway.telemetry.metrics import Figures, Metrics


def application(
    generations: Generations,
    settings: Settings,
    caller_of: CallerOf,
    entrance: Entrance | None = None,
    reloading: Reloading | None = None,
    watch: Watch | None = None,
    figures_at: socket | None = None,
) -> Starlette:
    """Put the gateway together; its sources are let go of when it stops.

    reloading: what brings new ones. watch: what has been told to note what becomes of operations. figures_at: where
    `/metrics` listens.
    """

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        app.state.standing = standing
        async with (
            entrance.open() if entrance else nullcontext(),
            generations.living(),
            reloading.watching() if reloading else nullcontext(),
            metrics.living() if metrics else nullcontext(),
        ):
            try:
                yield
            finally:
                await graphql.rates.aclose()
                await noted.aclose()

    standing = Standing(reloading)
    explorer, graphql = Explorer(BUILT), GraphQLEndpoint(generations, settings, caller_of)
    noted = watch or Watch()
    metrics = _metrics(settings, noted, lambda: noted.figures(generations, graphql.refusals, reloading), figures_at)

    async def at_graphql(http: HttpRequest) -> Response:
        for_people = settings.explorer and http.method != "POST" and is_for_people(http)
        return await (explorer.page(http) if for_people else graphql(http))

    inquiry = Inquiry(generations, settings, caller_of)
    return Front(
        graphql,
        entrance,
        names=names_for(settings.host, settings.allowed_hosts),
        safe=safe_headers(settings.hsts),
        cross_origin=bool(settings.cors_origins),
        routes=[
            Route(GRAPHQL, at_graphql, methods=["GET", "POST"]),
            *(explorer.routes if settings.explorer else ()),
            *HomePage(inquiry, schema.as_str).routes,
            *Topology(inquiry).routes,
            *Hooks(generations.now.upstreams.controls, settings.hook_secret).routes,
            *(metrics.routes if metrics else ()),
            Route("/healthz", alive, methods=["GET"]),
            Route("/readyz", _readiness(generations, standing), methods=["GET"]),
            *(entrance.routes if entrance else ()),
        ],
        middleware=[
            *_cross_origin(settings),
            *([Middleware(Admission, entrance=entrance)] if entrance else ()),
        ],
        exception_handlers={HTTPException: _elsewhere},
        lifespan=lifespan,
    )


def _metrics(settings: Settings, noted: Watch, figures: "Figures", at: socket | None) -> "Metrics | None":
    if settings.metrics is None:
        return None
    from gateway.telemetry.metrics import Metrics

    return Metrics(settings.metrics, noted.lag, figures, at)


def _cross_origin(settings: Settings) -> list[Middleware]:
    """Pages of the origins that are named may ask, with tokens; cookies are for the gateway's own pages."""
    if not settings.cors_origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST"],
            allow_headers=["content-type", "x-request-id", *PREFLIGHTED],
            expose_headers=["etag", "ratelimit", "ratelimit-policy", "retry-after", "x-request-id"],
            max_age=600,
        )
    ]


def _json(payload: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(payload), status, media_type=JSON)


async def alive(_: HttpRequest) -> Response:
    """Say that the process lives; asks nobody."""
    return _json({"alive": True})


def _readiness(generations: Generations, standing: Standing) -> Callable[[HttpRequest], Awaitable[Response]]:
    readiness = Readiness(lambda: generations.now.upstreams.sources)

    async def ready(_: HttpRequest) -> Response:
        if standing.leaving:
            return _json({"ready": False, **standing.told()}, 503)
        is_ready, sources = await readiness.report()
        return _json({"ready": is_ready, "sources": sources, **standing.told()}, 200 if is_ready else 503)

    return ready


_ELSEWHERE = {
    404: ("NOT_FOUND", "There is nothing at this address."),
    405: ("METHOD_NOT_ALLOWED", "This address does not answer this method."),
}


async def _elsewhere(_: HttpRequest, error: Exception) -> Response:
    """Answer where no route does, in the manner of the rest."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
    code, message = _ELSEWHERE.get(error.status_code, ("MALFORMED_REQUEST", "The request is malformed."))
    return refused(Refusal(error.status_code, code, message, error.headers)).response()
