"""The front of the gateway: what every request and every answer gets, in one layer.

An id, a line in the log, the names that are answered to, headers that keep browsers safe, packing. `POST /graphql`,
which is most of what is asked, goes from here straight to its endpoint; all else through the application's layers.
"""

from collections.abc import Collection, Mapping
from time import perf_counter

from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.access_log import note
from gateway.endpoint import GraphQLEndpoint
from gateway.entrance import Entrance
from gateway.headers import headers_of
from gateway.hosts import answers_to
from gateway.letterhead import Letterhead
from gateway.negotiation import likely_type
from gateway.outgoing import Outgoing
from gateway.refusals import Refusal, misdirected
from gateway.reply import Reply, refused
from gateway.request_id import HEADER, naming, sane
from gateway.traceparent import HEADER as TRACEPARENT
from gateway.whole import sender_of

GRAPHQL = "/graphql"


class Front:
    """Stands before an application. names: those that are answered to; None for any."""

    def __init__(
        self,
        app: ASGIApp,
        graphql: GraphQLEndpoint,
        entrance: Entrance | None,
        *,
        names: Collection[str] | None,
        safe: Mapping[str, str],
        cross_origin: bool,
    ) -> None:
        self.app = app
        self._graphql, self._entrance = graphql, entrance
        self._names, self._letterhead, self._cross_origin = names, Letterhead(safe), cross_origin

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request under its name, and note it: what was asked for, what came of it. Never its content."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers, started = headers_of(scope), perf_counter()
        name = sane(headers.get(HEADER))
        outgoing = Outgoing(send, self._letterhead, name, headers.get("accept-encoding", ""), sender_of(scope))
        with naming(name, headers.get(TRACEPARENT)):
            try:
                if not answers_to(self._names, scope["path"], headers):
                    await outgoing.whole(refused(misdirected()))
                elif self._is_plain_post(scope, headers):
                    await outgoing.whole(await self._posted(headers, receive))
                else:
                    await self.app(scope, receive, outgoing)
            finally:
                ms = (perf_counter() - started) * 1000
                note(name, scope["method"], scope["path"], outgoing.status, ms)

    def _is_plain_post(self, scope: Scope, headers: Mapping[str, str]) -> bool:
        """Whether it is a question to `/graphql` of which no browser wants to know whether its page may ask."""
        posted = scope["path"] == GRAPHQL and scope["method"] == "POST"
        return posted and not (self._cross_origin and "origin" in headers)

    async def _posted(self, headers: Mapping[str, str], receive: Receive) -> Reply:
        caller = None
        if self._entrance is not None:
            try:
                caller = self._entrance.known(headers) or await self._entrance.let_in("POST", headers)
            except Refusal as refusal:
                self._graphql.refusals[refusal.code] += 1
                return refused(refusal, likely_type(headers.get("accept")))
        return await self._graphql.answer("POST", headers, receive, caller)
