"""How requests show who we are: by what is made before each request, most often a header, and anew when refused."""

import base64
import warnings
from collections.abc import Mapping
from functools import cached_property
from typing import Any, Protocol

import anyio
import httpx
from authlib.deprecate import AuthlibDeprecationWarning  # type: ignore[import-untyped]  # it ships no types

from model.faults import Malformed, SourceFault, TimedOut, Unauthorised, Unavailable
from sources.clients.by_httpx import NO_TRUST, fault_of, verification
from sources.grammar.access import AuthDeclaration, OAuth2Declaration
from sources.grammar.source import SourceDeclaration
from sources.outcomes import Outcome
from sources.secrets import revealed
from sources.sessions import Session

with warnings.catch_warnings():
    warnings.simplefilter(
        "ignore", AuthlibDeprecationWarning
    )  # authlib would rather see a successor of httpx; both serve it
    from authlib.integrations.httpx_client import (  # type: ignore[import-untyped]  # it ships no types
        AsyncOAuth2Client,
        OAuthError,
    )

_LEEWAY = 30
"""Seconds before its end at which a token counts as expired."""
_EXPIRED: Mapping[str, Any] = {"access_token": "none yet", "expires_at": 1}
"""What a token is fetched in place of: authlib fetches none where there was none."""


class Auth(Protocol):
    """One way of being let in."""

    async def headers(self, deadline: float) -> Mapping[str, str]:
        """What to show, by name: headers, unless the declaration names another place.

        A SourceFault when it cannot be had before the deadline.
        """
        ...

    async def renew(self, refused: Mapping[str, str]) -> bool:
        """These headers were refused: whether new ones are worth a try."""
        ...

    async def aclose(self) -> None:
        """Let go of connections."""
        ...


class Plain:
    """Credentials that stand in a header as they are. A secret that changed since is a reason to try again."""

    def __init__(self, source: str, declared: AuthDeclaration | None) -> None:
        self._source = source
        self._declared = declared

    async def headers(self, deadline: float) -> Mapping[str, str]:
        """Made from the secrets as they are now."""
        del deadline
        try:
            return _written(self._declared)
        except LookupError as err:
            raise Unauthorised(self._source, f"expected {err.args[0]}") from err

    async def renew(self, refused: Mapping[str, str]) -> bool:
        """Only when a secret has changed meanwhile."""
        return await self.headers(0) != refused

    async def aclose(self) -> None:
        """Nothing to let go."""


class ClientCredentials:
    """OAuth 2 tokens for the gateway itself [RFC 6749, 4.4], fetched when needed, once for all who wait."""

    def __init__(self, source: str, declared: OAuth2Declaration, timeout: float, ca: str | None) -> None:
        self._source = source
        self._declared = declared
        self._timeout = timeout
        self._ca = ca

    @cached_property
    def _client(self) -> Any:
        """Made when it is first needed: certificates that cannot be read now may be there by then."""
        declared = self._declared
        return AsyncOAuth2Client(
            token_endpoint=declared.token_url,
            token_endpoint_auth_method=declared.method,
            grant_type="client_credentials",
            scope=declared.scope,
            token=dict(_EXPIRED),
            leeway=_LEEWAY,
            timeout=self._timeout,
            trust_env=False,
            verify=verification(declared.token_url, self._ca),
        )

    async def headers(self, deadline: float) -> Mapping[str, str]:
        """A token that has not expired."""
        await self._ensure(min(self._timeout, deadline - anyio.current_time()))
        return {"authorization": self._bearer()}

    async def renew(self, refused: Mapping[str, str]) -> bool:
        """Give up the refused token, unless another caller has renewed it meanwhile."""
        if refused.get("authorization") == self._bearer():
            self._client.token["expires_at"] = 1
        return True

    async def aclose(self) -> None:
        """Close connections to the token endpoint, if there are any."""
        if "_client" in self.__dict__:
            await self._client.aclose()

    def _bearer(self) -> str:
        token = self._client.token.get("access_token")
        if not isinstance(token, str) or not token:
            self._client.token = dict(_EXPIRED)
            raise Malformed(self._source, "a token answer without a token")
        return f"Bearer {token}"

    async def _ensure(self, seconds: float) -> None:
        try:
            self._client.client_id = revealed(self._declared.client_id)
            self._client.client_secret = self._declared.client_secret.value()
            with anyio.fail_after(max(0.0, seconds)):
                await self._client.ensure_active_token(self._client.token)
        except LookupError as err:
            raise Unauthorised(self._source, f"expected {err.args[0]}") from err
        except TimeoutError as err:
            raise TimedOut(self._source, "no token in time") from err
        except OSError as err:  # ssl.SSLError is one
            raise Unavailable(self._source, NO_TRUST) from err
        except OAuthError as err:
            raise Unauthorised(self._source, f"no token ({str(err.error)[:40]})") from err
        except httpx.HTTPStatusError as err:
            kind: type[SourceFault] = Unavailable if err.response.status_code >= 500 else Unauthorised
            raise kind(self._source, f"no token (status {err.response.status_code})") from err
        except httpx.HTTPError as err:
            raise fault_of(self._source, err) from err
        except (ValueError, KeyError, TypeError) as err:
            raise Malformed(self._source, "a token answer that is none") from err


def auth(source: str, declared: SourceDeclaration, outcome: Outcome | None = None) -> Auth:
    """The way of being let in that is declared; `outcome` reads off an answer whether it is one."""
    way = declared.auth
    if way is not None and way.oauth2 is not None:
        return ClientCredentials(source, way.oauth2, declared.timeout, declared.ca)
    if way is not None and way.session is not None:
        return Session(source, way.session, declared, outcome)
    return Plain(source, way)


def _written(declared: AuthDeclaration | None) -> Mapping[str, str]:
    if declared is None:
        return {}
    if declared.basic is not None:
        pair = f"{revealed(declared.basic.user)}:{declared.basic.password.value()}"
        return {"authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
    if declared.header is not None:
        return {declared.header.name.lower(): declared.header.value.value()}
    if declared.bearer is not None:
        return {"authorization": f"Bearer {declared.bearer.value()}"}
    return {name: revealed(value) for name, value in (declared.query or declared.body or {}).items()}
