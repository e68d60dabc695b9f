"""`trunkline maintenance`: sources of a running gateway that are set aside, and taken back."""

from typing import Annotated

import typer

from gateway.commands.controlling import GATEWAY, TokenOption, UrlOption, ask_gateway
from gateway.terminal import say, show

COLUMNS = ("source", "breaker", "set aside since", "by", "reason")
SWITCH = """mutation($source: String!, $on: Boolean!, $reason: String) {
  setMaintenance(source: $source, on: $on, reason: $reason) { since } }"""
LIST = "{ sources { name breaker maintenance { since by reason } } }"

SourceArgument = Annotated[str, typer.Argument(metavar="SOURCE", help="Its name in the configuration.")]

maintenance = typer.Typer(no_args_is_help=True, help="Sources that are set aside for a while, and are not asked.")


@maintenance.command("on")
def set_aside(
    source: SourceArgument,
    reason: Annotated[str | None, typer.Option(help="Why, for those who wonder.")] = None,
    url: UrlOption = GATEWAY,
    token: TokenOption = None,
) -> None:
    """Set a source aside, in all gateways that share a Redis with this one."""
    ask_gateway(url, token, SWITCH, source=source, on=True, reason=reason)
    say(f"{source} is set aside")


@maintenance.command("off")
def take_back(source: SourceArgument, url: UrlOption = GATEWAY, token: TokenOption = None) -> None:
    """Take a source back: it is asked again."""
    ask_gateway(url, token, SWITCH, source=source, on=False)
    say(f"{source} is asked again")


@maintenance.command("list")
def list_(url: UrlOption = GATEWAY, token: TokenOption = None) -> None:
    """List the sources, and which of them are left in peace or set aside."""
    sources = ask_gateway(url, token, LIST)["sources"]
    told = ((one["name"], one["breaker"] or "", one["maintenance"] or {}) for one in sources)
    show(
        COLUMNS,
        ((name, state, *(said.get(word) or "" for word in ("since", "by", "reason"))) for name, state, said in told),
    )
