"""`/graphql`: from a request's bytes to an answer's bytes [GraphQL over HTTP]."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType

import msgspec
from msgspec.structs import replace
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.types import Receive

from auth.caller import BadCaller
from gateway.at_once import AtOnce
from gateway.departure import Departure, Departures
from gateway.entrance import Entrance
from gateway.etag import is_known, tag_of
from gateway.execution import Executed
from gateway.generations import Generations
from gateway.known_heads import Whole
from gateway.negotiation import GRAPHQL, answer_type, check_content_type, likely_type
from gateway.operation import Operation, bounded, decode_operation, read_body, read_from_address
from gateway.origins import check_origin
from gateway.patience import Patience
from gateway.rates import RateLimits
from gateway.refusals import Refusal, bad_caller, departed, past_deadline, too_slow
from gateway.reply import Reply, refused
from gateway.settings import Settings
from gateway.telling import internal_error
from model.caller import Caller
from resolvers.request import Request

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

    def __init__(self, generations: Generations, settings: Settings, caller_of: CallerOf) -> None:
        self._generations = generations
        self._deadline, self._max_body_bytes = settings.deadline, settings.max_body_bytes
        self._caller_of = caller_of
        self._origins = frozenset(settings.cors_origins)
        self.rates = RateLimits(settings.rates)
        self._quota_of = self.rates.quota
        self._at_once = AtOnce(settings.rates.at_once)
        self._patience = Patience(settings)
        self._departures = Departures()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.refusals: Counter[str] = Counter()
        """Requests that were refused so far, by code."""

    async def __call__(self, http: HttpRequest) -> Response:
        """Answer one request that comes by way of the application."""
        return (await self.answer(http.method, http.headers, http.receive, parameters=http.query_params)).response()

    async def answer(
        self,
        method: str,
        headers: Mapping[str, str],
        receive: Receive,
        entrance: Entrance | None = None,
        parameters: Mapping[str, str] = MappingProxyType({}),
        whole: Whole | None = None,
    ) -> Reply:
        """The answer, whatever happens. entrance: by which it has yet to come in; parameters: of the address.

        whole: the request, where all of it has come, and there is nothing in its head to refuse.
        """
        left: Mapping[str, str] = {}
        caller: Caller | None = None
        try:
            if entrance is not None:
                caller = entrance.known(headers) or await entrance.let_in(method, headers)
            media = self.media_for(method, headers) if whole is None else whole.plain.media
            caller = caller or self._known(headers)
            left = await self.rates.admit(caller)
            if method == "POST":
                executed = await self._executed(headers, receive, None, caller, whole)
                return Reply(400 if executed.refused and media == GRAPHQL else 200, executed.body, media, left)
            executed = await self._executed(headers, receive, read_from_address(parameters), caller, None)
            reply = _kept(headers, executed, media)
        except Refusal as refusal:
            self.refusals[refusal.code] += 1
            reply = refused(refusal, likely_type(headers.get("accept")))
        except Exception:
            log.exception("unforeseen error in a request")
            body = msgspec.json.encode({"errors": [internal_error()]})
            reply = Reply(500, body, likely_type(headers.get("accept")))
        return replace(reply, headers={**reply.headers, **left}) if left else reply

    def media_for(self, method: str, headers: Mapping[str, str]) -> str:
        """The media type of the answer; a Refusal says what is wrong with the head, whoever asks."""
        media = answer_type(headers.get("accept"))
        check_origin(headers, method, self._origins)
        if method == "POST":
            check_content_type(headers.get("content-type"))
        return media

    def _known(self, headers: Mapping[str, str]) -> Caller:
        try:
            return self._caller_of(headers)
        except BadCaller as error:
            raise bad_caller(str(error)) from None

    async def _executed(
        self,
        headers: Mapping[str, str],
        receive: Receive,
        operation: Operation | None,
        caller: Caller,
        whole: Whole | None,
    ) -> Executed:
        """Run what is asked: the operation that has been read, or the one that the body brings."""
        loop = self._loop
        if loop is None or not loop.is_running():  # to ask which one runs is a system call
            loop = self._loop = asyncio.get_running_loop()
        began = loop.time()
        deadline = began + self._patience.with_(caller, headers)
        generation = self._generations.enter()
        try:
            request = Request(generation.upstreams, caller, deadline)
            request.quota_of = self._quota_of
            with Departure(self._departures, receive, loop, began + self._deadline) as departure:
                if operation is None:
                    operation = decode_operation(
                        await read_body(headers, receive, self._max_body_bytes)
                        if whole is None
                        else bounded(whole.body, self._max_body_bytes)
                    )
                departure.watch(deadline + GRACE)
                self._at_once.enter(caller)
                try:
                    return await generation.execute(operation, request)
                finally:
                    self._at_once.leave(caller)
        finally:
            self._generations.leave(generation)
        if departure.late:
            raise too_slow() if operation is None else past_deadline()
        raise departed()


def _kept(headers: Mapping[str, str], executed: Executed, media: str) -> Reply:
    """An answer that a client may keep, and ask whether it still has it."""
    if executed.refused:
        return Reply(400 if media == GRAPHQL else 200, executed.body, media)
    tag = tag_of(executed.body)
    kept = KEPT | {"etag": tag}
    if is_known(headers.get("if-none-match"), tag):
        return Reply(304, b"", None, kept)
    return Reply(200, executed.body, media, kept)
