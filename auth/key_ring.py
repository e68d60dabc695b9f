"""The public keys of one issuer: asked for when they are needed, kept while they are good, asked for again with care.

A token names its key. A name that is not known may be a new key, so the issuer is asked again, but once a window and
no more, however many unknown names there are. When the issuer is away, the keys that are known go on for a day.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

import anyio
import msgspec
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey, RSAKey, import_key

from auth.fetching import Fetch
from auth.issuer import KEY_TYPES, Issuer
from auth.refused import ProviderAway

Key = RSAKey | ECKey | OKPKey

WINDOW = 30.0
"""Seconds in which unknown names cause one refetch at most."""
RETRY = 5.0
"""Seconds after which a failed fetch is tried again."""
FRESH = 3_600.0
"""Seconds after which keys are asked for again, so that one that was withdrawn is forgotten."""
LASTING = 86_400.0
"""Seconds for which keys are used while their issuer cannot be asked."""
KEYS_AT_MOST = 100
SHORTEST_RSA = 2_048


class KeyRing:
    """The keys of one issuer. clock: seconds that only go forward."""

    def __init__(self, issuer: Issuer, fetch: Fetch, clock: Callable[[], float] = time.monotonic) -> None:
        self._issuer = issuer
        self._fetch = fetch
        self._clock = clock
        self._keys: list[tuple[str | None, Key]] = []
        self._fetched_at: float | None = None
        self._refresh_at = 0.0
        self._refetch_at = 0.0
        self._asking = anyio.Lock()

    async def key(self, kid: str | None, algorithm: str) -> Key | None:
        """The key of this name and for this algorithm; without a name, the only key that it can be."""
        await self._refresh()
        found = self._find(kid, algorithm)
        if found is None and self._clock() >= self._refetch_at:
            await self._refetch()
            found = self._find(kid, algorithm)
        return found

    def _find(self, kid: str | None, algorithm: str) -> Key | None:
        named = [key for name, key in self._keys if kid is None or name == kid]
        fitting = [key for key in named if _fits(key, algorithm)]
        return fitting[0] if len(fitting) == 1 else None

    async def _refresh(self) -> None:
        """See that there are keys, and that they are not too old."""
        now = self._clock()
        usable = self._fetched_at is not None and now < self._fetched_at + LASTING
        if usable and (now < self._refresh_at or self._asking.locked()):
            return  # fresh; or somebody is asking already, and what is known will do
        async with self._asking:
            if self._clock() < self._refresh_at:
                if self._fetched_at is None:
                    raise ProviderAway("its keys could not be fetched a moment ago")
                return
            self._refresh_at = self._clock() + RETRY
            await self._fetch_keys(keep=usable)

    async def _refetch(self) -> None:
        """Look for a new key, at most once a window, whoever asks."""
        async with self._asking:
            if self._clock() < self._refetch_at:
                return
            self._refetch_at = self._clock() + WINDOW
            await self._fetch_keys(keep=True)

    async def _fetch_keys(self, *, keep: bool) -> None:
        try:
            keys = read_keys(await self._fetch(await self._address()))
        except ProviderAway:
            if keep:
                return
            self._keys, self._fetched_at = [], None
            raise
        self._keys = keys
        self._fetched_at = self._clock()
        self._refresh_at = self._fetched_at + FRESH

    async def _address(self) -> str:
        """Where the keys are: said in the configuration, or by the provider of itself [OpenID Connect Discovery 4]."""
        if self._issuer.jwks_uri is not None:
            return self._issuer.jwks_uri
        said = _object(await self._fetch(discovery(self._issuer)))
        address = said.get("jwks_uri")
        if said.get("issuer") != self._issuer.issuer:
            raise ProviderAway(f"{discovery(self._issuer)} speaks of another issuer")
        safe = ("https://", "http://") if self._issuer.issuer.startswith("http://") else ("https://",)
        if not isinstance(address, str) or not address.startswith(safe):
            raise ProviderAway(f"{discovery(self._issuer)} tells no address of keys that can be trusted")
        return address


def discovery(issuer: Issuer) -> str:
    """Where a provider describes itself."""
    return issuer.discovery or issuer.issuer.rstrip("/") + "/.well-known/openid-configuration"


def _object(body: bytes) -> Mapping[str, Any]:
    try:
        said = msgspec.json.decode(body, type=dict[str, Any])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ProviderAway("the provider does not answer with a JSON object") from error
    return said


def read_keys(body: bytes) -> list[tuple[str | None, Key]]:
    """Read a JWK set [RFC 7517]: the public keys in it that verify signatures, by name; others are left out."""
    listed = _object(body).get("keys")
    if not isinstance(listed, list):
        raise ProviderAway("the provider's keys are no JWK set")
    return [one for said in listed[:KEYS_AT_MOST] if (one := _read_key(said)) is not None]


def _read_key(said: Any) -> tuple[str | None, Key] | None:
    if not isinstance(said, dict) or said.get("kty") not in ("RSA", "EC", "OKP") or said.get("use", "sig") != "sig":
        return None
    kid = said.get("kid")
    try:
        key = import_key({name: said[name] for name in ("kty", "n", "e", "crv", "x", "y", "alg") if name in said})
        _ = key.public_key
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return (kid if isinstance(kid, str) else None), key  # type: ignore[return-value]  # oct is not let in above


def _fits(key: Key, algorithm: str) -> bool:
    told = key.get("alg")
    if told is not None and told != algorithm:
        return False
    if isinstance(key, RSAKey):
        return KEY_TYPES[algorithm] == "RSA" and key.public_key.key_size >= SHORTEST_RSA
    return KEY_TYPES[algorithm] == key.curve_name
