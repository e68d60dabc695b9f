"""OAuth 2 tokens for the gateway itself, which it shows to a source [RFC 6749, 4.4]."""

import warnings
from collections.abc import Mapping
from functools import cached_property
from typing import Any

import anyio
import httpx
from authlib.deprecate import AuthlibDeprecationWarning  # type: ignore[import-untyped]  # it ships no types

from model.faults import Malformed, TimedOut, Unauthorised, Unavailable
from sources.grammar.access import OAuth2Declaration
from sources.grammar.source import SourceDeclaration
from sources.httpx_faults import fault_of
from sources.secrets import revealed
from sources.token_endpoint import TokenEndpoint
from sources.trust import NO_TRUST, verification

with warnings.catch_warnings():
    warnings.simplefilter(
        "ignore", AuthlibDeprecationWarning
    )  # authlib would rather see a successor of httpx; both serve it
    from authlib.integrations.httpx_client import (  # type: ignore[import-untyped]  # it ships no types
        AsyncOAuth2Client,
    )

_LEEWAY = 30
"""Seconds before its end at which a token counts as expired."""
_EXPIRED: Mapping[str, Any] = {"access_token": "none yet", "expires_at": 1}
"""What a token is fetched in place of: authlib fetches none where there was none."""


class ClientCredentials:
    """OAuth 2 tokens for the gateway itself [RFC 6749, 4.4], fetched when needed, once for all who wait."""

    def __init__(self, source: str, declared: OAuth2Declaration, at: SourceDeclaration) -> None:
        self._source = source
        self._declared = declared
        self._timeout = at.timeout
        self._ca = at.ca
        self._bytes_at_most = at.limits.bytes

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
            transport=TokenEndpoint(
                self._source,
                httpx.AsyncHTTPTransport(verify=verification(declared.token_url, self._ca), trust_env=False),
                self._bytes_at_most,
            ),
        )

    async def headers(self, deadline: float) -> Mapping[str, str]:
        """A token that has not expired; one that had when it came is shown until it is refused."""
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
        return f"Bearer {self._client.token['access_token']}"

    async def _ensure(self, seconds: float) -> None:
        try:
            self._client.client_id = revealed(self._declared.client_id)
            self._client.client_secret = self._declared.client_secret.value()
            with anyio.fail_after(max(0.0, seconds)):
                await self._client.ensure_active_token(self._client.token)
            if self._client.token.is_expired(leeway=0):  # it had when it came: which clock is wrong nobody knows
                self._client.token["expires_at"] = None
        except LookupError as err:
            raise Unauthorised(self._source, f"expected {err.args[0]}") from err
        except TimeoutError as err:
            raise TimedOut(self._source, "no token in time") from err
        except OSError as err:  # ssl.SSLError is one
            raise Unavailable(self._source, NO_TRUST) from err
        except httpx.HTTPError as err:
            raise fault_of(self._source, err) from err
        except (ValueError, KeyError, TypeError) as err:
            raise Malformed(self._source, "a token answer that is none") from err
