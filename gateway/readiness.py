"""Whether this gateway can be of use: what a load balancer asks, and what an operator looks at first."""

from collections.abc import Callable, Mapping
from typing import Any

import anyio

from sources.contract import Health, HealthState, Source

PATIENCE = 2.0
"""Seconds that a source gets to answer a health check."""

FRESH = 5.0
"""Seconds for which probes hear the same again, so that eager ones do not load the upstream systems."""


class Readiness:
    """Asks every source how it is, all at the same time, and remembers who has ever answered.

    Ready means: at least one source answers or has answered. A gateway that has lost its sources still tells
    what is missing, and is worth being asked; one that never reached any is misconfigured or too young.
    """

    def __init__(self, sources: Callable[[], Mapping[str, Source]], fresh: float | None = None) -> None:
        self._sources = sources
        self._fresh = FRESH if fresh is None else fresh
        self._answered: set[str] = set()
        self._found: dict[str, Health | None] = {}
        self._until = 0.0
        self._asking = anyio.Lock()

    async def report(self) -> tuple[bool, list[dict[str, Any]]]:
        """Tell whether the gateway is ready, and each source's state."""
        async with self._asking:
            if anyio.current_time() >= self._until:
                await self._ask()
                self._until = anyio.current_time() + self._fresh
        return bool(self._answered), [_state(name, health) for name, health in self._found.items()]

    async def _ask(self) -> None:
        sources = self._sources()
        self._found = dict.fromkeys(sources)
        async with anyio.create_task_group() as tasks:
            for source in sources.values():
                tasks.start_soon(self._ask_one, source)

    async def _ask_one(self, source: Source) -> None:
        with anyio.move_on_after(PATIENCE):
            health = self._found[source.name] = await source.health()
            if health.state is HealthState.UP:
                self._answered.add(source.name)


def _state(name: str, health: Health | None) -> dict[str, Any]:
    if health is None:
        return {"source": name, "state": HealthState.DOWN, "ms": PATIENCE * 1000, "code": "SOURCE_TIMED_OUT"}
    code = health.fault.code if health.fault else None
    return {"source": name, "state": health.state, "ms": round(health.ms, 1), "code": code}
