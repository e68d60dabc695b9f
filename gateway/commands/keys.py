"""`trunkline key`: partners' API keys, made, listed and revoked."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from auth.api_keys import ROLES, new_key
from gateway.commands.configured import DEFAULT
from gateway.commands.kept import ConfigOption, in_store
from gateway.terminal import FAILED, say, show, stop
from model.caller import Role
from store.standing import KeptKey, Standing

COLUMNS = ("id", "name", "organisation", "roles", "customers", "children", "expires", "state")
_UNITS = {"h": timedelta(hours=1), "d": timedelta(days=1), "y": timedelta(days=365)}

key = typer.Typer(no_args_is_help=True, help="API keys of partners.")


@key.command()
def create(
    name: Annotated[str, typer.Option(help="What the key is for.")],
    customer: Annotated[list[str], typer.Option(help="A customer that it opens, by business id; any number.")],
    role: Annotated[list[Role] | None, typer.Option(help="What its carrier is: partner, unless said.")] = None,
    children: Annotated[bool, typer.Option("--children", help="The parts of its customers, too.")] = False,
    expires: Annotated[str, typer.Option(help="How long it opens: 12h, 90d, 1y.")] = "90d",
    organisation: Annotated[str | None, typer.Option(help="Whose it is.")] = None,
    config: ConfigOption = DEFAULT,
) -> None:
    """Make a key, and show it this once: only its digest is kept."""
    roles = frozenset(role or [Role.PARTNER])
    if not roles <= ROLES:
        stop("a key is for customers and partners: staff sign in")
    id_, shown, digest = new_key()
    now = datetime.now(UTC)
    standing = Standing(roles, frozenset(customer), children)
    kept = KeptKey(id_, digest, name, organisation, standing, now, now + _life(expires))
    in_store(config, lambda store: store.keys.add(kept))
    say(shown)
    typer.echo(f"key {id_} opens until {_told(kept.expires_at)}; it is not shown again", err=True)


@key.command("list")
def list_(config: ConfigOption = DEFAULT) -> None:
    """List every key, and what it opens; never the key itself."""
    show(COLUMNS, map(_row, in_store(config, lambda store: store.keys.list())))


@key.command()
def revoke(
    id_: Annotated[str, typer.Argument(metavar="ID", help="The key's id, as `list` shows it.")],
    config: ConfigOption = DEFAULT,
) -> None:
    """End a key. Gateways that are running notice within ten seconds."""
    if not in_store(config, lambda store: store.keys.revoke(id_)):
        stop(f"there is no key {id_} that still opens", FAILED)
    say(f"key {id_} is revoked")


def _life(said: str) -> timedelta:
    match = re.fullmatch(r"([1-9]\d{0,3})([hdy])", said)
    if match is None:
        stop(f"--expires: expected a time such as 12h, 90d or 1y, found {said!r}")
    return int(match[1]) * _UNITS[match[2]]


def _row(kept: KeptKey) -> tuple[str, ...]:
    standing = kept.standing
    return (
        kept.id,
        kept.name,
        kept.organisation or "",
        ", ".join(sorted(standing.roles)),
        ", ".join(sorted(standing.customers)),
        "yes" if standing.children else "no",
        _told(kept.expires_at),
        next(_states(kept)),
    )


def _states(kept: KeptKey) -> Iterator[str]:
    if kept.revoked_at is not None:
        yield f"revoked {_told(kept.revoked_at)}"
    if kept.expires_at <= datetime.now(UTC):
        yield "expired"
    yield "good"


def _told(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M UTC")
