"""`trunkline serve`, watched from within: where its processor time goes, and how long its event loop is held.

    python -m bench.field.watched REPORT CONFIGURATION PORT

SIGUSR1 begins to watch, SIGUSR2 ends it and writes the report. What the product does is not changed by it.
"""

import asyncio
import gc
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from socket import socket
from types import FrameType
from typing import Any

import msgspec
from starlette.applications import Starlette

import gateway.commands.serve as command
from bench.field.seen import Seen, seen
from gateway.server import serve
from gateway.settings import Settings

LOOK = 0.002
"""Seconds of processor time between two looks at the stack."""
TICK = 0.002
"""Seconds between two ticks of the event loop."""


class Report(msgspec.Struct):
    """What was seen.

    looks: what was at work, and how often. held_ms: the longest time for which the loop ran nothing else, in processor
    time, which other processes do not lengthen; late_ms: by the clock. collecting_ms: what the cyclic collector took.
    """

    looks: list[tuple[Seen, int]]
    cpu_ms: float
    collecting_ms: float
    held_ms: float
    late_ms: float


class Watch:
    """A watch over this process."""

    def __init__(self, report: Path) -> None:
        self._report = report
        self._looks: Counter[Seen] = Counter()
        self._held = self._late = self._collecting = self._begun = self._collection_begun = 0.0
        signal.signal(signal.SIGUSR1, self.start)
        signal.signal(signal.SIGUSR2, self.stop)
        signal.signal(signal.SIGPROF, self._look)

    def start(self, *_: object) -> None:
        """Begin to watch."""
        self._looks.clear()
        self._held = self._late = self._collecting = 0.0
        self._begun = time.process_time()
        gc.callbacks.append(self.collector_told)
        signal.setitimer(signal.ITIMER_PROF, LOOK, LOOK)

    def stop(self, *_: object) -> None:
        """End it, and write what was seen."""
        signal.setitimer(signal.ITIMER_PROF, 0)
        cpu = time.process_time() - self._begun
        gc.callbacks.remove(self.collector_told)
        told = Report([*self._looks.items()], cpu * 1e3, self._collecting * 1e3, self._held * 1e3, self._late * 1e3)
        part = self._report.with_suffix(".part")
        part.write_bytes(msgspec.json.encode(told))
        part.rename(self._report)

    async def tick(self) -> None:
        """Note how long the loop was held between two ticks, for as long as it runs."""
        while True:
            clock, cpu = time.monotonic(), time.thread_time()
            await asyncio.sleep(TICK)
            self._late = max(self._late, time.monotonic() - clock - TICK)
            self._held = max(self._held, time.thread_time() - cpu)

    def _look(self, _signal: int, frame: FrameType | None) -> None:
        self._looks[seen(frame)] += 1

    def collector_told(self, phase: str, _: Any) -> None:
        """Count the time of a collection."""
        if phase == "start":
            self._collection_begun = time.process_time()
        else:
            self._collecting += time.process_time() - self._collection_begun


def watching(watch: Watch) -> Callable[[Starlette, socket, Settings, Callable[[], None]], None]:
    """Serve as the product does, with the watch's ticks on the same event loop."""

    def run(app: Starlette, listening: socket, settings: Settings, ready: Callable[[], None]) -> None:
        ticking: list[asyncio.Task[None]] = []

        def ticks() -> None:
            ticking.append(asyncio.get_running_loop().create_task(watch.tick()))
            ready()

        serve(app, listening, settings, ticks)

    return run


def main(report: str, configuration: str, port: str) -> None:
    """Serve, watched."""
    vars(command)["serve"] = watching(Watch(Path(report)))
    command.start(config=Path(configuration), insecure_open=True, host=None, port=int(port))


if __name__ == "__main__":
    main(*sys.argv[1:])
