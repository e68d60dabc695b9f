"""`trunkline user`: whom a provider's subjects stand for, where the store says so (`grants: store`)."""

from typing import Annotated

import typer

from gateway.commands.configured import DEFAULT
from gateway.commands.kept import ConfigOption, in_store
from gateway.terminal import FAILED, say, show, stop
from model.caller import Role
from store.standing import KeptUser, Standing

COLUMNS = ("issuer", "subject", "name", "organisation", "roles", "customers", "children")

user = typer.Typer(no_args_is_help=True, help="Users, and what they may.")
organisation = typer.Typer(no_args_is_help=True, help="Organisations, whose users share customers.")

Issuer = Annotated[str, typer.Option(help="The issuer that knows the user, by its name in the configuration.")]
Subject = Annotated[str, typer.Argument(help="The user's subject there (`sub`).")]
Roles = Annotated[list[Role] | None, typer.Option("--role", help="A role; any number.")]
Customers = Annotated[list[str] | None, typer.Option("--customer", help="A customer by business id; any number.")]
Name = Annotated[str, typer.Argument(help="The organisation's name.")]


@user.command()
def add(
    subject: Subject,
    issuer: Issuer,
    role: Roles = None,
    customer: Customers = None,
    children: Annotated[bool, typer.Option("--children", help="The parts of these customers, too.")] = False,
    name: Annotated[str | None, typer.Option(help="What people call the user.")] = None,
    of: Annotated[str | None, typer.Option("--organisation", help="Whose user it is.")] = None,
    config: ConfigOption = DEFAULT,
) -> None:
    """Make a user known."""
    standing = Standing(frozenset(role or ()), frozenset(customer or ()), children)
    if not in_store(config, lambda store: store.users.add(issuer, subject, standing, name=name, organisation=of)):
        stop(f"{subject} of {issuer} is known already: trunkline user grant gives more", FAILED)
    say(f"{subject} of {issuer} is known")


@user.command("list")
def list_(config: ConfigOption = DEFAULT) -> None:
    """List every user, and what they may."""
    show(COLUMNS, map(_row, in_store(config, lambda store: store.users.list())))


@user.command()
def remove(subject: Subject, issuer: Issuer, config: ConfigOption = DEFAULT) -> None:
    """Forget a user. Gateways that are running notice within a minute."""
    if not in_store(config, lambda store: store.users.remove(issuer, subject)):
        stop(f"{subject} of {issuer} is not known", FAILED)
    say(f"{subject} of {issuer} is forgotten")


@user.command()
def grant(
    subject: Subject,
    issuer: Issuer,
    role: Roles = None,
    customer: Customers = None,
    children: Annotated[bool | None, typer.Option("--children/--no-children", help="Parts of customers, too.")] = None,
    config: ConfigOption = DEFAULT,
) -> None:
    """Give a user more roles and customers."""
    if not in_store(config, lambda kept: kept.users.grant(issuer, subject, role or (), customer or (), children)):
        stop(f"{subject} of {issuer} is not known", FAILED)
    say(f"{subject} of {issuer} has been given it")


@user.command()
def withdraw(
    subject: Subject, issuer: Issuer, role: Roles = None, customer: Customers = None, config: ConfigOption = DEFAULT
) -> None:
    """Take roles and customers from a user. Gateways that are running notice within a minute."""
    if not in_store(config, lambda kept: kept.users.withdraw(issuer, subject, role or (), customer or ())):
        stop(f"{subject} of {issuer} is not known", FAILED)
    say(f"{subject} of {issuer} no longer has it")


@organisation.command("add")
def add_organisation(name: Name, customer: Customers = None, config: ConfigOption = DEFAULT) -> None:
    """Make an organisation known, or give it more customers: all of its users speak for them."""
    in_store(config, lambda store: store.organisations.add(name, customer or ()))
    say(f"{name} is known")


@organisation.command("remove")
def remove_organisation(name: Name, config: ConfigOption = DEFAULT) -> None:
    """Forget an organisation, with its users and keys."""
    if not in_store(config, lambda store: store.organisations.remove(name)):
        stop(f"{name} is not known", FAILED)
    say(f"{name} is forgotten, with its users and keys")


def _row(kept: KeptUser) -> tuple[str, ...]:
    standing = kept.standing
    roles, customers = ", ".join(sorted(standing.roles)), ", ".join(sorted(standing.customers))
    children = "yes" if standing.children else "no"
    return kept.issuer, kept.subject, kept.name or "", kept.organisation or "", roles, customers, children
