"""The figures of the gateway itself: operations, refusals, plans, its event loop, its configuration."""

from collections.abc import Iterator, Mapping
from importlib.metadata import version
from itertools import chain
from typing import TYPE_CHECKING, Any

from prometheus_client.metrics_core import Metric

from gateway.telemetry.families import counted, counter, gauge, histogram
from gateway.telemetry.operations import Operations
from sources.durations import Durations

if TYPE_CHECKING:
    from sources.guards.shared import Shared  # 20 MB, for who has a Redis


def of_operations(operations: Operations) -> Iterator[Metric]:
    """By name: what came of them, how long they took."""
    known = sorted(operations.by_name.items())
    yield counter(
        "trunkline_operations",
        "Operations by name, and what came of them: ok, partial, refused, failed or cancelled.",
        ("operation", "outcome"),
        chain.from_iterable(counted(one.outcomes, name) for name, one in known),
    )
    yield histogram(
        "trunkline_operation_seconds",
        "How long operations took, from the read request to the whole answer.",
        ("operation",),
        (((name,), one.durations) for name, one in known if one.outcomes),
    )


def of_refusals(refusals: Mapping[str, int]) -> Iterator[Metric]:
    """Requests that were not let in, or not run."""
    yield counter(
        "trunkline_refusals",
        "Requests of /graphql that were refused, by code.",
        ("code",),
        counted(refusals),
    )


def of_plans(counts: Mapping[str, Any]) -> Iterator[Metric]:
    """The caches of the engine, and what ran without a plan."""
    caches = {name: counts[name] for name in ("documents", "plans")}
    yield counter(
        "trunkline_engine_cache_events",
        "Hits, misses and evictions of the engine's caches.",
        ("cache", "event"),
        chain.from_iterable(
            counted({event: count for event, count in told.items() if event != "size"}, cache)
            for cache, told in caches.items()
        ),
    )
    yield gauge(
        "trunkline_engine_cache_entries",
        "Entries of the engine's caches.",
        ("cache",),
        (((cache,), told["size"]) for cache, told in caches.items()),
    )
    yield counter(
        "trunkline_engine_fallbacks",
        "Operations that ran without a plan, by reason.",
        ("reason",),
        counted(counts["fallbacks"]),
    )


def of_process(lag: Durations, generation: int, mistakes: int) -> Iterator[Metric]:
    """The event loop, the configuration, and which version this is."""
    yield histogram(
        "trunkline_event_loop_lag_seconds", "How late the event loop was, at several looks a second.", (), [((), lag)]
    )
    yield gauge(
        "trunkline_configuration_generation", "How often a configuration has taken effect.", (), [((), generation)]
    )
    yield gauge(
        "trunkline_configuration_mistakes",
        "Mistakes of the configuration file that changed nothing, when it was last read.",
        (),
        [((), mistakes)],
    )
    yield gauge("trunkline_build_info", "Which version this is.", ("version",), [((version("trunkline"),), 1)])


def of_shared(shared: "Shared") -> Iterator[Metric]:
    """The Redis that several gateways share."""
    yield counter("trunkline_redis_failures", "How often the shared Redis has failed.", (), [((), shared.failures)])
    yield gauge(
        "trunkline_redis_listening",
        "1 while this gateway hears what the others tell.",
        (),
        [((), shared.listening)],
    )
