"""The contest: everybody is started, gives the same answers, and is then timed in turn, round after round."""

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.field.answers import Differs, data_of, hold
from bench.field.asking import post
from bench.field.contestants import Contestant, started
from bench.field.figures import Figures, median
from bench.field.load import load, write_requests
from bench.field.process import Process
from bench.field.rows import Shape
from bench.field.tokens import Issuer
from bench.field.upstream import Upstream, write
from bench.field.workloads import Workload, workloads

HELD = 3
"""So many requests of each workload are held against the others' answers."""
SETTLING = 1.0
"""Seconds of load before anything is timed: plans, code compiled at run time, connections."""


@dataclass(frozen=True)
class Cores:
    """Which core the contestants have to themselves, and which one upstream and load share; None: any."""

    contestant: int | None = 0
    rest: int | None = 1


class Contest:
    """The upstream systems and the contestants, running until the block ends."""

    def __init__(
        self, contestants: Iterable[Contestant], folder: Path, cores: Cores, shape: Shape | None = None
    ) -> None:
        self._contestants = list(contestants)
        self._folder = folder
        self._cores = cores
        self._shape = shape or Shape()
        self._running: dict[str, tuple[Process, str]] = {}
        self._expected: dict[tuple[str, str, bool], Any] = {}

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop()

    def _start(self) -> None:
        self._folder.chmod(0o755)  # nginx, started by root, reads as somebody else
        write(self._shape, self._folder / "says")
        self._issuer = Issuer(self._folder / "says")
        self._upstream = Upstream(self._folder, self._cores.rest)
        for one in self._contestants:
            folder = self._folder / one.name
            self._running[one.name] = started(one, self._upstream.origin, folder, self._cores.contestant)

    def _stop(self) -> None:
        for process, _ in self._running.values():
            process.stop()
        if hasattr(self, "_upstream"):
            self._upstream.stop()

    def measure(self, workload: str, seconds: float, rounds: int, clients: int | None) -> dict[str, Figures]:
        """Time everybody at one workload; Differs if somebody answers otherwise than the others."""
        for one in self._contestants:
            self._hold(one, self._asked(one, workload))
            self._timed(one, workload, SETTLING, clients)
        taken: dict[str, list[Figures]] = {one.name: [] for one in self._contestants}
        for number in range(rounds):
            for one in self._contestants if number % 2 == 0 else reversed(self._contestants):
                taken[one.name].append(self._timed(one, workload, seconds, clients))
        for one in self._contestants:
            self._hold(one, self._asked(one, workload))
        return {name: median(figures) for name, figures in taken.items()}

    def _asked(self, one: Contestant, workload: str) -> Workload:
        return workloads(self._shape, provenance=one.provenance)[workload]

    def _requests(self, one: Contestant, asked: Workload) -> Sequence[tuple[str, bytes]]:
        return [(self._issuer.token(about) if one.token else "", asked.body(about)) for about in asked.asked]

    def _hold(self, one: Contestant, asked: Workload) -> None:
        """Hold a contestant's answers against those of the first one that did the same work."""
        _, url = self._running[one.name]
        for token, body in self._requests(one, asked)[:: max(1, len(asked.asked) // HELD)]:
            about = str(body[-40:])
            try:
                told = data_of(post(url, body, {"authorization": f"Bearer {token}"} if token else None))
                hold(self._expected.setdefault((asked.name, about, one.twice), told), told)
            except (Differs, OSError) as why:
                raise Differs(f"{one.name}, {asked.name}: {why}\n{self._running[one.name][0].said()}") from why

    def _timed(self, one: Contestant, workload: str, seconds: float, clients: int | None) -> Figures:
        asked = self._asked(one, workload)
        process, url = self._running[one.name]
        requests = write_requests(self._requests(one, asked), self._folder / one.name / f"{workload}.requests")
        calls, cpu = self._upstream.calls(), process.cpu()
        told = load(url, requests, seconds, clients or asked.clients, self._cores.rest)
        if not told.requests:
            raise RuntimeError(f"{one.name} answered nothing:\n{process.said()}")
        spent = process.cpu() - cpu
        done = told.requests + (clients or asked.clients) / 2  # those under way at the end are half done, on average
        return Figures(
            spent * 1000 / done,
            told.requests / told.seconds,
            told.p50_ms,
            told.p99_ms,
            process.memory(),
            (self._upstream.calls() - calls - 1) / done,
            round(told.size / told.requests),
            told.failed,
        )


def say(text: str) -> None:
    """Tell how far it is, beside the figures."""
    print(text, file=sys.stderr, flush=True)


def by_name(contestants: Mapping[str, Contestant], only: str | None) -> list[Contestant]:
    """Those that are named, or all; KeyError names one that there is not."""
    return list(contestants.values()) if only is None else [contestants[name] for name in only.split(",")]
