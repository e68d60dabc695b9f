"""Stretches of what belongs to each parent, completed by all who speak of what is shown."""

from collections.abc import Mapping, Sequence
from operator import attrgetter

from msgspec.structs import replace

from model.nouns import NOUNS
from model.records import Record
from resolvers.belonging import belonging
from resolvers.gate import owner_fields
from resolvers.gather import complete
from resolvers.gathering import Gathering
from resolvers.join import Belongings, Join
from resolvers.listing import Listing, Paging, is_stale, place_of, stretch
from resolvers.matching import fields_of
from resolvers.met import Found, Missing, remembered
from resolvers.request import Request
from resolvers.several import listed_together
from resolvers.sole import listed_alone
from resolvers.things import gated
from resolvers.waves import Turns


async def related(request: Request, join: Join, parents: Sequence[Record], paging: Paging) -> list[Listing]:
    """For each parent, a stretch of the list of what belongs to it."""
    if paging.after is not None:
        place_of(join.noun, paging)  # which may be none
    listings = await listed_alone(request, join, parents, paging)
    if listings is None:
        listings = await listed_together(request, join, parents, paging)
    if listings is not None:
        return listings
    belongings = await belonging(request, join, parents, paging)
    return await shown(request, join, paging, belongings)


async def shown(request: Request, join: Join, paging: Paging, belongings: Sequence[Belongings]) -> list[Listing]:
    """Cut each list to the stretch that is shown, and hear the other sources about these, all parents' together."""
    listings, turns = [], Turns()
    for own in belongings:
        listings.append(stretch(join.noun, own.records, paging))
        if own.records and turns.over():
            await turns.pass_on()
    if not NOUNS[join.noun].keyed:
        return [_told(listing, own, own.missing) for listing, own in zip(listings, belongings, strict=True)]
    things: dict[str, Gathering] = {}
    for own, listing in zip(belongings, listings, strict=True):
        for record in listing.nodes:
            key = getattr(record, NOUNS[join.noun].id)
            things.setdefault(key, own.gatherings[key])
    wanted = join.fields | fields_of(join.noun, paging.where, paging.order) | owner_fields(request, join.noun)
    found = {key: one for own in belongings for key, one in own.found.items() if key in things}
    anybody = await complete(request, join.noun, things.values(), wanted, raw=join.raw)
    if again := [thing for thing in things.values() if anybody or thing.faults]:
        found |= await gated(request, join.noun, again, wanted)
    remembered(request, join.noun, wanted, found)
    return [_completed(join.noun, own, listing, found) for own, listing in zip(belongings, listings, strict=True)]


def _completed(noun: str, own: Belongings, listing: Listing, found: Mapping[str, Found]) -> Listing:
    """A stretch of which all has been heard: what turned out not to be the caller's is gone."""
    name = attrgetter(NOUNS[noun].id)
    results = [found[name(record)] for record in listing.nodes]
    missing = own.missing.union(*[one.missing for one in results if one.missing])
    nodes = [one.record for one in results if one.record]
    placed: Sequence[str] = listing.cursors
    if len(nodes) < len(results):
        placed = [cursor for one, cursor in zip(results, placed, strict=True) if one.record]
    return _told(replace(listing, nodes=nodes, sorted_as=None, placed=placed), own, missing)


def _told(listing: Listing, own: Belongings, missing: frozenset[Missing]) -> Listing:
    """A listing with what is missing from it; a total that may be short is no total."""
    short, stale = bool(own.missing), own.stale or is_stale(listing.nodes)
    if not (short or stale or missing):
        return listing
    return replace(
        listing,
        total=None if short else listing.total,
        missing=missing,
        stale=stale,
        matching=None if short else listing.matching,
    )
