"""The operator's sign-in, FOR DEMONSTRATIONS ONLY: an OpenID provider at which nobody has a password.

Whoever comes picks whom to be: there is one user a role. Its signing key follows from the seed, so that anybody could
make its tokens: nothing that matters may ever trust it. In its protocol it is a provider like others [OpenID Connect
Core and Discovery; RFC 7636: PKCE by S256, always; RFC 9068], with a code that is good once and for a minute.
"""

import secrets
import time
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from demo.operator import Operator
from demo.systems.system import System

BASE = "/oidc"
AUDIENCE = "trunkline"
LIFE = 3_600
"""Seconds for which a token is good."""
CODE_LIFE = 60
CODES_AT_MOST = 1_000
LOOPBACK = ("127.0.0.1", "localhost", "::1")
"""Where a client may be: a demonstration's tokens stay on this machine."""

_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256


@dataclass(frozen=True, slots=True)
class User:
    """Somebody one can be; named by the role."""

    subject: str
    name: str
    does: str
    customers: tuple[str, ...] = ()
    children: bool = False


@dataclass(frozen=True, slots=True)
class _Grant:
    """What a code is good for."""

    user: User
    client: str
    redirect_uri: str
    challenge: str
    nonce: str | None
    until: float


def build(operator: Operator) -> System:
    """Set up the provider for one operator."""
    provider = Provider(operator)
    routes = [
        Route(f"{BASE}/.well-known/openid-configuration", provider.discovery),
        Route(f"{BASE}/jwks", provider.jwks),
        Route(f"{BASE}/authorize", provider.authorize),
        Route(f"{BASE}/token", provider.token, methods=["POST"]),
        Route(f"{BASE}/userinfo", provider.userinfo),
    ]
    return System(
        name="identity", app=Starlette(routes=routes), paths={"openid": BASE}, auth={"kind": "none"}, latency=(1, 3)
    )


def users(operator: Operator) -> list[User]:
    """One user a role, each with customers that this operator has."""
    first = operator.customers[0]
    looked_after = sorted(one.id for one in operator.customers if one.account_manager == first.account_manager)
    branches = [one.id for one in operator.customers if one.parent == first.id]
    resold = [one.id for one in operator.customers if first.id not in (one.id, one.parent)][:2]
    return [
        User(
            "customer-viewer",
            "Vera",
            f"sees what is {(branches or [first.id])[0]}'s",
            tuple(branches[:1]) or (first.id,),
        ),
        User("customer-manager", "Manu", f"manages {first.id} with its branches", (first.id,), children=True),
        User("account-manager", first.account_manager, "looks after customers", tuple(looked_after)),
        User("operator", "Olga", "runs the network, and sees every customer"),
        User("administrator", "Ada", "runs Trunkline, and sees every customer"),
        User("partner", "Petra", "sells the circuits of " + " and ".join(resold), tuple(resold)),
    ]


