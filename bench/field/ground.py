"""The ground on which contestants run: upstream systems, an issuer of tokens, two cores; ended with the block."""

import os
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from math import inf
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Self

from bench.field.asking import post
from bench.field.contestants import Contestant
from bench.field.figures import Figures
from bench.field.load import load, write_requests
from bench.field.process import Process, free_port, until_answers
from bench.field.rows import Branch, Shape, branches
from bench.field.starts import Place
from bench.field.tokens import Issuer
from bench.field.upstream import Upstream, write
from bench.field.workloads import Workload

SETTLED = 2.0
"""Seconds of processor time that everybody has had before anything is timed."""
STEADY = 0.95
"""Who takes more than this part of what a request took in the second before has settled."""
LONGEST = 20.0
"""Seconds after which somebody who has answered nothing will not do so any more."""


@dataclass(frozen=True)
class Cores:
    """Which core the contestants have to themselves, and which one upstream and load share; None: any."""

    contestant: int | None
    rest: int | None


def cores() -> Cores:
    """The first two that this process may use, if it may use two."""
    usable = sorted(os.sched_getaffinity(0))
    return Cores(usable[0], usable[1]) if len(usable) > 1 else Cores(None, None)


class Ground(AbstractContextManager["Ground"]):
    """The upstream systems, with data of a shape, or of just these customers; what is started ends with the block."""

    def __init__(self, shape: Shape, cores: Cores, everybody: Sequence[Branch] = ()) -> None:
        self.shape = shape
        self.cores = cores
        self._everybody = everybody or list(branches(shape))
        self._running: list[Running] = []

    def __enter__(self) -> Self:
        self._temporary = TemporaryDirectory(prefix="trunkline-bench-")
        try:
            self.folder = Path(self._temporary.name)
            self.folder.chmod(0o755)  # nginx, started by root, reads as somebody else
            write(self._everybody, self.shape.branches, self.folder / "says")
            self.issuer = Issuer(self.folder / "says", self.shape)
            self.upstream = Upstream(self.folder, self.cores.rest)
        except BaseException:
            self._temporary.cleanup()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for running in self._running:
            running.process.stop()
        self.upstream.stop()
        self._temporary.cleanup()

    def start(self, contestant: Contestant) -> "Running":
        """Start one, and wait until it answers."""
        folder = self.folder / contestant.name
        folder.mkdir()
        place = Place(self.upstream.origin, free_port(), folder)
        said = contestant.start(place)
        log = self.folder / f"{contestant.name}.log"  # not in the folder whose changes the contestant may watch
        core = self.cores.contestant
        process = Process(
            contestant.name, said.command, log, core=core, folder=said.folder, environment=said.environment
        )
        running = Running(self, contestant, process, f"http://127.0.0.1:{place.port}{contestant.path}", folder)
        self._running.append(running)
        until_answers(process, place.port)
        return running


@dataclass(frozen=True)
class Running:
    """A contestant that runs."""

    ground: Ground
    contestant: Contestant
    process: Process
    url: str
    folder: Path

    def requests(self, workload: Workload) -> Sequence[tuple[str, bytes]]:
        """What it is asked: a token or nothing, and a body."""
        token = self.ground.issuer.token if self.contestant.token else lambda _: ""
        return [(token(about), workload.body(about)) for about in workload.asked]

    def answer(self, token: str, body: bytes) -> bytes:
        """Its answer to one request."""
        return post(self.url, body, {"authorization": f"Bearer {token}"} if token else None)

    def settle(self, workload: Workload, clients: int) -> None:
        """Ask, second after second, until a request takes no less than in the second before.

        Then it has its plans, connections, code compiled at run time, and a heap as large as it wants.
        """
        until, before = time.monotonic() + LONGEST, inf
        while time.monotonic() < until:
            taken = self.timed(workload, 1, clients).cpu_ms
            if taken > STEADY * before and self.process.cpu() > SETTLED:
                return
            before = taken

    def timed(self, workload: Workload, seconds: float, clients: int) -> Figures:
        """Ask it as fast as it answers, and measure what that takes.

        Requests that are under way at the end count as half done, which is what they are on average. Where none was
        answered it takes longer, and RuntimeError is raised when that is too long.
        """
        requests = write_requests(self.requests(workload), self.folder / f"{workload.name}.requests")
        calls, cpu = self.ground.upstream.calls(), self.process.cpu()
        told = load(self.url, requests, seconds, clients, self.ground.cores.rest)
        spent = self.process.cpu() - cpu
        if not told.requests:
            if seconds > LONGEST:
                raise RuntimeError(f"{self.contestant.name} answered nothing:\n{self.process.said()}")
            return self.timed(workload, seconds * 2, clients)
        done = told.requests + clients / 2
        return Figures(
            cpu_ms=spent * 1000 / done,
            requests_a_second=told.requests / told.seconds,
            p50_ms=told.p50_ms,
            p99_ms=told.p99_ms,
            memory_mb=self.process.memory(),
            calls=(self.ground.upstream.calls() - calls - 1) / done,
            bytes=round(told.size / told.requests),
            failed=told.failed,
        )
