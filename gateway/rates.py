"""How often somebody may ask: for each caller, and for all callers of a customer together.

Counted in this process, or in a Redis that several gateways share. A Redis that is away costs accuracy, not answers:
each gateway then counts for itself, and tries again a moment later. Answers tell what is left in the fields of the
IETF's draft [draft-ietf-httpapi-ratelimit-headers].
"""

import logging
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from math import ceil
from time import time
from typing import TYPE_CHECKING, Annotated

import anyio
from limits import RateLimitItem, parse
from limits.util import WindowStats
from msgspec import Struct
from pydantic import AfterValidator, BeforeValidator

from gateway.guard.bounds import AtLeastOne, Bounds
from gateway.refusals import too_often
from gateway.windows import Windows
from model.caller import Caller
from sources.secrets import Secret, revealed

if TYPE_CHECKING:
    from gateway.shared_rates import SharedRates

RETREAT = 1.0
"""Seconds for which a Redis that failed is left in peace."""

log = logging.getLogger("trunkline.gateway")


def _rate(text: str) -> str:
    try:
        parse(text)
    except ValueError:
        raise ValueError("expected a rate such as 600/minute") from None
    return text


def redis_url(url: object) -> object:
    """An address of a Redis, or a secret that holds one."""
    if isinstance(url, str) and not url.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("expected a redis:// URL")
    return url


Rate = Annotated[str, AfterValidator(_rate)]


class Rates(Bounds):
    """How often somebody may ask, and how much at the same time."""

    caller: Rate = "1200/minute"
    """Requests of one caller."""
    customer: Rate = "6000/minute"
    """Requests of all who ask for the same customers."""
    staff: Rate = "60000/minute"
    """Requests of one of the operator's staff."""
    at_once: AtLeastOne = 64
    """Requests of one caller at the same time."""
    redis: Annotated[str | Secret | None, BeforeValidator(redis_url)] = None
    """Where several gateways count together; each for itself if not told."""


class Quota(Struct, frozen=True):
    """What a rate leaves: `remaining` of `limit` requests until `reset` seconds from now; `window` in seconds."""

    name: str
    limit: int
    window: int
    remaining: int
    reset: int

    @property
    def policy(self) -> str:
        """As `RateLimit-Policy` tells it."""
        return f'"{self.name}";q={self.limit};w={self.window}'

    @property
    def left(self) -> str:
        """As `RateLimit` tells it."""
        return f'"{self.name}";r={self.remaining};t={self.reset}'


class RateLimits:
    """Counts the requests of callers and customers."""

    def __init__(self, rates: Rates) -> None:
        self._caller, self._customer, self._staff = parse(rates.caller), parse(rates.customer), parse(rates.staff)
        self._here = Windows()
        self._shared = _shared(revealed(rates.redis)) if rates.redis is not None else None
        self._again_at = 0.0

    async def admit(self, caller: Caller) -> Mapping[str, str]:
        """Count one request; the headers that tell what is left. Refuses one too many."""
        quotas = []
        for item, name, key in self._counted(caller):
            let_in, stats = await self._hit(item, name, key)
            quota = _quota(item, name, stats)
            quotas.append(quota)
            if not let_in:
                refusal = too_often(max(1, quota.reset))
                refusal.headers |= told([quota])
                raise refusal
        return told(quotas)

    async def aclose(self) -> None:
        """Let go of connections."""
        if self._shared is not None:
            await self._shared.aclose()

    async def quota(self, caller: Caller) -> list[Quota]:
        """What is left to a caller now, without counting; for `viewer`."""
        return [_quota(item, name, await self._stats(item, name, key)) for item, name, key in self._counted(caller)]

    def _counted(self, caller: Caller) -> list[tuple[RateLimitItem, str, str]]:
        subject = _short(caller.subject)
        if caller.staff:
            return [(self._staff, "staff", subject)]
        own = (self._caller, "caller", subject)
        return [own, (self._customer, "customer", _scope(caller.customers))] if caller.customers else [own]

    async def _hit(self, item: RateLimitItem, name: str, key: str) -> tuple[bool, WindowStats]:
        if self._shared is not None and anyio.current_time() >= self._again_at:
            try:
                return await self._shared.hit(item, name, key)
            except OSError as error:
                self._retreat(error)
        return self._here.hit(item, name, key)

    async def _stats(self, item: RateLimitItem, name: str, key: str) -> WindowStats:
        if self._shared is not None and anyio.current_time() >= self._again_at:
            try:
                return await self._shared.stats(item, name, key)
            except OSError as error:
                self._retreat(error)
        return self._here.stats(item, name, key)

    def _retreat(self, error: Exception) -> None:
        self._again_at = anyio.current_time() + RETREAT
        log.warning("rates are counted here alone, Redis is away: %s", type(error).__name__)


def _shared(url: str) -> "SharedRates":
    from gateway.shared_rates import SharedRates  # what speaks to a Redis is 20 MB, for who has one

    return SharedRates(url)


def told(quotas: list[Quota]) -> dict[str, str]:
    """The header fields that tell what is left."""
    return {
        "ratelimit-policy": ", ".join(quota.policy for quota in quotas),
        "ratelimit": ", ".join(quota.left for quota in quotas),
    }


def _quota(item: RateLimitItem, name: str, stats: WindowStats) -> Quota:
    reset = max(0, ceil(stats.reset_time - time()))
    return Quota(name, item.amount, item.get_expiry(), max(0, stats.remaining), reset)


def _short(subject: str) -> str:
    return subject if len(subject) <= 64 else blake2b(subject.encode(), digest_size=16).hexdigest()


@lru_cache(maxsize=4096)
def _scope(customers: frozenset[str]) -> str:
    """Names those who ask for the same customers."""
    return _short(",".join(sorted(customers)))
