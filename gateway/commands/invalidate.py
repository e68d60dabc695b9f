"""`trunkline invalidate`: kept answers of a running gateway that are out of date."""

from typing import Annotated

import typer

from gateway.commands.controlling import GATEWAY, TokenOption, UrlOption, ask_gateway
from gateway.terminal import say

INVALIDATE = "mutation($tags: [String!]!) { invalidate(tags: $tags) }"


def invalidate(
    tags: Annotated[list[str], typer.Argument(metavar="TAG...", help="circuit:CODE, customer:ID, source:NAME ...")],
    url: UrlOption = GATEWAY,
    token: TokenOption = None,
) -> None:
    """Drop kept answers by their tags, in all gateways that share a Redis with this one."""
    dropped = ask_gateway(url, token, INVALIDATE, tags=tags)["invalidate"]
    say(f"{dropped} answers dropped here")
