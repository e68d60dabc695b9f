"""An issuer of tokens on a real socket, whose every answer and key the test decides."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import anyio
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from auth.fetching import Fetcher
from auth.identity import Identity
from auth.issuer import Issuer
from auth.tokens import Tokens
from gateway.server import Server, how, listen, url_of
from gateway.settings import Settings


@dataclass
class Clock:
    """A clock that goes when it is told to."""

    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


@dataclass
class Provider:
    """An issuer. `up`: whether it answers; `asked`: how often its keys were asked for."""

    issuer: str = ""
    clock: Clock = field(default_factory=Clock)
    keys: list[RSAKey | ECKey] = field(default_factory=list)
    up: bool = True
    asked: int = 0
    speaks_of: str | None = None

    def key(self, kid: str) -> ECKey:
        """Make a key of this name, and publish it."""
        key = ECKey.generate_key("P-256", {"kid": kid, "use": "sig"})
        self.keys.append(key)
        return key

    def token(self, key: Any, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """Sign a token that is good, but for what is said otherwise; a claim that is None is left out."""
        now = int(self.clock())
        said = {"iss": self.issuer, "sub": "u1", "aud": "trunkline", "iat": now, "nbf": now, "exp": now + 300} | claims
        kept = {name: value for name, value in said.items() if value is not None}
        head = {"alg": "ES256", "kid": key.kid} | (header or {})
        return jwt.encode({name: value for name, value in head.items() if value is not None}, kept, key)

    def tokens(self, **more: Any) -> Tokens:
        """Make a verifier that trusts this issuer."""
        given = {"audiences": frozenset({"trunkline"})} | more
        return Tokens([Issuer("sso", self.issuer, **given)], self.fetcher, itself, self.clock, self.clock)

    fetcher: Fetcher = field(default_factory=Fetcher)

    async def discovery(self, _: Request) -> Response:
        """Describe itself."""
        if not self.up:
            return Response(status_code=503)
        return JSONResponse({"issuer": self.speaks_of or self.issuer, "jwks_uri": f"{self.issuer}/jwks"})

    async def jwks(self, _: Request) -> Response:
        """Tell the keys."""
        self.asked += 1
        return JSONResponse(KeySet(self.keys).as_dict(private=False)) if self.up else Response(status_code=503)


async def itself(who: Identity) -> Identity:
    """Add nothing."""
    return who


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    """An issuer that is up and has no keys yet."""
    provider = Provider()
    routes = [Route("/.well-known/openid-configuration", provider.discovery), Route("/jwks", provider.jwks)]
    started, listening = anyio.Event(), listen("127.0.0.1", 0)
    provider.issuer = url_of(listening)
    server = Server(how(Starlette(routes=routes), Settings(drain=0.0)), started.set)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(server.serve, [listening])
        with anyio.fail_after(10):
            await started.wait()
        yield provider
        await provider.fetcher.aclose()
        server.should_exit = True
