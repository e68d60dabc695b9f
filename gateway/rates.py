"""How often somebody may ask: for each caller, and for all callers of a customer together.

Counted in this process, or in a Redis that several gateways share. A Redis that is away costs accuracy, not answers:
each gateway then counts for itself, and tries again a moment later. Answers tell what is left in the fields of the
IETF's draft [draft-ietf-httpapi-ratelimit-headers].
"""

import logging
from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from math import ceil
from time import time
from typing import TYPE_CHECKING, Annotated

import anyio
from limits import RateLimitItem, parse
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


class Limit(Struct, frozen=True):
    """A rate, as it is counted: `amount` requests in `seconds`. policy: as `RateLimit-Policy` tells it."""

    name: str
    item: RateLimitItem
    amount: int
    seconds: int
    policy: str


class Quota(Struct, frozen=True):
    """What a rate leaves: `remaining` of `limit` requests until `reset` seconds from now; `window` in seconds."""

    name: str
    limit: int
    window: int
    remaining: int
    reset: int


Counted = tuple[str, Sequence[tuple[Limit, str]]]
"""What a request is counted by: the policies of it, and each limit with the key of its window."""


class RateLimits:
    """Counts the requests of callers and customers."""

    def __init__(self, rates: Rates) -> None:
        self._caller, self._customer = _limit("caller", rates.caller), _limit("customer", rates.customer)
        self._staff = _limit("staff", rates.staff)
        self._counted = lru_cache(maxsize=4096)(self._by)
        self._here = Windows()
        self._shared = _shared(revealed(rates.redis)) if rates.redis is not None else None
        self._again_at = 0.0

    async def admit(self, caller: Caller) -> Mapping[str, str]:
        """Count one request; the headers that tell what is left. Refuses one too many."""
        policy, counted = self._counted(caller.subject, caller.staff, caller.customers)
        left, now = "", time()
        for limit, key in counted:
            if self._shared is None:
                window = self._here.hit(limit.name, key, limit.seconds, now)
                over, remaining, ends = window.count > limit.amount, limit.amount - window.count, window.ends
            else:
                over, remaining, ends = await self._hit(self._shared, limit, key)
            reset = ceil(ends - now) if ends > now else 0
            told = f'"{limit.name}";r={max(0, remaining)};t={reset}'
            if over:
                refusal = too_often(max(1, reset))
                refusal.headers |= {"ratelimit-policy": limit.policy, "ratelimit": told}
                raise refusal
            left = f"{left}, {told}" if left else told
        return {"ratelimit-policy": policy, "ratelimit": left}

    async def aclose(self) -> None:
        """Let go of connections."""
        if self._shared is not None:
            await self._shared.aclose()

    async def quota(self, caller: Caller) -> list[Quota]:
        """What is left to a caller now, without counting; for `viewer`."""
        counted = self._counted(caller.subject, caller.staff, caller.customers)[1]
        return [await self._quota(limit, key) for limit, key in counted]

    def _by(self, subject: str, staff: bool, customers: frozenset[str]) -> Counted:
        """What somebody's requests are counted by."""
        if staff:
            return self._staff.policy, ((self._staff, _short(subject)),)
        if not customers:
            return self._caller.policy, ((self._caller, _short(subject)),)
        own, theirs = (self._caller, _short(subject)), (self._customer, _short(",".join(sorted(customers))))
        return f"{self._caller.policy}, {self._customer.policy}", (own, theirs)

    async def _hit(self, shared: "SharedRates", limit: Limit, key: str) -> tuple[bool, int, float]:
        """Count one request together with others: whether it is one too many, how many are left, and until when."""
        if anyio.current_time() >= self._again_at:
            try:
                let_in, stats = await shared.hit(limit.item, limit.name, key)
            except OSError as error:
                self._retreat(error)
            else:
                return not let_in, stats.remaining, stats.reset_time
        window = self._here.hit(limit.name, key, limit.seconds, time())
        return window.count > limit.amount, limit.amount - window.count, window.ends

    async def _quota(self, limit: Limit, key: str) -> Quota:
        remaining, ends = await self._left(limit, key)
        reset = max(0, ceil(ends - time()))
        return Quota(limit.name, limit.amount, limit.seconds, max(0, remaining), reset)

    async def _left(self, limit: Limit, key: str) -> tuple[int, float]:
        if self._shared is not None and anyio.current_time() >= self._again_at:
            try:
                stats = await self._shared.stats(limit.item, limit.name, key)
            except OSError as error:
                self._retreat(error)
            else:
                return stats.remaining, stats.reset_time
        window = self._here.now(limit.name, key, limit.seconds, time())
        return limit.amount - window.count, window.ends

    def _retreat(self, error: Exception) -> None:
        self._again_at = anyio.current_time() + RETREAT
        log.warning("rates are counted here alone, Redis is away: %s", type(error).__name__)


def _limit(name: str, rate: str) -> Limit:
    item = parse(rate)
    seconds = item.get_expiry()
    return Limit(name, item, item.amount, seconds, f'"{name}";q={item.amount};w={seconds}')


def _shared(url: str) -> "SharedRates":
    from gateway.shared_rates import SharedRates  # what speaks to a Redis is 20 MB, for who has one

    return SharedRates(url)


def _short(subject: str) -> str:
    """Who or what is counted, in few characters."""
    return subject if len(subject) <= 64 else blake2b(subject.encode(), digest_size=16).hexdigest()
