"""What every test shares."""

import gc
import logging
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

PATIENCE = 30
"""Seconds after which something that should have ended counts as hanging."""


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Run async tests on asyncio, as the gateway does."""
    return "asyncio"


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """Take away what a test hung into the log: its stream is closed by the next one."""
    root = logging.getLogger()
    before = list(root.handlers)
    yield
    for handler in [one for one in root.handlers if one not in before]:
        root.removeHandler(handler)


@pytest.fixture
def collector() -> Iterator[None]:
    """Keep the cyclic collector still: what it takes is not measured, and it can be asked what it would have found."""
    gc.collect()
    gc.freeze()
    gc.disable()
    yield
    gc.enable()
    gc.unfreeze()


@dataclass
class Trunkline:
    """A running `trunkline` command: what it said when it was ready and, once it has ended, how it ended."""

    welcome: list[str] = field(default_factory=list)
    returncode: int | None = None
    log: str = ""
    took: float = 0.0
    signal: Callable[[], None] = lambda: None
    """Tells it to stop, while the block goes on."""

    @property
    def url(self) -> str:
        """The address after `ready`."""
        return self.welcome[0].removeprefix("ready ").split()[0]

    @property
    def control(self) -> str:
        """The address of the pretend operator's switches."""
        (found,) = re.findall(r"switches of the systems +(\S+)", "".join(self.welcome))
        return found


@contextmanager
def _trunkline(
    *arguments: object,
    ending: signal.Signals = signal.SIGINT,
    program: Path = Path(sys.executable).parent / "trunkline",
    cwd: Path | None = None,
) -> Iterator[Trunkline]:
    command = [str(program), *map(str, arguments)]
    process = subprocess.Popen(command, cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # noqa: S603
    running = Trunkline(signal=lambda: process.send_signal(ending))
    try:
        for line in process.stdout or ():
            running.welcome.append(line)
            if "Ctrl-C" in line or "open: no sign-in" in line:
                break
        yield running
        process.send_signal(ending)
        asked = time.monotonic()
        _, running.log = process.communicate(timeout=PATIENCE)
        running.took = time.monotonic() - asked
        running.returncode = process.returncode
    finally:
        process.kill()
        process.communicate()


@pytest.fixture
def trunkline() -> Callable[..., AbstractContextManager[Trunkline]]:
    """Give the way to run a command for as long as a block lasts."""
    return _trunkline
