"""`python -m demo`: start the pretend operator, print one line of JSON when it listens, end on a signal."""

import argparse
import os
import signal
import sys

import anyio
import msgspec

from demo.listener import PortTakenError
from demo.serve import running


def main() -> None:
    """Read the command line and run until told to stop."""
    parser = argparse.ArgumentParser(prog="demo", description="A pretend telecom operator's systems over HTTP.")
    parser.add_argument("--circuits", type=int, default=1000, help="how many circuits it has (1000)")
    parser.add_argument("--seed", type=int, default=7, help="the same seed gives the same operator (7)")
    parser.add_argument("--port-base", type=int, default=0, help="first port; 0 takes free ones (0)")
    parser.add_argument("--latency", type=int, choices=(0, 1), default=1, help="0 answers at once (1)")
    parser.add_argument("--until-stdin-closes", action="store_true", help="end when standard input ends")
    try:
        anyio.run(_run, parser.parse_args())
    except* PortTakenError as taken:
        raise SystemExit(str(_innermost(taken))) from None


def _innermost(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


async def _run(options: argparse.Namespace) -> None:
    async with anyio.create_task_group() as tasks:

        async def until(ending: object) -> None:
            await ending()  # type: ignore[operator]
            tasks.cancel_scope.cancel()

        tasks.start_soon(until, _signalled)
        if options.until_stdin_closes:
            tasks.start_soon(until, _stdin_closed)
        async with running(options.seed, options.circuits, bool(options.latency), options.port_base) as operator:
            sys.stdout.buffer.write(msgspec.json.encode(operator.addresses) + b"\n")
            sys.stdout.flush()
            await anyio.sleep_forever()


async def _signalled() -> None:
    with anyio.open_signal_receiver(signal.SIGINT, signal.SIGTERM) as signals:
        async for _ in signals:
            return


async def _stdin_closed() -> None:
    """Wait for the end of standard input; a file or a null device ends at once and cannot be waited for."""
    while True:
        try:
            await anyio.wait_readable(sys.stdin)
        except PermissionError:
            return
        if not os.read(sys.stdin.fileno(), 4096):
            return


if __name__ == "__main__":
    main()
