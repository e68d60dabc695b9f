"""The door: from a request's headers to a caller, by whatever credentials it carries."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from auth.api_keys import PREFIX, ApiKeys
from auth.caller import CUSTOMER_HEADER, BadCaller
from auth.cross_site import check_same_site
from auth.identity import ACT_FOR, Identity, SightOf, acting, caller_for
from auth.refused import NoCredentials, Unauthenticated
from auth.sign_ins import SignIns
from model.caller import Caller

if TYPE_CHECKING:
    from auth.tokens import Tokens  # what checks signatures is megabytes, for who has issuers

KEY_HEADER = "x-api-key"
COOKIE = "trunkline"
SECURE_COOKIE = "__Host-trunkline"
"""What the cookie is called where it travels over TLS: browsers then take it from this very host only."""


class Door:
    """Lets callers in.

    What a request carries counts in this order: `Authorization: Bearer` (a token, or an API key), `X-API-Key`, the
    cookie of a sign-in. Who carries something that is not good is turned away, even where others need nothing:
    `otherwise` makes the caller of who carries nothing, where anybody may come in.
    """

    def __init__(
        self,
        sight_of: SightOf,
        tokens: "Tokens | None" = None,
        keys: ApiKeys | None = None,
        sign_ins: SignIns | None = None,
        *,
        origin: str | None = None,
        cookie: str = SECURE_COOKIE,
        otherwise: Callable[[Mapping[str, str]], Caller] | None = None,
    ) -> None:
        self._sight_of = sight_of
        self._tokens = tokens
        self._keys = keys
        self._sign_ins = sign_ins
        self._origin = origin
        self._cookie = cookie
        self._otherwise = otherwise

    async def caller(self, method: str, headers: Mapping[str, str]) -> Caller:
        """Tell who asks; NotLetIn says that they may not."""
        who = await self._identity(method, headers)
        if who is not None:
            if CUSTOMER_HEADER in headers:
                raise BadCaller(f"{CUSTOMER_HEADER} is for who does not sign in; staff act for a customer by {ACT_FOR}")
            caller = caller_for(who, self._sight_of)
        elif self._otherwise is not None:
            caller = self._otherwise(headers)
        else:
            raise NoCredentials
        return acting(caller, headers, self._sight_of)

    def known(self, headers: Mapping[str, str]) -> Caller | None:
        """Tell who asks, where that takes no waiting, as for most it does; None where `caller` has to find out."""
        if KEY_HEADER in headers or ACT_FOR in headers:
            return None
        authorization = headers.get("authorization")
        if authorization is None:
            may_be_signed_in = self._sign_ins is not None and "cookie" in headers
            return None if self._otherwise is None or may_be_signed_in else self._otherwise(headers)
        if CUSTOMER_HEADER in headers or not authorization.startswith("Bearer "):
            return None
        who = self._remembered(authorization[len("Bearer ") :].strip())
        return None if who is None else caller_for(who, self._sight_of)

    def _remembered(self, token: str) -> Identity | None:
        """Whom a token, or a key, was found to stand for a moment ago."""
        checks = self._keys if token.startswith(PREFIX) else self._tokens
        return None if checks is None else checks.remembered.get(token)

    async def _identity(self, method: str, headers: Mapping[str, str]) -> Identity | None:
        authorization, key = headers.get("authorization"), headers.get(KEY_HEADER)
        if authorization is not None and key is not None:
            raise Unauthenticated("it carries two credentials")
        if authorization is not None:
            return await self._bearer(authorization)
        if key is not None:
            return await self._key(key)
        cookie = cookie_of(headers, self._cookie) if self._sign_ins is not None else None
        if cookie is None or self._sign_ins is None:
            return None
        check_same_site(method, headers, self._origin)
        return await self._sign_ins.identity(cookie)

    async def _bearer(self, authorization: str) -> Identity:
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated("its Authorization is not of the Bearer scheme")
        token = token.strip()
        if token.startswith(PREFIX):
            return await self._key(token)
        if self._tokens is None:
            raise Unauthenticated("no issuer's tokens are taken")
        return await self._tokens.identity(token)

    async def _key(self, key: str) -> Identity:
        if self._keys is None:
            raise Unauthenticated("no API keys are taken")
        return await self._keys.identity(key)


def cookie_of(headers: Mapping[str, str], name: str) -> str | None:
    """The value of a sign-in's cookie."""
    for part in headers.get("cookie", "").split(";"):
        found, _, value = part.strip().partition("=")
        if found == name and value:
            return value
    return None
