"""What the store says of somebody: their roles, and the customers they speak for."""

from dataclasses import dataclass
from datetime import datetime

from model.caller import Role


@dataclass(frozen=True, slots=True)
class Standing:
    """Roles and customers; `children`: whether the parts of those customers are meant, too."""

    roles: frozenset[Role] = frozenset()
    customers: frozenset[str] = frozenset()
    children: bool = False


@dataclass(frozen=True, slots=True)
class KeptUser:
    """A user, as lists show it; `customers` are all that it speaks for."""

    issuer: str
    subject: str
    name: str | None
    organisation: str | None
    standing: Standing
    created_at: datetime


@dataclass(frozen=True, slots=True)
class KeptKey:
    """An API key, as it is checked and as lists show it."""

    id: str
    digest: bytes
    name: str
    organisation: str | None
    standing: Standing
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class KeptSignIn:
    """A browser that is signed in, and what its provider said of who sits before it."""

    issuer: str
    subject: str
    standing: Standing
    expires_at: datetime


def roles_of(names: list[str]) -> frozenset[Role]:
    """Read roles; one that this version no longer knows gives nothing."""
    known = {role.value: role for role in Role}
    return frozenset(known[name] for name in names if name in known)
