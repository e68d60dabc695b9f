"""Who a request speaks for, while there is no sign-in.

The header names the customers; without it, the request speaks for the operator's staff. That is no protection at
all: it lets a demonstration show what a customer sees. `trunkline serve` refuses to run so unless told to.
"""

from collections.abc import Mapping

from model.caller import NOBODY, Caller

CUSTOMER_HEADER = "x-trunkline-customer"
CUSTOMERS_AT_MOST = 100


class BadCaller(Exception):  # noqa: N818 - it says what it is
    """The header does not name customers; the message is for the client."""


def caller_of(headers: Mapping[str, str], *, staff_by_default: bool) -> Caller:
    """The caller whom `X-Trunkline-Customer: C100001,C100002` chooses; without it staff, or else nobody."""
    named = headers.get(CUSTOMER_HEADER)
    if named is None:
        return Caller("staff", staff=True) if staff_by_default else NOBODY
    customers = [customer for part in named.split(",") if (customer := part.strip())]
    if not customers or len(customers) > CUSTOMERS_AT_MOST:
        raise BadCaller(
            f"{CUSTOMER_HEADER} names from 1 to {CUSTOMERS_AT_MOST} customers by business id, divided by commas"
        )
    return Caller(f"customer {', '.join(customers)}", customers=frozenset(customers))
