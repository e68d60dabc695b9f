"""The VPDN sessions of circuits, and the domain of each: those whose users come in over it."""

from collections.abc import Sequence

from msgspec.structs import replace

from model.faults import Malformed, SourceFault
from model.records import Record
from resolvers.belonging import belonging, together
from resolvers.join import Belongings, Join
from resolvers.listing import Listing, Paging
from resolvers.related import shown
from resolvers.request import Request
from resolvers.things import LIST_CUT

_DOMAINS = Join("domain", "circuit", "circuit", frozenset())
_EVERYTHING = Paging(first=0)
_FIRST = Paging(first=1)


async def domains_of_circuits(
    request: Request, circuits: Sequence[Record], fields: frozenset[str], *, raw: bool = False
) -> list[Record | SourceFault | None]:
    """For each circuit the domain that it leads to, by its realm the first of several; a fault if nobody could tell."""
    join = replace(_DOMAINS, fields=fields, raw=raw)
    owned = await belonging(request, join, circuits, _FIRST)
    listings = await shown(request, join, _FIRST, owned)
    return [
        next(iter(listing.nodes), None) or next(iter(own.faults.values()), None) or _cut_off(own)
        for own, listing in zip(owned, listings, strict=True)
    ]


def _cut_off(own: Belongings) -> SourceFault | None:
    """Why there may be one though none is told: it may stand in what did not come."""
    short = sorted(source for source, code in own.missing if code == LIST_CUT)
    return Malformed(short[0], "no domain in what is cut") if short else None


async def sessions_of_circuits(
    request: Request, join: Join, circuits: Sequence[Record], paging: Paging
) -> list[Listing]:
    """For each circuit, a stretch of the sessions of its domains; `join` is `session by domain`."""
    owned = await belonging(request, _DOMAINS, circuits, _EVERYTHING)
    sessions = iter(await belonging(request, join, [domain for own in owned for domain in own.records], paging))
    belongings: list[Belongings] = []
    for own in owned:
        theirs = together([next(sessions) for _ in own.records])
        theirs.missing |= own.missing
        belongings.append(theirs)
    return await shown(request, join, paging, belongings)
