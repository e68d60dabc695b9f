"""The figures of sources: what their guards have counted, read when somebody asks."""

from collections.abc import Iterable, Iterator
from itertools import chain

from prometheus_client.metrics_core import Metric

from gateway.telemetry.families import Labelled, counted, counter, gauge, histogram
from resolvers.upstreams import Upstreams
from sources.guards.breaker import Breaker, BreakerState
from sources.guards.bulkhead import Bulkhead
from sources.guards.cache import Cache
from sources.guards.guard import Guard, guards
from sources.guards.meter import Meter


def of_sources(upstreams: Upstreams) -> Iterator[Metric]:
    """Everything that is told of the sources as they are configured now."""
    around = [guard for source in upstreams.sources.values() for guard in guards(source)]
    yield from _of_calls([guard for guard in around if isinstance(guard, Meter)])
    yield from _of_queues([guard for guard in around if isinstance(guard, Bulkhead)])
    yield from _of_caches([guard for guard in around if isinstance(guard, Cache)])
    yield gauge(
        "trunkline_breaker_state",
        "1 for the state that a source's breaker is in.",
        ("source", "state"),
        _states(guard for guard in around if isinstance(guard, Breaker)),
    )
    yield counter(
        "trunkline_guard_events",
        "What the guards around sources have done, by their own words for it.",
        ("source", "guard", "event"),
        chain.from_iterable(map(_events, around)),
    )
    yield gauge(
        "trunkline_source_set_aside",
        "1 for a source that staff have set aside.",
        ("source",),
        (((name,), name in upstreams.controls.set_aside) for name in upstreams.sources),
    )


def _of_calls(meters: Iterable[Meter]) -> Iterator[Metric]:
    measured = [(meter.name, str(lookup), one) for meter in meters for lookup, one in sorted(meter.measured.items())]
    yield counter(
        "trunkline_source_calls",
        "Calls that reached a source, by outcome: ok, the code of a fault, or cancelled.",
        ("source", "lookup", "outcome"),
        chain.from_iterable(counted(one.outcomes, source, lookup) for source, lookup, one in measured),
    )
    yield histogram(
        "trunkline_source_call_seconds",
        "How long a source took, without queues, retries and caches.",
        ("source", "lookup"),
        (((source, lookup), one.durations) for source, lookup, one in measured),
    )


def _of_queues(queues: Iterable[Bulkhead]) -> Iterator[Metric]:
    each = list(queues)
    yield gauge(
        "trunkline_source_calls_under_way",
        "Calls of a source that have their turn.",
        ("source",),
        (((one.name,), one.under_way) for one in each),
    )
    yield gauge(
        "trunkline_source_calls_waiting",
        "Calls of a source that wait for their turn.",
        ("source",),
        (((one.name,), one.waiting) for one in each),
    )
    yield gauge(
        "trunkline_source_calls_at_once",
        "How many calls of a source may have their turn.",
        ("source",),
        (((one.name,), one.at_once) for one in each),
    )


def _of_caches(caches: Iterable[Cache]) -> Iterator[Metric]:
    each = list(caches)
    yield gauge(
        "trunkline_cache_entries",
        "Answers of a source that are kept in this process.",
        ("source",),
        (((one.name,), len(one.kept)) for one in each),
    )
    yield gauge(
        "trunkline_cache_bytes",
        "What these take, about.",
        ("source",),
        (((one.name,), one.kept.bytes) for one in each),
    )


def _states(breakers: Iterable[Breaker]) -> Labelled:
    for breaker in breakers:
        now = breaker.state
        for state in BreakerState:
            yield (breaker.name, state.value), state is now


def _events(guard: Guard) -> Labelled:
    counts = {name.replace(" ", "_"): count for name, count in guard.counts.items()}
    return counted(counts, guard.name, guard.kind.replace(" ", "_"))
