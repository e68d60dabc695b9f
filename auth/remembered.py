"""Credentials that were verified a moment ago: known by their digest, few enough, and not for long."""

import time
from collections import OrderedDict
from collections.abc import Callable
from hashlib import sha256
from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """What was found out about a credential; the credential itself is not kept.

    at_most: how many; the one that was not asked about for longest goes first. clock: seconds since the epoch; what was
    kept at a time that is yet to come, since the clock was set back, is not known any more.
    """

    def __init__(self, at_most: int = 10_000, clock: Callable[[], float] = time.time) -> None:
        self._at_most = at_most
        self._clock = clock
        self._known: OrderedDict[bytes, tuple[T, float, float]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._known)

    def get(self, credential: str) -> T | None:
        """What is known of it; None if nothing is, or no longer."""
        digest = sha256(credential.encode()).digest()
        found = self._known.get(digest)
        if found is None:
            return None
        value, since, until = found
        if not since <= self._clock() < until:
            del self._known[digest]
            return None
        self._known.move_to_end(digest)
        return value

    def keep(self, credential: str, value: T, until: float) -> None:
        """Remember it until then."""
        now = self._clock()
        if until <= now:
            return
        self._known[sha256(credential.encode()).digest()] = (value, now, until)
        if len(self._known) > self._at_most:
            self._known.popitem(last=False)

    def forget(self, credential: str) -> None:
        """Know nothing of it any more."""
        self._known.pop(sha256(credential.encode()).digest(), None)
