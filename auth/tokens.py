"""Bearer tokens [RFC 9068, RFC 8725]: JWTs that a known issuer signed, for us, for now.

Of a token that is not verified yet, two things are looked at: the `iss`, which chooses the issuer from those that are
configured, and the header's `alg` and `kid`, which are looked up among what that issuer may use. A token brings no key
along and tells no address of one.
"""

import time
from base64 import urlsafe_b64decode
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any, TypeVar

import msgspec
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jws import JWSRegistry
from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from auth.fetching import Fetch
from auth.identity import Complete, Identity
from auth.issuer import Issuer
from auth.key_ring import KeyRing
from auth.refused import Expired, Unauthenticated
from auth.remembered import Remembered

LONGEST = 8_192
"""Characters of the longest token that is looked at."""
LONGEST_KID = 256
REMEMBERED = 60.0
"""Seconds for which a verified token is not verified again."""
TYPES = frozenset({"jwt", "at+jwt", "application/jwt", "application/at+jwt"})

T = TypeVar("T", bound=Struct)


class _Header(Struct):
    """What is read of a JOSE header; where a token brings its own key, or asks for more than we know, it goes."""

    alg: str
    kid: str | None = None
    typ: str = "JWT"
    jwk: Any = UNSET
    jku: Any = UNSET
    x5u: Any = UNSET
    x5c: Any = UNSET
    crit: Any = UNSET
    zip: Any = UNSET
    b64: Any = UNSET

    @property
    def presumptuous(self) -> bool:
        brought = (self.jwk, self.jku, self.x5u, self.x5c, self.crit, self.zip, self.b64)
        return not all(isinstance(one, UnsetType) for one in brought)


class _Issued(Struct):
    iss: str


class Tokens:
    """Verifies tokens of several issuers. clock: seconds since the epoch; ticks: seconds that only go forward."""

    def __init__(
        self,
        issuers: Iterable[Issuer],
        fetch: Fetch,
        complete: Complete,
        clock: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self._issuers = {issuer.issuer: (issuer, KeyRing(issuer, fetch, ticks)) for issuer in issuers}
        self._complete = complete
        self._clock = clock
        self.remembered: Remembered[Identity] = Remembered(clock=clock)
        """What was found out of late."""

    async def identity(self, token: str) -> Identity:
        """Tell whom a token stands for; Unauthenticated or Expired says that it stands for nobody."""
        known = self.remembered.get(token)
        if known is not None:
            return known
        issuer, claims = await self.verify(token)
        who = issuer.claims.read(issuer.name, claims)
        if who is None:
            raise Unauthenticated("it names no subject")
        expires = claims["exp"] + issuer.skew
        who = await self._complete(replace(who, expires_at=datetime.fromtimestamp(claims["exp"], UTC)))
        self.remembered.keep(token, who, min(expires, self._clock() + REMEMBERED))
        return who

    async def verify(self, token: str, audience: str | None = None) -> tuple[Issuer, dict[str, Any]]:
        """Verify a token for the issuer's audiences, or for another one; tell its issuer and claims."""
        header, issued = _opened(token)
        if issued.iss not in self._issuers:
            raise Unauthenticated("its issuer is not one of ours")
        issuer, keys = self._issuers[issued.iss]
        if header.alg not in issuer.algorithms:
            raise Unauthenticated("its algorithm is not allowed")
        key = await keys.key(header.kid, header.alg)
        if key is None:
            raise Unauthenticated("its key is not known")
        registry = JWSRegistry(algorithms=[header.alg], strict_check_header=False)
        try:
            claims = jwt.decode(token, key, registry=registry).claims
        except (JoseError, ValueError, TypeError, RecursionError) as error:
            raise Unauthenticated(f"its signature is not good ({type(error).__name__})") from error
        self._check(issuer, claims, frozenset({audience}) if audience else issuer.audiences)
        return issuer, claims

    def _check(self, issuer: Issuer, claims: dict[str, Any], audiences: frozenset[str]) -> None:
        rules = jwt.JWTClaimsRegistry(
            now=int(self._clock()),
            leeway=int(issuer.skew),
            iss={"essential": True, "value": issuer.issuer},
            aud={"essential": True, "values": sorted(audiences)},
            exp={"essential": True},
        )
        try:
            rules.validate(claims)
            datetime.fromtimestamp(claims["exp"], UTC)
        except ExpiredTokenError as error:
            raise Expired from error
        except (JoseError, ValueError, TypeError, OverflowError, OSError) as error:
            raise Unauthenticated(f"its claims do not hold ({error})") from error


def _opened(token: str) -> tuple[_Header, _Issued]:
    """Look into a token that may be anything."""
    parts = token.split(".")
    if len(token) > LONGEST or len(parts) != 3 or not token.isascii():
        raise Unauthenticated("it is no JWS in compact form")
    header = _read(parts[0], _Header)
    if header.presumptuous or header.typ.lower() not in TYPES or len(header.kid or "") > LONGEST_KID:
        raise Unauthenticated("its header asks for what is not given")
    return header, _read(parts[1], _Issued)


def _read(part: str, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(urlsafe_b64decode(part + "=" * (-len(part) % 4)), type=kind)
    except (ValueError, RecursionError) as error:
        raise Unauthenticated("it cannot be decoded") from error
