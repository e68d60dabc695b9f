"""Commands as the docs show them: what they say when they are run, or whether they would be understood."""

import shlex
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from typer.testing import CliRunner

from gateway.cli import main

ROOT = Path(__file__).parents[2]


def ran(
    command: Sequence[str], *, cwd: Path = ROOT, environment: Mapping[str, str] | None = None, patience: float = 60
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end, or give up after so many seconds."""
    return subprocess.run(  # noqa: S603 - the docs' own commands are what is under test
        list(command),
        cwd=cwd,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=patience,
        check=False,
    )


def understood(words: Sequence[str]) -> None:
    """See that a `trunkline ...` is one: its command is there, and so are its options.

    The command line is read whole before `--help` is heeded: what it does not know is an error even so.
    """
    assert "trunkline" == words[0]
    with ThreadPoolExecutor(1) as thread:  # commands may start an event loop, and one may run here
        result = thread.submit(CliRunner().invoke, main, [*words[1:], "--help"]).result()
    assert 0 == result.exit_code, f"{shlex.join(words)}: {result.output}"
