"""The load: wrk, asking from a file of requests for some seconds."""

import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

SCRIPT = Path(__file__).parent / "wrk.lua"
TIMEOUT = 30
"""Seconds after which wrk counts an answer as missing."""


@dataclass(frozen=True)
class Load:
    """What wrk tells of one run. seconds: how long it ran; p50_ms, p99_ms: latencies; size: bytes of all answers."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    size: int
    failed: int


def write_requests(requests: Iterable[tuple[str, bytes]], file: Path) -> Path:
    """Write what to ask: tokens (or nothing) and bodies."""
    file.write_bytes(b"".join(token.encode() + b"\t" + body + b"\n" for token, body in requests))
    return file


def load(url: str, requests: Path, seconds: float, clients: int, core: int | None) -> Load:
    """Ask as fast as answers come, from so many connections."""
    pinned = ["taskset", "-c", str(core)] if core is not None else []
    command = ["wrk", "-t1", f"-c{clients}", f"-d{max(1, round(seconds))}s", f"--timeout={TIMEOUT}s", "-s", str(SCRIPT)]
    told = subprocess.run(
        [*pinned, *command, url, "--", str(requests)], capture_output=True, text=True, timeout=seconds + 60, check=True
    ).stdout
    line = next((line for line in told.splitlines() if line.startswith("TOLD ")), None)
    if line is None:
        raise RuntimeError(f"wrk did not end as it should:\n{told[-500:]}")
    count, microseconds, p50, p99, size, failed = map(int, line.split()[1:])
    return Load(count, microseconds / 1e6, p50 / 1000, p99 / 1000, size, failed)
