"""Stretches of what belongs to each parent, completed by all who speak of what is shown."""

from collections.abc import Sequence

from msgspec.structs import replace

from model.nouns import NOUNS
from model.records import Record
from resolvers.belonging import Belongings, Join, belonging
from resolvers.gate import owner_fields
from resolvers.gather import Gathering, complete
from resolvers.listing import Listing, Paging, is_stale, place_of, stretch
from resolvers.matching import fields_of
from resolvers.request import Request
from resolvers.things import Missing, gated, remembered


async def related(request: Request, join: Join, parents: Sequence[Record], paging: Paging) -> list[Listing]:
    """For each parent, a stretch of the list of what belongs to it."""
    place_of(join.noun, paging)
    belongings = await belonging(request, join, parents, paging)
    return await shown(request, join, paging, belongings)


async def shown(request: Request, join: Join, paging: Paging, belongings: Sequence[Belongings]) -> list[Listing]:
    """Cut each list to the stretch that is shown, and hear the other sources about these, all parents' together."""
    listings = [stretch(join.noun, own.records, paging) for own in belongings]
    if not NOUNS[join.noun].keyed:
        return [_told(listing, own, own.missing) for listing, own in zip(listings, belongings, strict=True)]
    things: dict[str, Gathering] = {}
    for own, listing in zip(belongings, listings, strict=True):
        for record in listing.nodes:
            key = getattr(record, NOUNS[join.noun].id)
            things.setdefault(key, own.gatherings[key])
    wanted = join.fields | fields_of(join.noun, paging.where, paging.order) | owner_fields(request, join.noun)
    await complete(request, join.noun, things.values(), wanted, raw=join.raw)
    found = remembered(request, join.noun, wanted, await gated(request, join.noun, list(things.values()), wanted))
    told = []
    for own, listing in zip(belongings, listings, strict=True):
        results = [found[getattr(record, NOUNS[join.noun].id)] for record in listing.nodes]
        missing = own.missing.union(*(one.missing for one in results))
        pairs = [(one.record, cursor) for one, cursor in zip(results, listing.cursors, strict=True) if one.record]
        cut = replace(listing, nodes=[record for record, _ in pairs], cursors=[cursor for _, cursor in pairs])
        told.append(_told(cut, own, missing))
    return told


def _told(listing: Listing, own: Belongings, missing: frozenset[Missing]) -> Listing:
    """A listing with what is missing from it; a total that may be short is no total."""
    short = bool(own.missing)
    return replace(
        listing,
        total=None if short else listing.total,
        missing=missing,
        stale=is_stale(listing.nodes),
        matching=None if short else listing.matching,
    )
