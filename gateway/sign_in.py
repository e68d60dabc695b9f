"""`/sign-in`, `/sign-in/callback`, `/sign-out`: browsers sign in at a provider [OpenID Connect Core, 3.1; RFC 7636].

Authlib goes the way of the authorization code with PKCE and holds on to state and nonce; what the provider then says is
verified as strictly as any token, and becomes a sign-in of which the browser holds an opaque cookie.
"""

import logging
import secrets
import warnings
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
from authlib.deprecate import AuthlibDeprecationWarning  # type: ignore[import-untyped]  # it ships no types
from joserfc.errors import JoseError
from starlette.middleware import Middleware
from starlette.middleware.sessions import SessionMiddleware
from starlette.requests import Request as HttpRequest
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from auth.cross_site import check_same_site
from auth.door import COOKIE, SECURE_COOKIE, cookie_of
from auth.issuer import Issuer
from auth.key_ring import discovery
from auth.refused import NotLetIn, Unauthenticated
from auth.sign_ins import SignIns
from auth.tokens import Tokens
from gateway.admission import SignInDeclaration

with warnings.catch_warnings():
    warnings.simplefilter("ignore", AuthlibDeprecationWarning)  # it would rather see a successor of httpx
    from authlib.integrations.base_client.errors import OAuthError  # type: ignore[import-untyped]
    from authlib.integrations.starlette_client import OAuth  # type: ignore[import-untyped]

PATIENCE = 5.0
"""Seconds that the provider gets for each of its answers."""
ON_THE_WAY = 600
"""Seconds that a browser may stay at the provider."""
LONGEST_WAY_BACK = 1_000

log = logging.getLogger("trunkline.auth")


class BrowserSignIn:
    """Signs browsers in and out, at one issuer."""

    def __init__(self, declared: SignInDeclaration, issuer: Issuer, tokens: Tokens, sign_ins: SignIns) -> None:
        self._declared = declared
        self._issuer = issuer
        self._tokens = tokens
        self._sign_ins = sign_ins
        secret = declared.cookie_secret.value() if declared.cookie_secret else secrets.token_urlsafe(32)
        self._traveller = Middleware(
            SessionMiddleware,
            secret_key=secret,
            session_cookie=("__Secure-" if self.secure else "") + "trunkline-on-the-way",
            max_age=ON_THE_WAY,
            path=CALLBACK_PATH,
            same_site="lax",
            https_only=self.secure,
        )
        self._provider = self._registered()

    @property
    def origin(self) -> str | None:
        """Where browsers find this gateway, if that was said."""
        return self._declared.url.rstrip("/") if self._declared.url else None

    @property
    def secure(self) -> bool:
        """Whether browsers come by TLS."""
        return (self.origin or "").startswith("https://")

    @property
    def cookie(self) -> str:
        """What the cookie of a sign-in is called."""
        return SECURE_COOKIE if self.secure else COOKIE

    @property
    def routes(self) -> list[Route]:
        """Where it is found."""
        return [
            Route("/sign-in", self.leave, methods=["GET"], middleware=[self._traveller]),
            Route("/sign-in/callback", self.arrive, methods=["GET"], middleware=[self._traveller]),
            Route("/sign-out", self.end, methods=["GET", "POST"]),
        ]

    def _registered(self) -> Any:
        secret = self._declared.client_secret
        return OAuth().register(
            "provider",
            client_id=self._declared.client_id,
            client_secret=secret.value() if secret else None,
            server_metadata_url=discovery(self._issuer),
            client_kwargs={
                "scope": " ".join(self._declared.scopes),
                "code_challenge_method": "S256",
                "token_endpoint_auth_method": "client_secret_basic" if secret else "none",
                "timeout": PATIENCE,
                "follow_redirects": False,
            },
        )

    async def leave(self, http: HttpRequest) -> Response:
        """Send a browser to the provider."""
        http.session["to"] = way_back(http.query_params.get("to"))
        try:
            answer: Response = await self._asked(self._provider.authorize_redirect, http, self._callback(http))
        except NotLetIn as why:
            return _failed(why)
        return answer

    async def arrive(self, http: HttpRequest) -> Response:
        """Take a browser back from the provider, and sign it in."""
        to = way_back(http.session.pop("to", None))
        try:
            token = await self._asked(self._provider.authorize_access_token, http)
            claims = await self._verified(token)
            who = self._issuer.claims.read(self._issuer.name, claims)
            if who is None:
                raise Unauthenticated("its id token names no subject")
        except NotLetIn as why:
            return _failed(why)
        if old := cookie_of(http.headers, self.cookie):
            await self._sign_ins.end(old)  # what somebody may have planted here leads nowhere
        answer = RedirectResponse(to, 303)
        self._set(answer, await self._sign_ins.start(who), int(self._sign_ins.life))
        return answer

    async def end(self, http: HttpRequest) -> Response:
        """Sign a browser out."""
        try:
            check_same_site(http.method, http.headers, self.origin)
        except NotLetIn as why:
            return _failed(why, 403)
        if cookie := cookie_of(http.headers, self.cookie):
            await self._sign_ins.end(cookie)
        answer = PlainTextResponse("You are signed out.")
        self._set(answer, "", 0)
        return answer

    async def _asked(self, step: Callable[..., Any], *arguments: Any) -> Any:
        """Go one step with authlib; whatever fails on the way is not a browser's to read."""
        try:
            return await step(*arguments)
        except (OAuthError, JoseError, httpx.HTTPError, RuntimeError, ValueError, KeyError, TypeError) as error:
            raise Unauthenticated(f"the way by the provider failed ({type(error).__name__}: {error})") from error

    async def _verified(self, token: Any) -> dict[str, Any]:
        """Verify the id token as any other; it is for the client, not for the API."""
        said = token.get("userinfo") if isinstance(token, dict) else None
        if not said or not isinstance(token.get("id_token"), str):
            raise Unauthenticated("there is no id token that belongs to this sign-in")
        issuer, claims = await self._tokens.verify(token["id_token"], self._declared.client_id)
        if issuer.name != self._issuer.name:
            raise Unauthenticated("the id token is another issuer's")
        return claims

    def _callback(self, http: HttpRequest) -> str:
        return (self.origin or str(http.base_url).rstrip("/")) + "/sign-in/callback"

    def _set(self, answer: Response, value: str, seconds: int) -> None:
        answer.set_cookie(
            self.cookie, value, max_age=seconds, path="/", secure=self.secure, httponly=True, samesite="lax"
        )


CALLBACK_PATH = "/sign-in"


def way_back(to: object) -> str:
    """Where a browser goes once it is signed in: an address of ours, whatever was asked for."""
    if not isinstance(to, str) or len(to) > LONGEST_WAY_BACK or not to.startswith("/"):
        return "/graphql"
    parsed = urlsplit(to)
    strange = parsed.scheme or parsed.netloc or "\\" in to or not to.isprintable() or to.startswith("//")
    return "/graphql" if strange else to


def _failed(why: NotLetIn, status: int = 400) -> Response:
    log.info("no sign-in: %r", why.because or type(why).__name__)
    return PlainTextResponse("The sign-in did not succeed. Start again at /sign-in.", status)