class Provider:
    """The provider; codes that are not yet redeemed are all that it remembers."""

    def __init__(self, operator: Operator) -> None:
        self._users = {user.subject: user for user in users(operator)}
        self._key = signing_key(operator.seed)
        self._codes: dict[str, _Grant] = {}

    async def discovery(self, request: Request) -> Response:
        """Tell what there is, and where."""
        issuer = _issuer(request)
        return _json(
            {
                "issuer": issuer,
                "authorization_endpoint": f"{issuer}/authorize",
                "token_endpoint": f"{issuer}/token",
                "userinfo_endpoint": f"{issuer}/userinfo",
                "jwks_uri": f"{issuer}/jwks",
                "response_types_supported": ["code"],
                "grant_types_supported": ["authorization_code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["ES256"],
                "token_endpoint_auth_methods_supported": ["none"],
                "code_challenge_methods_supported": ["S256"],
                "scopes_supported": ["openid", "profile"],
            }
        )

    async def jwks(self, _: Request) -> Response:
        """Tell the public key."""
        return _json({"keys": [self._key.as_dict(private=False)]})

    async def authorize(self, request: Request) -> Response:
        """Let a browser pick whom to be, then send it back with a code."""
        asked = request.query_params
        redirect_uri, challenge = asked.get("redirect_uri", ""), asked.get("code_challenge", "")
        if urlsplit(redirect_uri).hostname not in LOOPBACK or asked.get("client_id") != AUDIENCE:
            return HTMLResponse("<p>This demonstration knows no such client.</p>", 400)
        if asked.get("response_type") != "code" or asked.get("code_challenge_method") != "S256" or not challenge:
            return _back(redirect_uri, error="invalid_request", state=asked.get("state"))
        user = self._users.get(asked.get("user", ""))
        if user is None:
            return HTMLResponse(_page(list(self._users.values()), dict(asked)))
        now = time.time()
        self._codes = {code: grant for code, grant in self._codes.items() if grant.until > now}
        if len(self._codes) >= CODES_AT_MOST:
            return _back(redirect_uri, error="temporarily_unavailable", state=asked.get("state"))
        code = secrets.token_urlsafe(24)
        grant = _Grant(user, AUDIENCE, redirect_uri, challenge, asked.get("nonce"), now + CODE_LIFE)
        self._codes[code] = grant
        return _back(redirect_uri, code=code, state=asked.get("state"), iss=_issuer(request))

    async def token(self, request: Request) -> Response:
        """Redeem a code, once."""
        said = dict(parse_qsl((await request.body()).decode("utf-8", "replace")))
        if said.get("grant_type") != "authorization_code":
            return _json({"error": "unsupported_grant_type"}, 400)
        grant = self._codes.pop(said.get("code", ""), None)
        if grant is None or not _redeems(said, grant):
            return _json({"error": "invalid_grant"}, 400)
        issuer, now = _issuer(request), int(time.time())
        common = {"iss": issuer, "sub": grant.user.subject, "iat": now, "nbf": now, "exp": now + LIFE}
        id_claims = common | {"aud": grant.client, "name": grant.user.name} | _standing(grant.user)
        if grant.nonce is not None:
            id_claims["nonce"] = grant.nonce
        return _json(
            {
                "access_token": self._signed("at+jwt", common | {"aud": AUDIENCE} | _standing(grant.user)),
                "id_token": self._signed("JWT", id_claims),
                "token_type": "Bearer",
                "expires_in": LIFE,
                "scope": "openid profile",
            }
        )

    async def userinfo(self, request: Request) -> Response:
        """Tell who a token's user is."""
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        try:
            claims = jwt.decode(token, self._key, algorithms=["ES256"]).claims
            jwt.JWTClaimsRegistry(exp={"essential": True}).validate(claims)
        except (JoseError, ValueError):
            return Response(status_code=401, headers={"WWW-Authenticate": 'Bearer error="invalid_token"'})
        user = self._users[claims["sub"]]
        return _json({"sub": user.subject, "name": user.name} | _standing(user))

    def _signed(self, kind: str, claims: dict[str, Any]) -> str:
        return jwt.encode({"alg": "ES256", "kid": self._key.kid, "typ": kind}, claims, self._key)


def signing_key(seed: int) -> ECKey:
    """Make the key that belongs to a seed."""
    number = int.from_bytes(sha256(f"{seed}/identity".encode()).digest(), "big") % (_ORDER - 1) + 1
    key = ECKey(ec.derive_private_key(number, ec.SECP256R1()), None)
    return ECKey.import_key(key.as_dict(private=True), {"kid": key.thumbprint(), "use": "sig", "alg": "ES256"})


def _issuer(request: Request) -> str:
    return str(request.base_url).rstrip("/") + BASE


def _standing(user: User) -> dict[str, Any]:
    return {"roles": [user.subject], "customers": list(user.customers), "children": user.children}


def _redeems(said: dict[str, str], grant: _Grant) -> bool:
    proof = urlsafe_b64encode(sha256(said.get("code_verifier", "").encode()).digest()).rstrip(b"=").decode()
    same = said.get("redirect_uri") == grant.redirect_uri and said.get("client_id") == grant.client
    return same and secrets.compare_digest(proof, grant.challenge) and grant.until > time.time()


def _back(redirect_uri: str, **answer: str | None) -> Response:
    said = urlencode({name: value for name, value in answer.items() if value is not None})
    return RedirectResponse(f"{redirect_uri}{'&' if '?' in redirect_uri else '?'}{said}", 303)


def _page(people: Sequence[User], asked: dict[str, str]) -> str:
    rows = "".join(
        f'<li><a href="?{escape(urlencode(asked | {"user": one.subject}))}">{escape(one.subject)}</a> '
        f"{escape(one.name)} {escape(one.does)}</li>"
        for one in people
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        "<title>Who do you want to be?</title><style>body{font:1rem/1.8 system-ui;max-width:40rem;margin:4rem auto}"
        "a{font-weight:600}</style><h1>Who do you want to be?</h1>"
        f"<p>A demonstration's sign-in: no passwords, no security.</p><ul>{rows}</ul></html>"
    )


def _json(payload: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(payload), status, media_type="application/json")
