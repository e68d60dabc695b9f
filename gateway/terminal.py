"""What the command line prints: tables that stay whole in a pipe, and failures in plain words."""

import sys
from collections.abc import Iterable, Sequence
from typing import NoReturn

import typer

PIPED_WIDTH = 240
"""Columns where no terminal says how wide it is: tables are read by programs there, and must not fold."""

OK, FAILED, MISTAKEN = 0, 1, 2
"""Exit codes: all is well; what was looked at failed; the command or its configuration is wrong."""


def say(text: str = "") -> None:
    """Print a line, at once, as it is."""
    typer.echo(text)
    sys.stdout.flush()


def show(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Print a table; text in it is text, whatever brackets it has."""
    from rich import box  # it is 3 MB, for commands that print tables
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console(width=None if sys.stdout.isatty() else PIPED_WIDTH, highlight=False, emoji=False).print(table)


def stop(message: str, code: int = MISTAKEN) -> NoReturn:
    """End with a message to the standard error."""
    typer.echo(message, err=True)
    raise typer.Exit(code)
