"""Tokens of an issuer that the benchmark plays: its keys are a file of the upstream, its customers are managers."""

import time
from functools import cache
from pathlib import Path

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet
from msgspec.json import encode

from bench.field.rows import Shape

LIFE = 7200
"""Seconds for which a token holds: longer than any run."""
ISSUER = "http://127.0.0.1/bench"


class Issuer:
    """One issuer with one key, published under `says/keys/` of the upstream."""

    def __init__(self, says: Path, shape: Shape | None = None) -> None:
        self._key = ECKey.generate_key("P-256", {"kid": "bench"})
        self._branches = (shape or Shape()).branches
        (says / "keys").mkdir(parents=True, exist_ok=True)
        (says / "keys" / "all.json").write_bytes(encode(KeySet([self._key]).as_dict(private=False)))
        self.token = cache(self._token)

    def _token(self, about: str) -> str:
        """A token of whoever manages a customer, or all branches of an enterprise."""
        now = int(time.time())
        claims = {
            "iss": ISSUER,
            "sub": f"manager of {about}",
            "aud": "trunkline",
            "iat": now,
            "exp": now + LIFE,
            "roles": ["customer-manager"],
            "customers": self._customers(about),
        }
        return str(jwt.encode({"alg": "ES256", "kid": self._key.kid}, claims, self._key))

    def _customers(self, about: str) -> list[str]:
        if about.startswith("C"):
            return [about]
        first = 1000 + int(about.rpartition("-")[2]) * self._branches
        return [f"C{number}" for number in range(first, first + self._branches)]
