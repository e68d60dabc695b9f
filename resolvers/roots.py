"""Root lists: all customers, circuits, sites, alarms or tickets that a caller may see.

Who asks for some customers gets what belongs to these: the lists of others are never walked. Staff walk the list
of the first healthy source of authority, page by page, in that source's own order or in one that it can apply;
an order that it cannot apply, or a noun that several sources keep, is read up to a bound and sorted here.
"""

from msgspec.structs import replace

from model.keys import Lookup
from model.nouns import NOUNS
from resolvers.belonging import NO_SOURCE, belonging, together
from resolvers.customers_alarms import alarms_belonging
from resolvers.join import Join
from resolvers.listing import Listing, Paging, is_of, is_stale, place_of, stretch
from resolvers.matching import fields_of
from resolvers.related import shown
from resolvers.request import Request
from resolvers.rows import (
    Root,
)
from resolvers.scanning import scanned_list
from resolvers.sole import listed_together
from resolvers.things import NOBODY_KNOWS, NOT_ALLOWED, things
from resolvers.upstreams import Offer
from resolvers.walking import walkable, walked


async def root_list(request: Request, root: Root, paging: Paging) -> Listing:
    """A stretch of all of a noun that the caller may see."""
    if not request.caller.may_ask(root.noun):
        return Listing(missing=frozenset({(NOBODY_KNOWS, NOT_ALLOWED)}))
    if not request.caller.staff:
        listing = await _owned(request, root, paging)
        if request.scope_unsure is None:
            return listing
        return replace(listing, missing=listing.missing | {request.scope_unsure}, total=None)
    offers = _offers(request, root.noun)
    if not offers:
        return Listing(missing=frozenset({(NOBODY_KNOWS, NO_SOURCE)}))
    can_walk = paging.after is None and all(walkable(request, offer, root, paging.order) for offer in offers)
    if can_walk or is_of("walk", paging.after):
        return await walked(request, root, paging, offers)
    return await scanned_list(request, root, paging, offers)


def _offers(request: Request, noun: str) -> list[Offer]:
    """Who can list the noun: by authority where things are merged, everybody where each has its own; in turn."""
    if NOUNS[noun].keyed:
        return request.upstreams.by_authority(Lookup(noun))
    first, standing_by = request.upstreams.in_turn(Lookup(noun))
    return [*first, *standing_by]


async def _owned(request: Request, root: Root, paging: Paging) -> Listing:
    place_of(root.noun, paging)
    scope = sorted(request.caller.customers)
    if root.noun == "customer":
        wanted = root.fields | fields_of("customer", paging.where, paging.order)
        found = await things(request, "customer", scope, wanted, raw=root.raw)
        listing = stretch("customer", [one.record for one in found if one.record], paging)
        missing = frozenset().union(*(one.missing for one in found))
        return replace(listing, missing=missing, stale=is_stale(listing.nodes))
    customers = [one.record for one in await things(request, "customer", scope, frozenset()) if one.record]
    if root.noun == "alarm":
        join = Join("alarm", "circuit", "circuit", root.fields, root.raw)
        own = together(await alarms_belonging(request, join, customers, paging))
    else:
        join = Join(root.noun, "customer", "customer", root.fields, root.raw)
        listings = await listed_together(request, join, [customers], paging)
        if listings is not None:
            return listings[0]
        own = together(await belonging(request, join, customers, paging))
    return (await shown(request, join, paging, [own]))[0]
