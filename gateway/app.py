"""The ASGI application: its addresses, its layers, and the life of its sources."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route

from gateway.access import AccessLog
from gateway.endpoint import CallerOf, GraphQLEndpoint, refused
from gateway.execution import Executor
from gateway.explorer import BUILT, Explorer
from gateway.headers import SafeHeaders
from gateway.home import HomePage
from gateway.inquiry import Inquiry
from gateway.negotiation import JSON
from gateway.readiness import Readiness
from gateway.refusals import Refusal
from gateway.request_id import RequestId
from gateway.settings import Settings
from gateway.topology import Topology
from resolvers.upstreams import Upstreams
from schema.root import schema


def application(upstreams: Upstreams, settings: Settings, execute: Executor, caller_of: CallerOf) -> Starlette:
    """Put the gateway together; its sources are let go of when it stops."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await upstreams.aclose()

    inquiry = Inquiry(upstreams, settings, execute, caller_of)
    return Starlette(
        routes=[
            Route("/graphql", GraphQLEndpoint(upstreams, settings, execute, caller_of).__call__, methods=["POST"]),
            *Explorer(BUILT).routes,
            *HomePage(inquiry, schema.as_str).routes,
            *Topology(inquiry).routes,
            Route("/healthz", alive, methods=["GET"]),
            Route("/readyz", _readiness(upstreams), methods=["GET"]),
        ],
        middleware=[Middleware(RequestId), Middleware(AccessLog), Middleware(SafeHeaders)],
        exception_handlers={HTTPException: _elsewhere},
        lifespan=lifespan,
    )


def _json(payload: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(payload), status, media_type=JSON)


async def alive(_: HttpRequest) -> Response:
    """Say that the process lives; asks nobody."""
    return _json({"alive": True})


def _readiness(upstreams: Upstreams) -> Callable[[HttpRequest], Awaitable[Response]]:
    readiness = Readiness(upstreams.sources)

    async def ready(_: HttpRequest) -> Response:
        is_ready, sources = await readiness.report()
        return _json({"ready": is_ready, "sources": sources}, 200 if is_ready else 503)

    return ready


_ELSEWHERE = {
    404: ("NOT_FOUND", "There is nothing at this address."),
    405: ("METHOD_NOT_ALLOWED", "This address does not answer this method."),
}


async def _elsewhere(_: HttpRequest, error: Exception) -> Response:
    """Answer where no route does, in the manner of the rest."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for nothing else
    code, message = _ELSEWHERE.get(error.status_code, ("MALFORMED_REQUEST", "The request is malformed."))
    return refused(Refusal(error.status_code, code, message, error.headers))
