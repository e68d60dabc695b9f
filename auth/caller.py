"""Who a request speaks for, while there is no sign-in.

The header names the customers; without it, the request speaks for the operator's staff. That is no protection at
all: it lets a demonstration show what a customer sees. `trunkline serve` refuses to run so unless told to.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache

from msgspec.structs import replace

from model.caller import NOBODY, Caller, Role, Sight

CUSTOMER_HEADER = "x-trunkline-customer"
CUSTOMERS_AT_MOST = 100


class BadCaller(Exception):  # noqa: N818 - it says what it is
    """The header does not name customers; the message is for the client."""


def open_caller(headers: Mapping[str, str], sight_of: Callable[[frozenset[Role]], Sight]) -> Caller:
    """The caller where nobody has to sign in: an operator, or whoever manages the customers that the header names."""
    return _open(headers.get(CUSTOMER_HEADER), sight_of)


@lru_cache(maxsize=256)
def _open(named: str | None, sight_of: Callable[[frozenset[Role]], Sight]) -> Caller:
    caller = _chosen(named, staff_by_default=True)
    roles = frozenset({Role.OPERATOR if caller.staff else Role.CUSTOMER_MANAGER})
    return replace(caller, roles=roles, sight=sight_of(roles))


def caller_of(headers: Mapping[str, str], *, staff_by_default: bool) -> Caller:
    """The caller whom `X-Trunkline-Customer: C100001,C100002` chooses; without it staff, or else nobody."""
    return _chosen(headers.get(CUSTOMER_HEADER), staff_by_default=staff_by_default)


def _chosen(named: str | None, *, staff_by_default: bool) -> Caller:
    if named is None:
        return Caller("staff", staff=True) if staff_by_default else NOBODY
    customers = [customer for part in named.split(",") if (customer := part.strip())]
    if not customers or len(customers) > CUSTOMERS_AT_MOST:
        raise BadCaller(
            f"{CUSTOMER_HEADER} names from 1 to {CUSTOMERS_AT_MOST} customers by business id, divided by commas"
        )
    return Caller(f"customer {', '.join(customers)}", customers=frozenset(customers))
