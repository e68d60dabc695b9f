"""The short way of a join: what one source alone tells, when what it tells is as it should be.

Most columns of most questions are answered by a single source, whole and of now; then nothing is gathered, merged or
looked at one by one: what has to hold is seen from the column (`resolvers.hearing`).
"""

from collections.abc import Sequence
from itertools import chain, islice
from operator import attrgetter

from model.records import Record
from resolvers.hearing import Heard
from resolvers.join import Join
from resolvers.listing import Listing, Paging, stretches
from resolvers.met import note_met, note_met_later, note_owners, note_owners_later
from resolvers.request import Request
from resolvers.settled import Column, stated
from resolvers.waves import AT_ONCE, next_turn, parts
from resolvers.ways import Way, way_of


async def told_alone(request: Request, join: Join, parents: Sequence[Record], paging: Paging) -> Column | None:
    """All that belongs to each parent and may be shown; None where that takes the long way."""
    way = way_of(request, join, paging)
    heard = await way.alone.hear(request, way.keys(parents)) if way and way.alone else None
    return None if way is None or heard is None else _noted(request, way, join, heard)


async def listed_alone(request: Request, join: Join, parents: Sequence[Record], paging: Paging) -> list[Listing] | None:
    """For each parent, a stretch of what belongs to it; None where that takes the long way."""
    way = way_of(request, join, paging)
    heard = await way.alone.hear(request, way.keys(parents)) if way and way.alone else None
    if way is None or heard is None:
        return None
    column, few = _noted(request, way, join, heard), len(heard.every) <= AT_ONCE
    listings = stretches(join.noun, column, paging) if few else await cut(join.noun, column, paging)
    return _met(request, way, heard, listings)


async def listed_together(
    request: Request, join: Join, groups: Sequence[Sequence[Record]], paging: Paging
) -> list[Listing] | None:
    """For each group of parents, a stretch of what belongs to any of it, each thing once; None for the long way."""
    way = way_of(request, join, paging)
    parents = list(chain.from_iterable(groups))
    heard = await way.alone.hear(request, way.keys(parents)) if way and way.alone else None
    if way is None or heard is None:
        return None
    name, rest = attrgetter(way.noun.id), iter(_noted(request, way, join, heard))
    lists = [list(chain.from_iterable(islice(rest, len(group)))) for group in groups]
    # of two that are about the same thing the first counts; in what order they are sorted makes no difference
    once = [list({name(record): record for record in reversed(records)}.values()) for records in lists]
    return _met(request, way, heard, await cut(join.noun, once, paging))


def _noted(request: Request, way: Way, join: Join, heard: Heard) -> Column:
    """What was heard, of which it is noted whose it is."""
    noun = way.noun
    if noun.keyed and not way.stated:
        note_owners_later(request, noun.name, _whole, way, heard)
        return heard.column
    if noun.keyed:
        note_owners(request, noun.name, heard.every)
    return stated(heard.source, heard.column, heard.times) if noun.keyed or join.told else heard.column


def _met(request: Request, way: Way, heard: Heard, listings: list[Listing]) -> list[Listing]:
    """What is shown; what of it has a business key may be met again."""
    if way.noun.keyed and way.stated:
        shown = chain.from_iterable([listing.nodes for listing in listings])
        note_met(request, way.noun.name, way.fields, shown)
    elif way.noun.keyed:
        note_met_later(request, way.noun.name, way.fields, _shown_whole, way, heard, listings)
    return listings


def _whole(way: Way, heard: Heard) -> list[Record]:
    """What was heard, with whose it is and who said it."""
    return list(chain.from_iterable(way.alone.whole(heard))) if way.alone else []


def _shown_whole(way: Way, heard: Heard, listings: Sequence[Listing]) -> list[Record]:
    name = attrgetter(way.noun.id)
    shown = {name(record) for listing in listings for record in listing.nodes}
    return [record for record in _whole(way, heard) if name(record) in shown]


async def cut(noun: str, column: Column, paging: Paging) -> list[Listing]:
    """The stretch of each list, many at a time, others having their turn in between."""
    sizes = list(map(len, column))
    if sum(sizes) <= AT_ONCE:
        return stretches(noun, column, paging)
    listings: list[Listing] = []
    for place, part in enumerate(parts(sizes)):
        if place:
            await next_turn()
        listings += stretches(noun, column[part], paging)
    return listings
