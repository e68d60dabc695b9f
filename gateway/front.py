"""The front of the gateway: what every request and every answer gets, in one layer.

An id, a line in the log, the names that are answered to, headers that keep browsers safe, packing. `POST /graphql`,
which is most of what is asked, goes from here straight to its endpoint; all else through the application's layers.
"""

import os
from collections.abc import Collection, Mapping
from time import perf_counter
from typing import Any, cast

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from gateway.access_log import note
from gateway.compression import SMALLEST, coding_for, pack
from gateway.endpoint import GraphQLEndpoint
from gateway.entrance import Entrance
from gateway.exchange import Exchange
from gateway.headers import headers_of
from gateway.hosts import answers_to
from gateway.known_heads import VARYING, Plain
from gateway.letterhead import Letterhead
from gateway.outgoing import Outgoing, send_in_parts
from gateway.refusals import Refusal, misdirected
from gateway.reply import refused
from gateway.request_id import HEADER, go_by, naming, new_id, sane
from gateway.traceparent import HEADER as TRACEPARENT
from gateway.whole import send_whole, sender_of

GRAPHQL = "/graphql"


class Front(Starlette):
    """An application, and what stands before all of its layers. names: those that are answered to; None for any.

    entrance: by which questions come in; None where the endpoint is told who asks. safe: what every answer carries.
    parts: of the application.
    """

    def __init__(
        self,
        graphql: GraphQLEndpoint,
        entrance: Entrance | None,
        *,
        names: Collection[str] | None,
        safe: Mapping[str, str],
        cross_origin: bool,
        **parts: Any,
    ) -> None:
        super().__init__(**parts)
        self._graphql, self._entrance = graphql, entrance
        self._names, self._letterhead, self._cross_origin = names, Letterhead(safe), cross_origin

    def build_middleware_stack(self) -> ASGIApp:
        """Put before all layers what believes a trusted proxy of how it was asked, which no question depends on."""
        trusted = os.environ.get("FORWARDED_ALLOW_IPS", "127.0.0.1,::1")
        return cast("ASGIApp", ProxyHeadersMiddleware(cast("Any", super().build_middleware_stack()), trusted))

    def plain(self, scope: Scope) -> Plain | None:
        """What a head says, if it asks a question and there is nothing in it to refuse."""
        headers = headers_of(scope)
        if scope["path"] != GRAPHQL or scope["method"] != "POST" or "expect" in headers:
            return None
        if (self._names is not None and not answers_to(self._names, GRAPHQL, headers)) or self._is_foreign(headers):
            return None
        try:
            media = self._graphql.media_for("POST", headers)
        except Refusal:
            return None
        said = {name: value for name, value in headers.items() if name not in VARYING}
        return Plain(said, media, headers.get("accept-encoding", ""))

    async def answer(self, exchange: Exchange) -> None:
        """Answer a question that came in one piece under a plain head, in a task of its own."""
        started, whole, status = perf_counter(), exchange.whole, 0
        name, plain = whole.name or new_id(), whole.plain
        try:
            go_by(name, whole.trace)
            reply = await self._graphql.answer("POST", plain.headers, exchange.departure, self._entrance, whole=whole)
            status, body = reply.status, reply.body
            coding = coding_for(plain.accepted) if len(body) >= SMALLEST else None
            if coding is not None:
                body = await pack(body, coding)
            head = self._letterhead.head(reply, name, coding, len(body))
            if not send_whole(exchange, status, head, body):
                await send_in_parts(exchange.tell, status, head, body)
        except BaseException as error:  # noqa: BLE001 - it is told to whoever asked, and logged
            await exchange.failed(error)
        finally:
            exchange.end()
            note(name, "POST", GRAPHQL, status, (perf_counter() - started) * 1000)

    def _is_foreign(self, headers: Mapping[str, str]) -> bool:
        """Whether a page of another origin may have asked, which is told on the way through the layers."""
        return self._cross_origin and "origin" in headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request under its name, and note it: what was asked for, what came of it. Never its content."""
        if scope["type"] != "http":
            await super().__call__(scope, receive, send)
            return
        headers, started = headers_of(scope), perf_counter()
        name, path = sane(headers.get(HEADER)), scope["path"]
        outgoing = Outgoing(send, self._letterhead, name, headers.get("accept-encoding", ""), sender_of(scope))
        with naming(name, headers.get(TRACEPARENT)):
            try:
                if self._names is not None and not answers_to(self._names, path, headers):
                    await outgoing.whole(refused(misdirected()))
                elif path == GRAPHQL and scope["method"] == "POST" and not self._is_foreign(headers):
                    await outgoing.whole(await self._graphql.answer("POST", headers, receive, self._entrance))
                else:
                    await super().__call__(scope, receive, outgoing)
            finally:
                note(name, scope["method"], path, outgoing.status, (perf_counter() - started) * 1000)
