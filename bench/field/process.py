"""A process of the benchmark: pinned to a core, measured by what the kernel says of it and its children, ended."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

TICKS = os.sysconf("SC_CLK_TCK")
PATIENCE = 90.0
"""Seconds for which a process may take to answer."""


class NotStarted(Exception):  # noqa: N818 - said to whoever started the benchmark, in these words
    """A process did not come up; the message has the last it wrote."""


class Process:
    """One that runs until it is stopped; what it says goes into a file."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log: Path,
        *,
        core: int | None = None,
        folder: Path | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.log = log
        pinned = ["taskset", "-c", str(core), *command] if core is not None else list(command)
        with log.open("wb") as out:
            self._process = subprocess.Popen(
                pinned,
                cwd=folder,
                env={**os.environ, **(environment or {})},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

    def said(self) -> str:
        """The last lines that it wrote."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])

    def cpu(self) -> float:
        """Seconds of processor time that it and its children have used."""
        return sum(_cpu(pid) for pid in _tree(self._process.pid))

    def memory(self) -> float:
        """Resident megabytes of it and its children."""
        return sum(_memory(pid) for pid in _tree(self._process.pid))

    def tell(self, what: signal.Signals) -> None:
        """Send it a signal."""
        self._process.send_signal(what)

    def stop(self) -> None:
        """End it and its children, calmly if they let it."""
        for end in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, end)
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(5)
                return


def end_by_signals() -> None:
    """Let signals end the benchmark as an error does: with whatever it has started."""
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, _end)


def _end(number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + number)


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def until_answers(process: Process, port: int) -> None:
    """Wait until it listens; NotStarted if it does not."""
    until = time.monotonic() + PATIENCE
    while process.runs and time.monotonic() < until:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise NotStarted(f"{process.name} does not answer:\n{process.said()}")


def _tree(pid: int) -> Iterator[int]:
    yield pid
    with suppress(OSError):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            for child in (thread / "children").read_text().split():
                yield from _tree(int(child))


def _cpu(pid: int) -> float:
    with suppress(OSError):
        told = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(told[11]) + int(told[12])) / TICKS
    return 0.0


def _memory(pid: int) -> float:
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0.0
