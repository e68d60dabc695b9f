"""The customers for whom a request may ask: those of its caller and, where the caller's role says so, their parts."""

from collections.abc import Sequence

from msgspec.structs import replace

from model.answer import Answer
from model.faults import SourceFault
from model.keys import Lookup
from model.records import Customer
from resolvers.attempt import attempt
from resolvers.gate import OWNER_UNKNOWN
from resolvers.identity import identity
from resolvers.request import Request

DEEPEST = 5
"""How many times an enterprise may be part of another."""


async def enter(request: Request) -> None:
    """Put the enterprises that are part of the caller's into its scope. Who cannot be told to be one is not."""
    caller = request.caller
    if caller.staff or not caller.children or not caller.customers:
        return
    normalise = request.upstreams.policy("customer").normalise
    scope = {normalise(customer) for customer in caller.customers}
    asked: Sequence[str] = sorted(scope)
    for _ in range(DEEPEST):
        asked = sorted(await _parts(request, asked) - scope)
        if not asked:
            break
        scope.update(asked)
    request.caller = replace(caller, customers=frozenset(scope), children=False)


async def _parts(request: Request, customers: Sequence[str]) -> set[str]:
    """The enterprises whose parent is one of these, as the first source of authority that answers tells."""
    for offer in request.upstreams.by_authority(Lookup("customer", "parent")):
        loader = request.loader(offer, frozenset({"customer_id", "parent"}))
        said = await attempt(offer, loader.block(customers))
        if isinstance(said, SourceFault) or all(isinstance(one, SourceFault) for one in said):
            request.scope_unsure = (offer.name, OWNER_UNKNOWN)
            continue
        if any(isinstance(one, SourceFault) or not (one is None or one.complete) for one in said):
            request.scope_unsure = (offer.name, OWNER_UNKNOWN)
        settled = [
            request.upstreams.settling("customer", offer.name)(record)
            for one in said
            if isinstance(one, Answer)
            for record in one.records
        ]
        # a row that came for a key and names another parent is not believed to be part of it
        parts = [one for one in settled if isinstance(one, Customer) and one.parent in customers]
        return {key for part in parts if isinstance(key := identity("customer", part), str)}
    return set()
