"""The command line: `trunkline demo | serve | check | probe | explain | schema | sources | token | ...`."""

from importlib.metadata import version
from typing import Annotated

import typer

from gateway.commands.check import check
from gateway.commands.config_schema import config_schema
from gateway.commands.demo import demo
from gateway.commands.explain import explain
from gateway.commands.invalidate import invalidate
from gateway.commands.keys import key
from gateway.commands.maintenance import maintenance
from gateway.commands.probe import probe
from gateway.commands.schema import schema
from gateway.commands.serve import start
from gateway.commands.sources import sources
from gateway.commands.store import store
from gateway.commands.token import token
from gateway.commands.users import organisation, user
from gateway.terminal import say

main = typer.Typer(
    name="trunkline",
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


main.command()(demo)
main.command("serve")(start)
main.command()(check)
main.command()(probe)
main.command()(explain)
main.command()(schema)
main.command("config-schema")(config_schema)
main.command()(sources)
main.command()(token)
main.command()(invalidate)
main.add_typer(maintenance, name="maintenance")
main.add_typer(key, name="key")
main.add_typer(user, name="user")
main.add_typer(organisation, name="organisation")
main.add_typer(store, name="store")
