"""The short way of a join that several sources answer, when what they tell is as it should be.

Where each source has things of its own, what they tell of a parent is put together. Where things have a business key,
one source tells which there are, and those that are shown are asked for by their keys of the others, all parents'
together; who speaks of a thing is then merged. As in `sole`, nothing is gathered, and whatever else there is (a
fault, an old word, a thing of which one source tells twice, an owner who turns out to be another) is for the long way.
"""

from collections.abc import Iterable, Sequence
from itertools import chain
from operator import attrgetter

from msgspec import UNSET
from msgspec.structs import replace

from model.answer import Answer
from model.nouns import NOUNS
from model.records import Record, Statement
from resolvers.belonging import asides, deciding
from resolvers.gate import all_theirs
from resolvers.join import Join
from resolvers.listing import Listing, Paging
from resolvers.merge import merge
from resolvers.named import each_is_its_own
from resolvers.request import Request
from resolvers.settled import Column, plain, settled, stated
from resolvers.sole import cut, heard_of, keys_of_parents, note_met, note_owners, usual
from resolvers.upstreams import Offer
from resolvers.waves import Turns, at_once


async def told_together(request: Request, join: Join, parents: Sequence[Record], paging: Paging) -> Column | None:
    """All that several sources tell, each of its own things, of each parent; None where that takes the long way."""
    policy, offers = request.upstreams.policy(join.noun), request.upstreams.offers(join.lookup)
    offers = [offer for offer in offers if not request.upstreams.stands_by(offer)]
    keys = keys_of_parents(join, parents)
    if not (offers and keys and usual(request, join.noun, paging)) or policy.correlate or _translated(offers):
        return None
    fields = join.fields | deciding(request, join.noun, paging)
    heard = await at_once([heard_of(request, join, offer, keys, fields) for offer in offers])
    columns, to_merge = [], join.told or (len(offers) > 1 and bool(NOUNS[join.noun].identity))
    for offer, one in zip(offers, heard, strict=True):
        if one is None:
            return None
        columns.append(stated(offer.name, *one) if to_merge else one[0])
    return [list(chain.from_iterable(lists)) for lists in zip(*columns, strict=True)]


async def listed_together(
    request: Request, join: Join, parents: Sequence[Record], paging: Paging
) -> list[Listing] | None:
    """For each parent, a stretch of what belongs to it; None where that takes the long way."""
    if NOUNS[join.noun].keyed:
        return await _driven(request, join, parents, paging)
    column = await told_together(request, join, parents, paging)
    return None if column is None else await cut(join.noun, column, paging)


async def _driven(request: Request, join: Join, parents: Sequence[Record], paging: Paging) -> list[Listing] | None:
    """What the source of authority lists, merged with what the others say of the things that are shown."""
    needed = deciding(request, join.noun, paging)
    fields, keys = join.fields | needed, keys_of_parents(join, parents)
    driver = _driver(request, join)
    if driver is None or not keys or not usual(request, join.noun, paging):
        return None
    others = _others(request, driver, fields)
    heard = None if _translated(others) else await heard_of(request, join, driver, keys, fields)
    if heard is None or not _decides(request, driver, needed, list(chain.from_iterable(heard[0]))):
        return None
    listings = await cut(join.noun, heard[0], paging)
    said = _statements(driver, listings, heard[1])
    merged = await _merged(request, join, others, said, fields)
    if merged is None or not all_theirs(request, join.noun, merged):
        return None
    every = iter(merged)
    listings = [replace(listing, nodes=[next(every) for _ in listing.nodes]) for listing in listings]
    note_owners(request, join.noun, [*chain.from_iterable(heard[0]), *merged])
    note_met(request, join.noun, fields, listings)
    return listings


def _driver(request: Request, join: Join) -> Offer | None:
    """Who tells which things there are, if nobody is asked beside it."""
    offers = request.upstreams.by_authority(join.lookup)
    if not offers or offers[0].name != request.upstreams.authority(join.noun) or _translated(offers[:1]):
        return None
    return None if asides(request, join, offers) else offers[0]


def _others(request: Request, driver: Offer, fields: frozenset[str]) -> list[Offer]:
    """Who has to be heard about the things that are shown, beside the driver."""
    upstreams = request.upstreams
    return [
        offer
        for offer in upstreams.identifying(driver.lookup.noun)
        if upstreams.must_hear(offer, fields)
        and not upstreams.stands_by(offer)
        and (offer.name != driver.name or not offer.terms.fields & fields <= driver.speaks)
    ]


def _translated(offers: Iterable[Offer]) -> bool:
    """Whether any of these is asked by keys of some system's own."""
    return any(offer.terms.space is not None for offer in offers)


def _decides(request: Request, driver: Offer, needed: frozenset[str], records: Sequence[Record]) -> bool:
    """Whether what the stretches depend on is told by the driver, and by its word alone."""
    noun = NOUNS[driver.lookup.noun]
    for field in needed - {noun.id}:
        speakers = request.upstreams.speakers(noun.name, field)
        if len(speakers) > 1 and (
            speakers[0] != driver.name or any(getattr(one, field) in (UNSET, None) for one in records)
        ):
            return False
    return True


def _statements(driver: Offer, listings: Sequence[Listing], said: Sequence[object]) -> list[Statement]:
    """What the driver says of each thing that is shown."""
    return [
        Statement(driver.name, record, one.as_of)
        for listing, one in zip(listings, said, strict=True)
        if isinstance(one, Answer)
        for record in listing.nodes
    ]


async def _merged(
    request: Request, join: Join, others: Sequence[Offer], said: Sequence[Statement], fields: frozenset[str]
) -> list[Record] | None:
    """The things that are shown, with what the others say of them; None where one says something else."""
    name = attrgetter(NOUNS[join.noun].id)
    keys = [name(one.record) for one in said]
    added = await at_once([_added(request, join, offer, keys, fields) for offer in others]) if keys else []
    columns = [column for column in added if column is not None]
    if len(columns) < len(added):
        return None
    policy, turns, merged = request.upstreams.policy(join.noun), Turns(), []
    for several in zip(said, *columns, strict=True):
        merged.append(merge(policy, [one for one in several if one is not None]))
        if turns.over():
            await turns.pass_on()
    return merged


async def _added(
    request: Request, join: Join, offer: Offer, keys: Sequence[str], fields: frozenset[str]
) -> list[Statement | None] | None:
    """What one source says of the things with these keys, one word of each at most; None if it says something else."""
    said = await request.loader(offer, fields, raw=join.raw).block(keys)
    whole, settling = plain(said), request.upstreams.settling(join.noun, offer.name)
    column = whole and settled(settling, whole, keys, None, named=offer.terms.named, wanted=False)
    if column is None or not each_is_its_own(join.noun, column, keys):
        return None
    return [
        Statement(offer.name, records[0], one.as_of) if records and isinstance(one, Answer) else None
        for records, one in zip(column, said, strict=True)
    ]
