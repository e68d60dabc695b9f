"""`POST /graphql`: from a request's bytes to an answer's bytes [GraphQL over HTTP]."""

import logging
from collections.abc import Callable, Mapping

import anyio
import msgspec
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from auth.caller import BadCaller
from gateway.execution import Executed, Executor
from gateway.negotiation import GRAPHQL, JSON, answer_type, check_content_type
from gateway.operation import read_operation
from gateway.refusals import Refusal, bad_caller, past_deadline
from gateway.settings import Settings
from gateway.telling import internal_error
from model.caller import Caller
from resolvers.request import Request
from resolvers.upstreams import Upstreams

CallerOf = Callable[[Mapping[str, str]], Caller]
"""Who asks, as the request's headers tell."""

GRACE = 0.5
"""Seconds after a request's deadline in which what is known by then is put together."""

log = logging.getLogger("trunkline.gateway")


class GraphQLEndpoint:
    """Answers GraphQL requests over HTTP."""

    def __init__(self, upstreams: Upstreams, settings: Settings, execute: Executor, caller_of: CallerOf) -> None:
        self._upstreams = upstreams
        self._settings = settings
        self._execute = execute
        self._caller_of = caller_of

    async def __call__(self, http: HttpRequest) -> Response:
        """Answer one request, whatever happens."""
        media = JSON
        try:
            media = answer_type(http.headers.get("accept"))
            return _answer(await self._executed(http), media)
        except Refusal as refusal:
            return refused(refusal, media)
        except Exception:
            log.exception("unforeseen error in a request")
            return Response(msgspec.json.encode({"errors": [internal_error()]}), 500, media_type=media)

    async def _executed(self, http: HttpRequest) -> Executed:
        settings = self._settings
        check_content_type(http.headers.get("content-type"))
        deadline = anyio.current_time() + settings.deadline
        operation = await read_operation(http, at_most=settings.max_body_bytes, within=settings.deadline)
        request = Request(self._upstreams, self._caller(http), deadline)
        try:
            with anyio.fail_after(deadline + GRACE - anyio.current_time()):
                return await self._execute(operation, request)
        except TimeoutError:
            raise past_deadline() from None

    def _caller(self, http: HttpRequest) -> Caller:
        try:
            return self._caller_of(http.headers)
        except BadCaller as error:
            raise bad_caller(str(error)) from None


def _answer(executed: Executed, media: str) -> Response:
    """Put an answer into HTTP: only the newer media type tells a refusal by its status."""
    status = 400 if executed.refused and media == GRAPHQL else 200
    return Response(executed.body, status, media_type=media)


def refused(refusal: Refusal, media: str = JSON) -> Response:
    """Say why a request was not let in."""
    return Response(msgspec.json.encode(refusal.payload()), refusal.status, refusal.headers, media)
