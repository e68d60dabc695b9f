"""Watching a contestant that was started with a watch on it, while it is asked."""

import signal
import time

import msgspec

from bench.field.figures import Figures
from bench.field.ground import Running
from bench.field.watched import Report
from bench.field.workloads import Workload

PATIENCE = 30.0


def watch(one: Running, workload: Workload, seconds: float, clients: int | None = None) -> tuple[Report, Figures]:
    """What was seen of it at a workload, and the figures of that time."""
    one.settle(workload, clients or workload.clients)
    one.process.tell(signal.SIGUSR1)
    figures = one.timed(workload, seconds, clients or workload.clients)
    one.process.tell(signal.SIGUSR2)
    return _report(one), figures


def _report(one: Running) -> Report:
    written = one.folder / "report.json"
    until = time.monotonic() + PATIENCE
    while not written.exists():
        if time.monotonic() > until:
            raise RuntimeError(f"{one.contestant.name} writes no report:\n{one.process.said()}")
        time.sleep(0.05)
    report = msgspec.json.decode(written.read_bytes(), type=Report)
    written.unlink()
    return report
