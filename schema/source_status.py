"""The state of the sources, for the operator's staff."""

import asyncio
from datetime import datetime
from enum import Enum

import strawberry

from model.faults import SourceFault
from resolvers.request import Request
from sources.contract import HealthState, Source
from sources.guards.breaker import Breaker
from sources.guards.breaker import BreakerState as State
from sources.guards.guard import guards


@strawberry.enum(description="Whether a source answers.")
class SourceState(Enum):
    UP = strawberry.enum_value(HealthState.UP, description="It answered just now.")
    DOWN = strawberry.enum_value(HealthState.DOWN, description="It did not.")


@strawberry.enum(description="Whether calls of a source are let through by its breaker.")
class BreakerState(Enum):
    CLOSED = strawberry.enum_value(State.CLOSED, description="All are.")
    OPEN = strawberry.enum_value(State.OPEN, description="None are: it failed too often of late.")
    HALF_OPEN = strawberry.enum_value(State.HALF_OPEN, description="A few are, to see how it is.")


@strawberry.type(description="That a source is set aside, and is not asked.")
class Maintenance:
    since: datetime = strawberry.field(description="Since when.")
    by: str = strawberry.field(description="Who did it.")
    reason: str | None = strawberry.field(description="Why, if they told.")


@strawberry.type(description="A source, and whether it answers now.")
class SourceStatus:
    name: str = strawberry.field(description="How the configuration calls it.")
    label: str = strawberry.field(description="How customers and partners see it called.")
    state: SourceState = strawberry.field(description="Whether it answers.")
    code: str | None = strawberry.field(description="Why it does not.")
    ms: float = strawberry.field(description="How long it took to find out, in milliseconds.")
    lookups: list[str] = strawberry.field(description="What it can be asked.")
    breaker: BreakerState | None = strawberry.field(description="Whether it is asked; null for one without a breaker.")
    maintenance: Maintenance | None = strawberry.field(description="That it is set aside, if it is.")


async def statuses(request: Request) -> list[SourceStatus]:
    """Ask every source for a sign of life, all at the same time."""
    sources = request.upstreams.sources.values()
    return list(await asyncio.gather(*(_status(request, source) for source in sources)))


async def _status(request: Request, source: Source) -> SourceStatus:
    loop = asyncio.get_running_loop()
    started = loop.time()
    fault: SourceFault | None = None
    try:
        async with asyncio.timeout_at(request.deadline):
            health = await source.health()
        fault = health.fault
        state = SourceState(health.state)
    except (TimeoutError, SourceFault) as err:
        fault = err if isinstance(err, SourceFault) else None
        state = SourceState.DOWN
    return SourceStatus(
        name=source.name,
        label=request.upstreams.labels[source.name],
        state=state,
        code=fault.code if fault else ("SOURCE_TIMED_OUT" if state is SourceState.DOWN else None),
        ms=round((loop.time() - started) * 1000, 1),
        lookups=sorted(str(lookup) for lookup in source.lookups),
        breaker=next((BreakerState(guard.state) for guard in guards(source) if isinstance(guard, Breaker)), None),
        maintenance=request.upstreams.controls.set_aside.get(source.name),  # type: ignore[arg-type]  # a notice reads alike
    )
