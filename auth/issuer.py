"""An issuer of tokens, as the configuration knows it."""

from dataclasses import dataclass, field

from auth.claims import ClaimsMapping

KEY_TYPES = {
    "RS256": "RSA",
    "RS384": "RSA",
    "RS512": "RSA",
    "PS256": "RSA",
    "PS384": "RSA",
    "PS512": "RSA",
    "ES256": "P-256",
    "ES384": "P-384",
    "ES512": "P-521",
    "EdDSA": "Ed25519",
    "Ed25519": "Ed25519",
}
"""The algorithms that there are, with the kind of key of each. A public key verifies, nobody shares a secret: where no
algorithm is an HMAC, no public key can be mistaken for its secret."""

ALGORITHMS = frozenset({"RS256", "ES256", "PS256", "EdDSA"})
"""Those that are allowed where an issuer's declaration names none."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """One issuer: its name here, its `iss`, for whom its tokens are, and how they are signed.

    discovery, jwks_uri: where its keys are told; one of both. skew: seconds by which clocks may differ.
    from_store: what its subjects may is not in the claims, but in the store.
    """

    name: str
    issuer: str
    audiences: frozenset[str]
    algorithms: frozenset[str] = ALGORITHMS
    discovery: str | None = None
    jwks_uri: str | None = None
    skew: float = 30.0
    claims: ClaimsMapping = field(default_factory=ClaimsMapping)
    from_store: bool = False
