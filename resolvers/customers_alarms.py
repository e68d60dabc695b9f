"""The alarms of customers: those on their circuits."""

from collections.abc import Sequence

from model.records import Record
from resolvers.belonging import belonging, together
from resolvers.join import Belongings, Join
from resolvers.listing import Listing, Paging
from resolvers.related import shown
from resolvers.request import Request
from resolvers.sole import listed_together, told_alone

_CIRCUITS = Join("circuit", "customer", "customer", frozenset())
_EVERYTHING = Paging(first=0)


async def alarms_of_customers(
    request: Request, join: Join, customers: Sequence[Record], paging: Paging
) -> list[Listing]:
    """For each customer, a stretch of the alarms on its circuits; `join` is `alarm by circuit`."""
    circuits = await told_alone(request, _CIRCUITS, customers, _EVERYTHING)
    if circuits is not None:
        listings = await listed_together(request, join, circuits, paging)
        if listings is not None:
            return listings
    return await shown(request, join, paging, await alarms_belonging(request, join, customers, paging))


async def alarms_belonging(
    request: Request, join: Join, customers: Sequence[Record], paging: Paging
) -> list[Belongings]:
    """All alarms on the circuits of each customer; one on several of its circuits counts once."""
    owned = await belonging(request, _CIRCUITS, customers, _EVERYTHING)
    alarms = iter(await belonging(request, join, [circuit for own in owned for circuit in own.records], paging))
    belongings = []
    for own in owned:
        theirs = together([next(alarms) for _ in own.records])
        theirs.missing |= own.missing
        belongings.append(theirs)
    return belongings
