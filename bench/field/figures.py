"""What was measured, and what it comes to beside the others."""

import statistics
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from bench.field.contestants import Contestant


@dataclass(frozen=True)
class Figures:
    """One contestant at one workload; medians of the rounds.

    cpu_ms: processor time of its process and their children, for a request. p50_ms, p99_ms: latencies. memory_mb:
    resident, after the round. calls: upstream calls of a request. failed: requests without an answer, of all rounds.
    """

    cpu_ms: float
    requests_a_second: float
    p50_ms: float
    p99_ms: float
    memory_mb: float
    calls: float
    bytes: int
    failed: int


def median(rounds: Sequence[Figures]) -> Figures:
    """The medians of some rounds; failures are counted together."""

    def of(figure: Callable[[Figures], float]) -> float:
        return statistics.median(map(figure, rounds))

    return Figures(
        of(lambda one: one.cpu_ms),
        of(lambda one: one.requests_a_second),
        of(lambda one: one.p50_ms),
        of(lambda one: one.p99_ms),
        of(lambda one: one.memory_mb),
        of(lambda one: one.calls),
        round(of(lambda one: one.bytes)),
        sum(one.failed for one in rounds),
    )


@dataclass(frozen=True)
class Compared:
    """A contestant's figures beside the others'.

    to_trunkline: its processor time as a multiple of plain Trunkline's. best_peer, to_best_peer: of Trunkline, which
    peer took the least time at the same work, and Trunkline's time as a multiple of that.
    """

    figures: Figures
    to_trunkline: float | None = None
    best_peer: str | None = None
    to_best_peer: float | None = None

    def told(self) -> dict[str, Any]:
        """As it stands in the JSON."""
        ratios = {"ratio": self.to_trunkline, "best_peer": self.best_peer, "ratio_to_best_peer": self.to_best_peer}
        return {**asdict(self.figures), **{name: value for name, value in ratios.items() if value is not None}}


def compared(figures: Mapping[str, Figures], contestants: Mapping[str, Contestant]) -> dict[str, Compared]:
    """Put each beside the others: who asks two systems for everything, beside others who do."""
    plain = figures.get("trunkline")
    found = {}
    for name, one in figures.items():
        best = _best_peer(contestants[name], figures, contestants)
        found[name] = Compared(
            one,
            one.cpu_ms / plain.cpu_ms if plain else None,
            best,
            one.cpu_ms / figures[best].cpu_ms if best else None,
        )
    return found


def _best_peer(one: Contestant, figures: Mapping[str, Figures], contestants: Mapping[str, Contestant]) -> str | None:
    if one.role != "trunkline":
        return None
    peers = [name for name in figures if contestants[name].role == "peer" and contestants[name].twice == one.twice]
    return min(peers, key=lambda name: figures[name].cpu_ms, default=None)


COLUMNS = "cpu ms  x trunkline  x best peer     req/s    p50 ms    p99 ms   MB  calls  failed"


def table(workload: str, rows: Mapping[str, Compared]) -> Iterable[str]:
    """Lines for people: the cheapest first."""
    size = next(iter(rows.values())).figures.bytes
    yield f"{workload} ({size} bytes)".ljust(26) + COLUMNS
    for name, row in sorted(rows.items(), key=lambda item: item[1].figures.cpu_ms):
        one = row.figures
        yield (
            f"{name:24} {one.cpu_ms:7.3f} {_ratio(row.to_trunkline):>12} {_ratio(row.to_best_peer):>12} "
            f"{one.requests_a_second:9.1f} {one.p50_ms:9.2f} {one.p99_ms:9.2f} {one.memory_mb:4.0f} {one.calls:6.2f} "
            f"{one.failed:7}"
        )


def _ratio(value: float | None) -> str:
    return "" if value is None else f"{value:.2f}"
