"""Rates counted together by several gateways, in a Redis.

A round trip for each request would cost more than all other checks together. So far from a limit, a gateway counts for
itself and tells the Redis a few times a second what it has let in; near a limit it asks each time.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from time import time
from typing import Any

from limits import RateLimitItem
from limits.aio.storage import RedisStorage
from limits.aio.strategies import FixedWindowRateLimiter
from limits.util import WindowStats
from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

PATIENCE = 0.25
"""Seconds that the Redis gets for each step."""
TELLING = 0.25
"""Seconds for which a gateway keeps to itself what it has let in."""
NEAR = 0.1
"""The part of a limit that is near it."""
FEW = 10
"""So few requests left are near any limit."""
KNOWN_AT_MOST = 10_000


class _Window:
    __slots__ = ("remaining", "reset", "told_at", "untold")

    def __init__(self, stats: WindowStats, now: float) -> None:
        self.reset, self.remaining = stats.reset_time, stats.remaining
        self.told_at, self.untold = now, 0


class SharedRates:
    """Counts in a Redis; OSError while that is away."""

    def __init__(self, url: str) -> None:
        # its own bounds, not a cancellation: that leaves connections in the middle of an answer
        patience: dict[str, Any] = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE}
        self._connections = ConnectionPool.from_url(url, retry=Retry(NoBackoff(), 0), **patience)
        options: dict[str, Any] = {"connection_pool": self._connections}
        storage = RedisStorage(f"async+{url}", implementation="redispy", key_prefix="trunkline", **options)
        self._strategy = FixedWindowRateLimiter(storage)
        self._windows: dict[tuple[str, str], _Window] = {}

    async def hit(self, item: RateLimitItem, name: str, key: str) -> tuple[bool, WindowStats]:
        """Count one request: whether it is let in, and what is left."""
        window, now = self._windows.get((name, key)), time()
        if window is not None and window.reset <= now:
            window = None
        told = window is not None and 0 <= now - window.told_at <= TELLING
        if window is None or not told or window.remaining <= max(FEW, item.amount * NEAR):
            return await self._told(item, name, key, 1 + (window.untold if window else 0))
        window.untold += 1
        window.remaining -= 1
        return True, WindowStats(window.reset, window.remaining)

    async def stats(self, item: RateLimitItem, name: str, key: str) -> WindowStats:
        """What is left, without counting."""
        with _failing_plainly():
            return await self._strategy.get_window_stats(item, name, key)

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._connections.disconnect()

    async def _told(self, item: RateLimitItem, name: str, key: str, requests: int) -> tuple[bool, WindowStats]:
        with _failing_plainly():
            let_in = await self._strategy.hit(item, name, key, cost=requests)
            stats = await self._strategy.get_window_stats(item, name, key)
        if len(self._windows) >= KNOWN_AT_MOST:
            self._windows.clear()
        self._windows[name, key] = _Window(stats, time())
        return let_in, stats


@contextmanager
def _failing_plainly() -> Iterator[None]:
    """Translate what a Redis that cannot be reached or used says: who counts here knows nothing of its client."""
    try:
        yield
    except RedisError as err:
        raise ConnectionError(type(err).__name__) from err
