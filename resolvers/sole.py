"""The short way of a join: what one source alone tells, when what it tells is as it should be.

Most columns of most questions are answered by a single source, whole and of now; then nothing is gathered, merged or
looked at one by one: what has to hold is seen from the column (`resolvers.hearing`).
"""

import asyncio
from collections.abc import Iterable, Sequence
from itertools import chain, islice
from operator import attrgetter

from model.records import Record
from resolvers.join import Join
from resolvers.listing import Listing, Paging, stretches
from resolvers.request import Request
from resolvers.settled import Column, stated
from resolvers.things import note_met, note_owners
from resolvers.waves import AT_ONCE, parts
from resolvers.ways import Way, way_of


async def told_alone(request: Request, join: Join, parents: Sequence[Record], paging: Paging) -> Column | None:
    """All that belongs to each parent and may be shown; None where that takes the long way."""
    way = way_of(request, join, paging)
    return None if way is None else await _told(request, way, join, parents)


async def listed_alone(request: Request, join: Join, parents: Sequence[Record], paging: Paging) -> list[Listing] | None:
    """For each parent, a stretch of what belongs to it; None where that takes the long way."""
    way = way_of(request, join, paging)
    column = None if way is None else await _told(request, way, join, parents)
    return None if way is None or column is None else await shown(request, way, column, paging)


async def listed_together(
    request: Request, join: Join, groups: Sequence[Sequence[Record]], paging: Paging
) -> list[Listing] | None:
    """For each group of parents, a stretch of what belongs to any of it, each thing once; None for the long way."""
    way = way_of(request, join, paging)
    column = None if way is None else await _told(request, way, join, list(chain.from_iterable(groups)))
    if way is None or column is None:
        return None
    name, rest = attrgetter(way.noun.id), iter(column)
    lists = [list(chain.from_iterable(islice(rest, len(group)))) for group in groups]
    # of two that are about the same thing the first counts; in what order they are sorted makes no difference
    once = [list({name(record): record for record in reversed(records)}.values()) for records in lists]
    return await shown(request, way, once, paging)


async def _told(request: Request, way: Way, join: Join, parents: Sequence[Record]) -> Column | None:
    alone, keys = way.alone, way.keys(parents)
    heard = await alone.hear(request, keys) if alone and keys else None
    if alone is None or heard is None:
        return None
    column, every, said = heard
    if way.noun.keyed:
        note_owners(request, join.noun, every)
    return stated(alone.source, column, said) if join.told or way.noun.keyed else column


async def shown(request: Request, way: Way, column: Column, paging: Paging) -> list[Listing]:
    """The stretch of each list that is shown; what has a business key may be met again."""
    listings = await cut(way.noun.name, column, paging)
    if way.noun.keyed:
        note_met(request, way.noun.name, way.fields, shown_of(listings))
    return listings


async def cut(noun: str, column: Column, paging: Paging) -> list[Listing]:
    """The stretch of each list, many at a time, others having their turn in between."""
    sizes = list(map(len, column))
    if sum(sizes) <= AT_ONCE:
        return stretches(noun, column, paging)
    listings: list[Listing] = []
    for place, part in enumerate(parts(sizes)):
        if place:
            await asyncio.sleep(0)
        listings += stretches(noun, column[part], paging)
    return listings


def shown_of(listings: Sequence[Listing]) -> Iterable[Record]:
    """All that is shown of these."""
    return chain.from_iterable(listing.nodes for listing in listings)
