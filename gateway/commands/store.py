"""`trunkline store upgrade`: bring the store's tables to what this version needs."""

import typer

from gateway.commands.configured import DEFAULT
from gateway.commands.kept import ConfigOption, in_store
from gateway.terminal import say

store = typer.Typer(no_args_is_help=True, help="What Trunkline itself keeps.")


@store.callback()
def _store() -> None:
    """What Trunkline itself keeps."""


@store.command()
def upgrade(config: ConfigOption = DEFAULT) -> None:
    """Make or change the tables; what is kept in them stays."""
    in_store(config, lambda kept: kept.upgrade(), upgrading=True)
    say("the store is up to date")
