"""The entrance: every request comes in by it, and is somebody's before anything else looks at it.

What is not named as public is not public: a new address is for callers only until somebody says otherwise.
"""

import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import quote

from starlette.requests import Request as HttpRequest
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from auth.caller import BadCaller
from auth.door import Door
from auth.refused import CrossSite, Forbidden, NoCredentials, NotLetIn, ProviderAway, Unauthenticated
from gateway.explorer import is_for_people
from gateway.headers import headers_of
from gateway.negotiation import JSON, likely_type
from gateway.refusals import Refusal, bad_caller
from gateway.reply import refused
from model.caller import Caller

PUBLIC = frozenset(
    {
        "/healthz",
        "/readyz",
        "/favicon.svg",
        "/sign-in",
        "/sign-in/callback",
        "/sign-out",
        "/hooks/invalidate",  # which has a secret of its own
        "/metrics",  # as have these, if they are there
        "/.well-known/oauth-protected-resource",
    }
)
"""Addresses that are for everybody."""
PUBLIC_BELOW = ("/graphql/assets/",)
"""Whatever is below these is for everybody, too."""

SIGN_IN = "/sign-in"

_current: ContextVar[Caller | None] = ContextVar("caller", default=None)

log = logging.getLogger("trunkline.auth")


class Entrance:
    """Lets requests in, keeps what that needs open, and has the addresses where people sign in.

    starting: what is to be done before the first request; closing: what after the last.
    """

    def __init__(
        self,
        door: Door,
        routes: Sequence[BaseRoute] = (),
        *,
        browsers_sign_in: bool = False,
        starting: Sequence[Callable[[], Awaitable[Any]]] = (),
        closing: Sequence[Callable[[], Awaitable[Any]]] = (),
    ) -> None:
        self.door = door
        self.routes = routes
        self.browsers_sign_in = browsers_sign_in
        self._starting = starting
        self._closing = closing

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Keep it open for as long as the block lasts."""
        try:
            for start in self._starting:
                await start()
            yield
        finally:
            for close in self._closing:
                await close()

    def known(self, headers: Mapping[str, str]) -> Caller | None:
        """Tell who asks, where that takes no waiting; None where `let_in` has to find out, or to say why not."""
        try:
            return self.door.known(headers)
        except BadCaller:
            return None

    async def let_in(self, method: str, headers: Mapping[str, str]) -> Caller:
        """Find out who asks; a Refusal says why they may not."""
        try:
            return await self.door.caller(method, headers)
        except NotLetIn as why:
            log.info("not let in: %s", why.because or type(why).__name__)
            raise refusal_of(why) from why
        except BadCaller as error:
            raise bad_caller(str(error)) from None

    def caller_of(self, _: Mapping[str, str]) -> Caller:
        """Tell who makes the request that is being answered."""
        caller = _current.get()
        if caller is None:
            raise refusal_of(NoCredentials())
        return caller


class Admission:
    """Puts the entrance before an application."""

    def __init__(self, app: ASGIApp, entrance: Entrance) -> None:
        self.app = app
        self._entrance = entrance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find out who asks, and let them in or not."""
        if scope["type"] == "lifespan" or _is_public(scope["path"]):
            await self.app(scope, receive, send)
            return
        http = HttpRequest(scope) if scope["type"] == "http" else None
        try:
            caller = await self._entrance.let_in(scope.get("method", "GET"), headers_of(scope))
        except Refusal as refusal:
            await self._turned_away(http, refusal)(scope, receive, send)
            return
        token = _current.set(caller)
        try:
            await self.app(scope, receive, send)
        finally:
            _current.reset(token)

    def _turned_away(self, http: HttpRequest | None, refusal: Refusal) -> Response:
        unknown = isinstance(refusal.__cause__, Unauthenticated)
        if unknown and http is not None and http.method == "GET" and is_for_people(http):
            wanted = quote(http.url.path + (f"?{http.url.query}" if http.url.query else ""))
            if self._entrance.browsers_sign_in:
                return RedirectResponse(f"{SIGN_IN}?to={wanted}", 303)
        media = likely_type(http.headers.get("accept")) if http is not None else JSON
        return refused(refusal, media).response()


def _is_public(path: str) -> bool:
    return path in PUBLIC or path.startswith(PUBLIC_BELOW)


def refusal_of(why: NotLetIn) -> Refusal:
    """Say it over HTTP [RFC 6750, 3]: who brings no credentials is not told that they are wrong."""
    if isinstance(why, NoCredentials):
        return Refusal(401, "UNAUTHENTICATED", str(why), {"www-authenticate": "Bearer"})
    if isinstance(why, Unauthenticated):
        return Refusal(401, "UNAUTHENTICATED", str(why), {"www-authenticate": 'Bearer error="invalid_token"'})
    if isinstance(why, ProviderAway):
        return Refusal(503, "SIGN_IN_UNAVAILABLE", str(why), {"retry-after": "5"})
    code = "CROSS_SITE" if isinstance(why, CrossSite) else "FORBIDDEN"
    return Refusal(403, code, str(why) if isinstance(why, Forbidden) else NotLetIn.says)
