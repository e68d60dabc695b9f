"""The short way of a join that several sources answer, when what they tell is as it should be.

Where each source has things of its own, what they tell of a parent is put together. Where things have a business key,
one source tells which there are, and those that are shown are asked for by their keys of the others, all parents'
together; who speaks of a thing is then merged. As in `sole`, nothing is gathered, and whatever else there is (a
fault, an old word, a thing of which one source tells twice, an owner who turns out to be another) is for the long way.
"""

from collections.abc import Sequence
from itertools import chain
from operator import attrgetter

from msgspec import UNSET
from msgspec.structs import replace

from model.nouns import NOUNS
from model.records import Record, Statement
from resolvers.gate import all_theirs
from resolvers.hearing import Heard
from resolvers.join import Join
from resolvers.listing import Listing, Paging
from resolvers.merge import merge_all, merge_each
from resolvers.merging import unsaid_merger
from resolvers.met import note_met, note_met_later, note_owners
from resolvers.named import heard_by_key, statements
from resolvers.policy import Policy
from resolvers.request import Request
from resolvers.settled import Column, stated
from resolvers.sole import cut
from resolvers.waves import AT_ONCE, at_once, next_turn
from resolvers.ways import Way, way_of


async def heard_together(
    request: Request, join: Join, parents: Sequence[Record], paging: Paging
) -> Sequence[Heard] | None:
    """What each of several sources tells of its own of these parents; None where that takes the long way."""
    way = way_of(request, join, paging)
    keys = [] if way is None else way.keys(parents)
    if way is None or not (keys and way.together):
        return None
    told = await at_once([hearing.hear(request, keys) for hearing in way.together])
    heard = [one for one in told if one is not None]
    return heard if len(heard) == len(told) else None


async def told_together(request: Request, join: Join, parents: Sequence[Record], paging: Paging) -> Column | None:
    """All that several sources tell, each of its own things, of each parent; None where that takes the long way."""
    heard = await heard_together(request, join, parents, paging)
    if heard is None:
        return None
    to_merge = join.told or (len(heard) > 1 and bool(NOUNS[join.noun].identity))
    whole, *rest = [stated(one.source, one.column, one.times) if to_merge else one.column for one in heard]
    for column in rest:
        whole = [[*one, *more] if one and more else one or more for one, more in zip(whole, column, strict=True)]
    return whole


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
    way = way_of(request, join, paging)
    driver = None if way is None else way.driver
    if way is None or driver is None:
        return None
    keys = way.keys(parents)
    heard = await driver.hear(request, keys) if keys else None
    if heard is None or not _decides(way, heard.every):
        return None
    listings = await cut(join.noun, heard.column, paging)
    nodes = list(chain.from_iterable([listing.nodes for listing in listings]))
    beside = await _beside(request, way, list(map(attrgetter(way.noun.id), nodes)))
    if beside is None:
        return None
    policy, words = request.upstreams.policy(join.noun), (heard, listings, beside)
    unsaid = None if way.stated else await _unsaid(policy, heard.source, nodes, beside)
    merged = await merge_each(policy, _rows(*words)) if unsaid is None else unsaid
    if not all_theirs(request, join.noun, merged):
        return None
    note_owners(request, join.noun, [*heard.every, *merged])
    if unsaid is None:
        note_met(request, join.noun, way.fields, merged)
    else:
        note_met_later(request, join.noun, way.fields, _stated, policy, *words)
    each = iter(merged)
    return [_with(listing, [next(each) for _ in listing.nodes]) for listing in listings]


def _with(listing: Listing, nodes: Sequence[Record]) -> Listing:
    """A listing with what came of its nodes; their places are those that the driver told."""
    return replace(listing, nodes=nodes, sorted_as=None, placed=listing.cursors)


def _decides(way: Way, records: Sequence[Record]) -> bool:
    """Whether what the stretches depend on is told by the driver, and by its word alone."""
    return not any(getattr(one, field) in (UNSET, None) for field in way.decided_by for one in records)


async def _beside(request: Request, way: Way, keys: Sequence[str]) -> Sequence[Heard] | None:
    """What the others tell of the things with these keys; None where one tells something else."""
    told = await at_once([heard_by_key(request, hearing, keys) for hearing in way.beside]) if keys else []
    heard = [one for one in told if one is not None]
    return heard if len(heard) == len(told) else None


async def _unsaid(
    policy: Policy, driver: str, nodes: Sequence[Record], beside: Sequence[Heard]
) -> Sequence[Record] | None:
    """The things that are shown, with what the others tell, but not who said it; None where it takes statements."""
    if not beside:
        return nodes
    merge_whole = unsaid_merger(policy, [driver, *[one.source for one in beside]])
    whole = all(all(one.column) for one in beside)
    if merge_whole is None or not (whole or len(beside) == 1):
        return None
    columns = [[records[0] if records else None for records in one.column] for one in beside]
    rows, things = list(zip(nodes, *columns, strict=True)), list[Record]()
    for start in range(0, len(rows), AT_ONCE):
        if start:
            await next_turn()
        some = rows[start : start + AT_ONCE]
        merged = merge_whole(some if whole else [row for row in some if None not in row])
        if merged is None:
            return None
        each = iter(merged)
        things += merged if whole else [row[0] if None in row else next(each) for row in some]
    return things


def _rows(heard: Heard, listings: Sequence[Listing], beside: Sequence[Heard]) -> list[tuple[Statement | None, ...]]:
    """What is said of each thing that is shown, first by the driver."""
    driver = [
        Statement(heard.source, record, as_of)
        for listing, as_of in zip(listings, heard.times, strict=True)
        if as_of
        for record in listing.nodes
    ]
    return list(zip(driver, *map(statements, beside), strict=True))


def _stated(policy: Policy, heard: Heard, listings: Sequence[Listing], beside: Sequence[Heard]) -> Sequence[Record]:
    """The same things, with who said what."""
    return merge_all(policy, _rows(heard, listings, beside))
