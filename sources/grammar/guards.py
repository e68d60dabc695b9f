"""What may be declared of the guards around a source: how it is spared, and what is done when it fails."""

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from sources.grammar.words import Declared, Duration, Size


def _off(value: object) -> object:
    """`breaker: false` does without."""
    return None if value is False else value


MOMENT = 0.5
"""Seconds for which an answer serves those who come after it, unless something else is declared."""
Share = Annotated[float, Field(gt=0, le=1)]
"""A part of all calls."""


class BreakerDeclaration(Declared):
    """When a source is left in peace: too many of its last 64 calls failed, or were slow.

    failing and slow: the shares that are too many. slow_after: what is slow; nearly the source's timeout if not told.
    calls: below so many nothing is judged. rest: for how long it is left in peace, longer when that does not help.
    probes: how many calls are let through after that, and have to succeed, before all are.
    """

    failing: Share = 0.5
    slow: Share = 0.8
    slow_after: Duration | None = None
    calls: int = Field(default=20, ge=1, le=64)
    rest: Duration = 5.0
    probes: int = Field(default=2, ge=1)


class RetriesDeclaration(Declared):
    """How often, and after which wait, what failed for a moment is asked for again.

    times: at most. wait: about the first; each further one is twice as long, and Retry-After counts more. budget: the
    share of a source's calls that may be repetitions.
    """

    times: int = Field(default=2, ge=1, le=10)
    wait: Duration = 0.05
    budget: Share = 0.1


class PaceDeclaration(Declared):
    """How many calls go out in a time. burst: how many of them at once, after a quiet while."""

    calls: int = Field(ge=1)
    per: Duration = 1.0
    burst: int = Field(default=1, ge=1)


class HedgeDeclaration(Declared):
    """A second call when the first takes longer than 95 of 100 do. share: the part of calls that may have one.

    at_least: seconds that the first gets, however fast the source usually is.
    """

    share: Annotated[float, Field(gt=0, le=0.2)] = 0.06
    at_least: Duration = 0.02


class KeepDeclaration(Declared):
    """For how long the answers of a lookup are kept [RFC 5861].

    ttl: they are as good as new. stale_while_revalidate: after that they are still given, marked as stale, while a new
    one is fetched. stale_if_error: after `ttl`, they are given, marked as stale, where the source fails.
    """

    ttl: Duration
    stale_while_revalidate: Duration = 0.0
    stale_if_error: Duration = 0.0


class CacheDeclaration(Declared):
    """What of a source's answers is kept: lookup -> for how long. entries and bytes: how many in each process."""

    lookups: dict[str, KeepDeclaration]
    entries: int = Field(default=20_000, ge=1)
    bytes: Size = 64 * 1024**2


class GuardsDeclaration(Declared):
    """What stands around a source; `false` takes a guard away.

    queue: how many calls may wait for their turn, beyond the source's `concurrency`. shared_for: how long an answer
    serves those who come after it, while somebody for whom it came is still there. fallback: lookup -> the source that
    is asked when this one fails.
    """

    cache: CacheDeclaration | None = None
    fallback: dict[str, str] = Field(default_factory=dict)
    shared_for: Duration = MOMENT
    queue: int = Field(default=256, ge=0)
    retries: Annotated[
        RetriesDeclaration | None,
        BeforeValidator(_off, json_schema_input_type=RetriesDeclaration | Literal[False] | None),
    ] = RetriesDeclaration()
    breaker: Annotated[
        BreakerDeclaration | None,
        BeforeValidator(_off, json_schema_input_type=BreakerDeclaration | Literal[False] | None),
    ] = BreakerDeclaration()
    hedge: HedgeDeclaration | None = None
    pace: PaceDeclaration | None = None
