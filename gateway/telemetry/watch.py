"""All that is noted of a gateway while it runs, and the figures that are made of it."""

from collections.abc import Collection, Iterator, Mapping
from typing import TYPE_CHECKING

from engine import Plans
from gateway.execution import Executor
from gateway.generations import Generations
from gateway.reloading import Reloading
from gateway.telemetry.lag import Lag
from gateway.telemetry.operations import Operations
from gateway.telemetry.watched import Watched

if TYPE_CHECKING:
    from prometheus_client.metrics_core import Metric

    from gateway.telemetry.tracing import Tracing


class Watch:
    """What is noted besides what sources and engine count themselves. names: of operations that are told apart."""

    def __init__(
        self, names: Collection[str] = (), plans: Plans | None = None, tracing: "Tracing | None" = None
    ) -> None:
        self._operations = Operations(names)
        self._plans = plans
        self._tracing = tracing
        self.lag = Lag()

    def over(self, execute: Executor) -> Executor:
        """The same executor, watched."""
        return Watched(execute, self._operations, self._tracing)

    async def aclose(self) -> None:
        """Tell what has not been told."""
        if self._tracing is not None:
            await self._tracing.aclose()

    def figures(
        self, generations: Generations, refusals: Mapping[str, int], reloading: Reloading | None
    ) -> "Iterator[Metric]":
        """Everything that is told now, of the present generation of sources."""
        from gateway.telemetry.of_gateway import of_operations, of_plans, of_process, of_refusals, of_shared
        from gateway.telemetry.of_sources import of_sources  # with prometheus-client, for who asks for figures

        upstreams = generations.now.upstreams
        yield from of_sources(upstreams)
        yield from of_operations(self._operations)
        yield from of_refusals(refusals)
        if self._plans is not None:
            yield from of_plans(self._plans.counts())
        if upstreams.controls.shared is not None:
            yield from of_shared(upstreams.controls.shared)
        yield from of_process(self.lag.durations, generations.count, len(reloading.mistakes) if reloading else 0)
