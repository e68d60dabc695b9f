"""Browsers that are signed in: an opaque cookie, of which only the digest is kept, and a bounded life."""

import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol

from auth.api_keys import digest
from auth.identity import Complete, Identity
from auth.refused import Expired, Unauthenticated
from auth.remembered import Remembered

REMEMBERED = 10.0
"""Seconds for which a cookie is not looked up again: thus long another process may still let in who has signed out."""
LONGEST = 100
"""Characters of the longest cookie that is looked at."""


class SignInBook(Protocol):
    """Where sign-ins are kept."""

    async def add(self, digest: bytes, who: Identity, expires_at: datetime, /) -> None:
        """Remember a browser."""
        ...

    async def find(self, digest: bytes, /) -> Identity | None:
        """Who is signed in with this cookie, and until when."""
        ...

    async def remove(self, digest: bytes, /) -> None:
        """Sign a browser out."""
        ...


class SignIns:
    """Signs browsers in and out. life: seconds; clock: seconds since the epoch."""

    def __init__(
        self, book: SignInBook, complete: Complete, life: float, clock: Callable[[], float] = time.time
    ) -> None:
        self.life = life
        self._book = book
        self._complete = complete
        self._clock = clock
        self._remembered: Remembered[Identity] = Remembered(clock=clock)

    async def start(self, who: Identity) -> str:
        """Sign somebody in; the value of the new cookie."""
        cookie = secrets.token_urlsafe(32)
        await self._book.add(digest(cookie), who, datetime.fromtimestamp(self._clock(), UTC) + self._lasting)
        return cookie

    @property
    def _lasting(self) -> timedelta:
        return timedelta(seconds=self.life)

    async def identity(self, cookie: str) -> Identity:
        """Tell who is signed in."""
        known = self._remembered.get(cookie)
        if known is not None:
            return known
        kept = await self._book.find(digest(cookie)) if len(cookie) <= LONGEST else None
        if kept is None or kept.expires_at is None:
            raise Unauthenticated("its cookie is not that of a sign-in")
        until = kept.expires_at.timestamp()
        if until <= self._clock():
            raise Expired("its sign-in has ended")
        who = await self._complete(kept)
        self._remembered.keep(cookie, who, min(until, self._clock() + REMEMBERED))
        return who

    async def end(self, cookie: str) -> None:
        """Sign somebody out."""
        self._remembered.forget(cookie)
        await self._book.remove(digest(cookie))
