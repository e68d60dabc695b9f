"""A Redis that several gateways share: asked with little patience, listened to for what the others tell."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from time import monotonic
from typing import Any, TypeVar

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

PATIENCE = 0.1
"""Seconds that it gets for each step."""
RETREAT = 1.0
"""Seconds for which one that failed is left in peace."""
_LISTENING = 5.0

T = TypeVar("T")
Heard = Callable[[bytes], None]
log = logging.getLogger("trunkline.sources")


class Shared:
    """One Redis, under names that begin with `prefix`."""

    def __init__(self, url: str, prefix: str = "trunkline") -> None:
        # RESP 2: pushed messages of RESP 3 are for caches on the client's side, which this is not
        never: dict[str, Any] = {"retry": Retry(NoBackoff(), 0), "protocol": 2}
        self._redis = Redis.from_url(url, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, **never)
        self._ears = Redis.from_url(url, socket_connect_timeout=RETREAT, health_check_interval=_LISTENING, **never)
        self._prefix = prefix
        self._again_at = 0.0
        self.listening = False
        """Whether what others tell is heard now."""
        self.failures = 0
        """How often it has failed."""

    def key(self, *parts: str) -> str:
        """A name of ours in it."""
        return ":".join((self._prefix, *parts))

    async def tried(self, work: Callable[[Any], Awaitable[T]]) -> T | None:
        """What some work on it comes to; None while it is away."""
        return None if monotonic() < self._again_at else await self.urged(work)

    async def urged(self, work: Callable[[Any], Awaitable[T]]) -> T | None:
        """The same for what cannot wait: tried though it may have failed a moment ago."""
        try:
            done = await work(self._redis)
        except (RedisError, OSError, TimeoutError) as err:
            self._retreat(err)
            return None
        self._again_at = 0.0
        return done

    async def tell(self, message: bytes) -> bool:
        """Tell all who listen, this gateway included; whether it could be told."""
        return await self.urged(lambda redis: redis.publish(self.key("told"), message)) is not None

    async def listen(self, heard: Heard, returned: Callable[[], Awaitable[None]]) -> None:
        """Hear what is told, for ever. returned: called whenever listening begins, as much may have been missed."""
        while True:
            try:
                async with self._ears.pubsub(ignore_subscribe_messages=True) as ears:
                    await ears.subscribe(self.key("told"))
                    await returned()
                    self.listening = True
                    while True:
                        message = await ears.get_message(timeout=_LISTENING)
                        if message is not None:
                            heard(message["data"])
            except (RedisError, OSError, TimeoutError) as err:
                self.listening = False
                self._retreat(err)
                await asyncio.sleep(RETREAT)

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._redis.aclose()
        await self._ears.aclose()

    def _retreat(self, err: Exception) -> None:
        self.failures += 1
        if monotonic() >= self._again_at:
            log.warning("Redis is away, this gateway goes on by itself: %s", type(err).__name__)
        self._again_at = monotonic() + RETREAT
