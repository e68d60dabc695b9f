"""Watching a contestant that was started with a watch on it, while it is asked."""

import signal
import time

import msgspec

from bench.field.contest import SETTLING, asked_of
from bench.field.ground import Running
from bench.field.watched import Report

PATIENCE = 30.0


def watch(one: Running, name: str, seconds: float, clients: int | None = None) -> tuple[Report, float]:
    """What was seen of it at a workload, and the milliseconds of processor time that a request took."""
    workload = asked_of(one, name)
    clients = clients or workload.clients
    one.timed(workload, SETTLING, clients)
    one.process.tell(signal.SIGUSR1)
    figures = one.timed(workload, seconds, clients)
    one.process.tell(signal.SIGUSR2)
    return _report(one), figures.cpu_ms


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
