"""Partners' keys: `tl_<id>_<secret>`, shown once, kept as a digest.

The secret is 256 random bits. Nobody guesses it, so that a plain SHA-256 is digest enough: a slow one (scrypt, argon2)
protects what people make up, and would only make each first check slow, which helps who floods us with wrong keys.
"""

import re
import secrets
import time
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from typing import Protocol

from auth.identity import Identity
from auth.refused import Expired, Unauthenticated
from auth.remembered import Remembered
from auth.standing import Standing
from model.caller import STAFF_ROLES, Role

PREFIX = "tl_"
ISSUER = "api-key"
"""Who vouches for those that carry a key: we do."""
REMEMBERED = 10.0
"""Seconds for which a key is not looked up again: thus long after it was revoked it may still open."""
ROLES = frozenset(Role) - STAFF_ROLES
"""The roles that a key can have: never those that see every customer."""

_KEY = re.compile(r"tl_([a-z0-9]{12})_([A-Za-z0-9_-]{43})", re.ASCII)
_NONE = b"\0" * 32


class Kept(Protocol):
    """What is kept of a key."""

    @property
    def digest(self) -> bytes:
        """Of its secret."""
        ...

    @property
    def standing(self) -> Standing:
        """What it opens."""
        ...

    @property
    def expires_at(self) -> datetime:
        """Until when."""
        ...

    @property
    def revoked_at(self) -> datetime | None:
        """Since when no longer."""
        ...


class KeyBook(Protocol):
    """Where keys are kept."""

    async def find(self, id: str, /) -> Kept | None:  # noqa: A002 - what it is called
        """The key of this id."""
        ...


def new_key() -> tuple[str, str, bytes]:
    """Make a key: its id, the key itself, which is shown once, and what is kept of it."""
    name = secrets.token_hex(6)
    secret = secrets.token_urlsafe(32)
    return name, f"{PREFIX}{name}_{secret}", digest(secret)


def digest(secret: str) -> bytes:
    """What is kept of a secret."""
    return sha256(secret.encode()).digest()


class ApiKeys:
    """Checks keys. clock: seconds since the epoch."""

    def __init__(self, book: KeyBook, clock: Callable[[], float] = time.time) -> None:
        self._book = book
        self._clock = clock
        self.remembered: Remembered[Identity] = Remembered(clock=clock)
        """What was found out of late."""

    async def identity(self, key: str) -> Identity:
        """Tell whom a key stands for."""
        known = self.remembered.get(key)
        if known is not None:
            return known
        match = _KEY.fullmatch(key)
        if match is None:
            raise Unauthenticated("it is no API key")
        name, secret = match.groups()
        kept = await self._book.find(name)
        good = compare_digest(digest(secret), _NONE if kept is None else kept.digest)
        if kept is None or not good or kept.revoked_at is not None:
            raise Unauthenticated(f"API key {name} is not good")
        until = kept.expires_at.timestamp()
        if until <= self._clock():
            raise Expired(f"API key {name} has expired")
        standing = kept.standing
        roles = standing.roles & ROLES
        who = Identity(ISSUER, f"key {name}", roles, standing.customers, standing.children, kept.expires_at)
        self.remembered.keep(key, who, min(until, self._clock() + REMEMBERED))
        return who
