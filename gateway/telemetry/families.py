"""Families of figures, as prometheus-client writes them."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric

from sources.durations import BOUNDS, Durations

Labelled = Iterable[tuple[Sequence[str], float]]
"""Figures, each by the values of its labels."""

_BOUNDS = [*map(str, BOUNDS), "+Inf"]


def counter(name: str, told: str, labels: Sequence[str], figures: Labelled) -> Metric:
    """What only grows; its name ends in `_total`."""
    family = CounterMetricFamily(name, told, labels=labels)
    for values, figure in figures:
        family.add_metric(values, figure)
    return family


def gauge(name: str, told: str, labels: Sequence[str], figures: Labelled) -> Metric:
    """What goes up and down."""
    family = GaugeMetricFamily(name, told, labels=labels)
    for values, figure in figures:
        family.add_metric(values, figure)
    return family


def histogram(
    name: str, told: str, labels: Sequence[str], figures: Iterable[tuple[Sequence[str], Durations]]
) -> Metric:
    """How long things took, in seconds."""
    family = HistogramMetricFamily(name, told, labels=labels)
    for values, durations in figures:
        buckets = list(zip(_BOUNDS, accumulate(durations.counts), strict=True))
        family.add_metric(values, buckets, durations.seconds)
    return family


def counted(counts: Mapping[str, int], *before: str) -> Labelled:
    """Counts by one label, after those that they share."""
    return (((*before, name), count) for name, count in sorted(counts.items()))
