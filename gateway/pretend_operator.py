"""The demo's pretend operator as a process of its own: started, listened to, and ended with us."""

import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from msgspec import Struct

PATIENCE = 60.0
"""Seconds that the pretend operator gets to start."""
FAREWELL = 1.0
"""Seconds that it gets to end by itself."""


class System(Struct, frozen=True):
    """One of its systems: the base URL of each of its interfaces, and how it lets one in."""

    apis: dict[str, str]
    auth: dict[str, str]


class PretendOperator(Struct, frozen=True):
    """What it says of itself once it is ready. `control` takes its switches."""

    ready: bool
    systems: dict[str, System]
    control: str


class DidNotStart(Exception):  # noqa: N818 - said to whoever started it, in these words
    """It ended, or said nothing of use, before it was ready."""


@contextmanager
def pretend_operator(circuits: int, seed: int) -> Iterator[PretendOperator]:
    """Run it for as long as the block lasts. It ends when its standard input does, thus also when we are killed."""
    # -P: a folder called demo, where the user happens to stand, is not what is meant
    command = [sys.executable, "-P", "-m", "demo", "--until-stdin-closes", "--port-base", "0"]
    command += ["--circuits", str(circuits), "--seed", str(seed)]
    # a session of its own: Ctrl-C is for us to handle
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True) as child:  # noqa: S603
        try:
            yield _listen_to(child)
        finally:
            _end(child)


def _listen_to(child: subprocess.Popen[bytes]) -> PretendOperator:
    assert child.stdout  # noqa: S101 - it is a pipe
    limit = threading.Timer(PATIENCE, child.kill)
    limit.start()
    try:
        return msgspec.json.decode(child.stdout.readline(), type=PretendOperator)
    except msgspec.DecodeError as error:
        raise DidNotStart("the pretend operator did not start; what it said is above") from error
    finally:
        limit.cancel()


def _end(child: subprocess.Popen[bytes]) -> None:
    assert child.stdin  # noqa: S101 - it is a pipe
    child.stdin.close()
    try:
        child.wait(FAREWELL)
    except subprocess.TimeoutExpired:
        child.kill()
