"""`/graphql`: from a request's bytes to an answer's bytes [GraphQL over HTTP]."""

import logging
from collections.abc import Callable, Mapping

import anyio
import msgspec
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response

from auth.caller import BadCaller
from gateway.at_once import AtOnce
from gateway.departure import Departure
from gateway.etag import is_known, tag_of
from gateway.execution import Executed, Executor
from gateway.negotiation import GRAPHQL, JSON, answer_type, check_content_type
from gateway.operation import Operation, read_from_address, read_operation
from gateway.origins import check_origin
from gateway.patience import Patience
from gateway.rates import RateLimits
from gateway.refusals import Refusal, bad_caller, departed, past_deadline
from gateway.settings import Settings
from gateway.telling import internal_error
from model.caller import Caller
from resolvers.request import Request
from resolvers.upstreams import Upstreams

CallerOf = Callable[[Mapping[str, str]], Caller]
"""Who asks, as the request's headers tell."""

GRACE = 0.5
"""Seconds after a request's deadline in which what is known by then is put together."""

KEPT = {
    "cache-control": "private, no-cache",  # a phone keeps it, and asks each time whether it still holds
    "vary": "Accept, Authorization, Cookie, X-Trunkline-Customer",
}

log = logging.getLogger("trunkline.gateway")


class GraphQLEndpoint:
    """Answers GraphQL requests over HTTP."""

    def __init__(self, upstreams: Upstreams, settings: Settings, execute: Executor, caller_of: CallerOf) -> None:
        self._upstreams = upstreams
        self._settings = settings
        self._execute = execute
        self._caller_of = caller_of
        self._origins = frozenset(settings.cors_origins)
        self.rates = RateLimits(settings.rates)
        self._at_once = AtOnce(settings.rates.at_once)
        self._patience = Patience(settings)

    async def __call__(self, http: HttpRequest) -> Response:
        """Answer one request, whatever happens."""
        media = JSON
        left: Mapping[str, str] = {}
        try:
            media = answer_type(http.headers.get("accept"))
            caller = self._let_in(http)
            left = await self.rates.admit(caller)
            response = _answer(http, await self._executed(http, caller), media)
        except Refusal as refusal:
            response = refused(refusal, media)
        except Exception:
            log.exception("unforeseen error in a request")
            response = Response(msgspec.json.encode({"errors": [internal_error()]}), 500, media_type=media)
        response.headers.update(left)
        return response

    def _let_in(self, http: HttpRequest) -> Caller:
        """Who asks, if they may ask in this way."""
        check_origin(http.headers, http.method, self._origins)
        if http.method == "POST":
            check_content_type(http.headers.get("content-type"))
        try:
            return self._caller_of(http.headers)
        except BadCaller as error:
            raise bad_caller(str(error)) from None

    async def _executed(self, http: HttpRequest, caller: Caller) -> Executed:
        deadline = anyio.current_time() + self._patience.with_(caller, http.headers)
        operation = await self._operation(http)
        request = Request(self._upstreams, caller, deadline)
        request.quota_of = self.rates.quota
        try:
            with (
                self._at_once(caller),
                anyio.fail_after(deadline + GRACE - anyio.current_time()),
                Departure(http.receive),
            ):
                return await self._execute(operation, request)
        except TimeoutError:
            raise past_deadline() from None
        raise departed()

    async def _operation(self, http: HttpRequest) -> Operation:
        if http.method != "POST":
            return read_from_address(http.query_params)
        settings = self._settings
        try:
            return await read_operation(http, at_most=settings.max_body_bytes, within=settings.deadline)
        except ClientDisconnect:
            raise departed() from None


def _answer(http: HttpRequest, executed: Executed, media: str) -> Response:
    """Put an answer into HTTP: only the newer media type tells a refusal by its status."""
    if executed.refused:
        return Response(executed.body, 400 if media == GRAPHQL else 200, media_type=media)
    if http.method == "POST":
        return Response(executed.body, 200, media_type=media)
    tag = tag_of(executed.body)
    headers = KEPT | {"etag": tag}
    if is_known(http.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=headers)
    return Response(executed.body, 200, headers, media)


def refused(refusal: Refusal, media: str = JSON) -> Response:
    """Say why a request was not let in."""
    return Response(msgspec.json.encode(refusal.payload()), refusal.status, refusal.headers, media)
