"""Feels whether a source is alive."""

from collections.abc import Awaitable, Callable

import anyio

from model.faults import SourceFault
from sources.contract import Health, HealthState


async def felt(probe: Callable[[float], Awaitable[None]], seconds: float) -> Health:
    """What a probe finds within so many seconds; it is given its deadline, and raises a SourceFault when it fails."""
    began = anyio.current_time()
    fault = None
    try:
        await probe(began + seconds)
    except SourceFault as err:
        fault = err
    took = (anyio.current_time() - began) * 1000
    return Health(HealthState.DOWN if fault else HealthState.UP, took, fault)
