"""The contest: everybody gives the same answers, and is then timed in turn, round after round."""

from collections.abc import Iterable, Sequence
from typing import Any

from bench.field.answers import Differs, data_of, hold
from bench.field.figures import Figures, median
from bench.field.ground import Running
from bench.field.workloads import Workload, workloads

HELD = 4
"""So many requests of each workload are held against the others' answers."""


class Contest:
    """Some contestants that run, and what the first of them that did the same work has answered."""

    def __init__(self, running: Iterable[Running]) -> None:
        self._running = list(running)
        self._expected: dict[tuple[str, int, bool], Any] = {}

    def measure(self, name: str, seconds: float, rounds: int, clients: int | None = None) -> dict[str, Figures]:
        """Time everybody at one workload; Differs if somebody answers otherwise than the others."""
        self._hold(name)
        taken: dict[str, list[Figures]] = {one.contestant.name: [] for one in self._running}
        for number in range(rounds):
            for one in self._running if number % 2 == 0 else reversed(self._running):
                taken[one.contestant.name].append(self._timed(one, name, seconds, clients))
        self._hold(name)
        return {contestant: median(figures) for contestant, figures in taken.items()}

    def _timed(self, one: Running, name: str, seconds: float, clients: int | None) -> Figures:
        workload = asked_of(one, name)
        clients = clients or workload.clients
        one.settle(workload, clients)
        return one.timed(workload, seconds, clients)

    def _hold(self, name: str) -> None:
        """Hold everybody's answers to some of the requests against each other."""
        for one in self._running:
            try:
                for number, (token, body) in enumerate(_some(one.requests(asked_of(one, name)))):
                    told = data_of(one.answer(token, body))
                    hold(self._expected.setdefault((name, number, one.contestant.twice), told), told)
            except (Differs, OSError) as why:
                raise Differs(f"{one.contestant.name}, {name}: {why}\n{one.process.said()}") from why


def asked_of(one: Running, name: str) -> Workload:
    """A workload as a contestant is asked it."""
    return workloads(one.ground.shape, key=one.contestant.key, provenance=one.contestant.provenance)[name]


def _some(requests: Sequence[tuple[str, bytes]]) -> Sequence[tuple[str, bytes]]:
    return requests[:: max(1, len(requests) // HELD)]
