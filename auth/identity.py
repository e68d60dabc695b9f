"""Who somebody is, once it is proved, and the caller that this makes them."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from msgspec import Struct
from msgspec.structs import replace

from auth.caller import BadCaller
from auth.refused import Forbidden
from model.caller import STAFF_ROLES, Caller, Role, Sight

ACT_FOR = "x-trunkline-act-for"
"""The header by which staff look with the eyes of a customer."""

_LONGEST = 200

SightOf = Callable[[frozenset[Role]], Sight]
"""What the policy shows to somebody with these roles."""


class Identity(Struct, frozen=True):
    """Who somebody is: the issuer that vouches for them, their name there, and their standing."""

    issuer: str
    subject: str
    roles: frozenset[Role] = frozenset()
    customers: frozenset[str] = frozenset()
    children: bool = False
    expires_at: datetime | None = None


Complete = Callable[[Identity], Awaitable[Identity]]
"""Adds to an identity what the store says of it, where it is the store that says."""


def caller_for(who: Identity, sight_of: SightOf) -> Caller:
    """Make the caller that somebody is. Who has no role speaks for no customer, whatever else is said of them."""
    staff = bool(who.roles & STAFF_ROLES)
    return Caller(
        who.subject,
        staff=staff,
        customers=who.customers if who.roles and not staff else frozenset(),
        children=who.children and not staff,
        roles=who.roles,
        sight=sight_of(who.roles),
        expires_at=who.expires_at,
    )


def acting(caller: Caller, headers: Mapping[str, str], sight_of: SightOf) -> Caller:
    """Let staff look with the eyes of the customer whom the header names: no more is seen than its viewer sees."""
    named = headers.get(ACT_FOR)
    if named is None:
        return caller
    if not caller.staff:
        raise Forbidden
    customer = named.strip()
    if not customer or len(customer) > _LONGEST or "," in customer:
        raise BadCaller(f"{ACT_FOR} names one customer by business id")
    roles = frozenset({Role.CUSTOMER_VIEWER})
    return replace(
        caller,
        staff=False,
        customers=frozenset({customer}),
        roles=roles,
        sight=sight_of(roles),
        acting_for=customer,
    )
