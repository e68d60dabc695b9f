"""Commands run as a shell would, beside servers that the test itself keeps going."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import anyio.to_thread
from click.testing import Result
from typer.testing import CliRunner

from gateway.cli import main


def run(*arguments: object) -> Result:
    """Run a command with everything it prints in a pipe.

    In a thread of its own: commands start an event loop, and async fixtures of other tests may hold one here.
    """
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(CliRunner().invoke, main, [str(argument) for argument in arguments]).result()


async def running(*arguments: object) -> Result:
    """Run a command while this event loop goes on."""
    return await anyio.to_thread.run_sync(lambda: run(*arguments))


def lines(result: Result) -> list[str]:
    """What it printed, blanks made one."""
    return [" ".join(line.split()) for line in result.output.splitlines()]


def written(folder: Path, text: str) -> Path:
    """A configuration as a file."""
    file = folder / "trunkline.yaml"
    file.write_text(text, "utf-8")
    return file
