"""The command line: `trunkline demo | serve | check | probe | explain | schema | sources | token | ...`."""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any, cast

import typer
from typer.core import TyperGroup

from gateway.terminal import say

COMMANDS: Mapping[str, str] = {
    "demo": "gateway.commands.demo:demo",
    "serve": "gateway.commands.serve:start",
    "check": "gateway.commands.check:check",
    "probe": "gateway.commands.probe:probe",
    "explain": "gateway.commands.explain:explain",
    "schema": "gateway.commands.schema:schema",
    "config-schema": "gateway.commands.config_schema:config_schema",
    "sources": "gateway.commands.sources:sources",
    "token": "gateway.commands.token:token",
    "invalidate": "gateway.commands.invalidate:invalidate",
    "maintenance": "gateway.commands.maintenance:maintenance",
    "key": "gateway.commands.keys:key",
    "user": "gateway.commands.users:user",
    "organisation": "gateway.commands.users:organisation",
    "store": "gateway.commands.store:store",
}
"""Where each command is. It is imported when somebody gives it: what only others need would cost `serve` 60 MB."""


class _Commands(Mapping[str, Any]):
    """The commands, as typer makes them."""

    def __getitem__(self, name: str) -> Any:
        module, _, part = COMMANDS[name].partition(":")
        command = _made(name, getattr(import_module(module), part))
        command.name = name
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(COMMANDS)

    def __len__(self) -> int:
        return len(COMMANDS)


def _made(name: str, what: typer.Typer | Callable[..., Any]) -> Any:
    if isinstance(what, typer.Typer):
        return typer.main.get_group(what)
    alone = typer.Typer(add_completion=False)
    alone.command(name)(what)
    return typer.main.get_command(alone)


class _Group(TyperGroup):
    def __init__(self, **said: Any) -> None:
        super().__init__(**said)
        self.commands = cast("MutableMapping[str, Any]", _Commands())  # read, never written


main = typer.Typer(
    name="trunkline",
    cls=_Group,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        say(version("trunkline"))
        raise typer.Exit


@main.callback()
def _trunkline(
    _: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """One GraphQL endpoint over the many systems of a telecom operator."""
