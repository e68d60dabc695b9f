"""The short way of a join: what one source alone tells, when what it tells is as it should be.

Most columns of most questions are answered by a single source, whole and of now; then nothing is gathered, merged or
looked at one by one. Records become ours in one loop over all parents, and what has to hold for them is seen from the
column: that each thing is named, and once a parent; that all tell something; that all are the caller's. Whatever else
there is (a fault, an old word, a cut list, a mask, an owner who is not told plainly) is
for the long way, which then goes over the whole column, and asks nobody again.
"""

import asyncio
from collections.abc import Sequence
from itertools import chain, islice
from operator import attrgetter

from msgspec import UNSET

from model.nouns import NOUNS
from model.records import Record
from resolvers.belonging import deciding
from resolvers.gate import all_theirs, remember
from resolvers.identity import NAMED_BY
from resolvers.join import Join, parent_field
from resolvers.listing import Listing, Paging, stretches
from resolvers.loaders import Said
from resolvers.masks import alters
from resolvers.matching import ACTIVE_ALARMS
from resolvers.request import Request
from resolvers.settled import Column, plain, settled, stated
from resolvers.things import Found, remembered
from resolvers.upstreams import Offer
from resolvers.waves import parts

_NOTHING, _LISTS = frozenset({UNSET, None}), frozenset({list, tuple})


async def told_alone(request: Request, join: Join, parents: Sequence[Record], paging: Paging) -> Column | None:
    """All that belongs to each parent and may be shown; None where that takes the long way."""
    fields = join.fields | deciding(request, join.noun, paging)
    offer = _asked(request, join, fields, paging)
    keys = keys_of_parents(join, parents)
    if offer is None or not keys:
        return None
    heard = await heard_of(request, join, offer, keys, fields)
    if heard is None:
        return None
    column, said = heard
    if NOUNS[join.noun].keyed:
        note_owners(request, join.noun, list(chain.from_iterable(column)))
    return stated(offer.name, column, said) if join.told or NOUNS[join.noun].keyed else column


async def heard_of(
    request: Request, join: Join, offer: Offer, keys: Sequence[str], fields: frozenset[str]
) -> tuple[Column, list[Said]] | None:
    """What one source tells of parents with these keys, as ours, and as it said it; None if that is odd."""
    said = await request.loader(offer, fields, raw=join.raw).block(keys)
    whole = plain(said)
    column = None if whole is None else await _ours(request, join, offer, whole, keys, fields)
    return None if column is None or not _as_it_should_be(request, join.noun, column) else (column, said)


async def listed_alone(request: Request, join: Join, parents: Sequence[Record], paging: Paging) -> list[Listing] | None:
    """For each parent, a stretch of what belongs to it; None where that takes the long way."""
    column = await told_alone(request, join, parents, paging)
    if column is None:
        return None
    listings = await cut(join.noun, column, paging)
    if NOUNS[join.noun].keyed:
        note_met(request, join.noun, join.fields | deciding(request, join.noun, paging), listings)
    return listings


async def cut(noun: str, column: Column, paging: Paging) -> list[Listing]:
    """The stretch of each list, many at a time, others having their turn in between."""
    listings: list[Listing] = []
    for place, part in enumerate(parts(list(map(len, column)))):
        if place:
            await asyncio.sleep(0)
        listings += stretches(noun, column[part], paging)
    return listings


async def listed_together(
    request: Request, join: Join, groups: Sequence[Sequence[Record]], paging: Paging
) -> list[Listing] | None:
    """For each group of parents, a stretch of what belongs to any of it, each thing once; None for the long way."""
    column = await told_alone(request, join, list(chain.from_iterable(groups)), paging)
    if column is None:
        return None
    name, rest = attrgetter(NOUNS[join.noun].id), iter(column)
    lists = [list(chain.from_iterable(islice(rest, len(group)))) for group in groups]
    # of two that are about the same thing the first counts; in what order they are sorted makes no difference
    once = [list({name(record): record for record in reversed(records)}.values()) for records in lists]
    listings = await cut(join.noun, once, paging)
    if NOUNS[join.noun].keyed:
        note_met(request, join.noun, join.fields | deciding(request, join.noun, paging), listings)
    return listings


def keys_of_parents(join: Join, parents: Sequence[Record]) -> list[str]:
    """The parents' business keys; none at all if one lacks it."""
    own = [getattr(parent, NOUNS[join.parent].id, UNSET) for parent in parents]
    keys = [key for key in own if isinstance(key, str)]
    return keys if len(keys) == len(own) else []


def usual(request: Request, noun: str, paging: Paging) -> bool:
    """Whether the caller may ask and sees all that there is to a thing, and no other noun decides which are shown."""
    if not request.caller.may_ask(noun) or alters(request.caller.sight, noun):
        return False
    return not any(condition.field == ACTIVE_ALARMS for condition in paging.where)


def _asked(request: Request, join: Join, fields: frozenset[str], paging: Paging) -> Offer | None:
    """Who is asked, if the short way can be gone at all."""
    sole = request.upstreams.sole(join.lookup)
    if sole is None or not sole.contested.isdisjoint(fields):
        return None
    return sole.offer if usual(request, join.noun, paging) else None


async def _ours(
    request: Request, join: Join, offer: Offer, column: Column, keys: Sequence[str], fields: frozenset[str]
) -> Column | None:
    """The records as ours, many at a time, others having their turn in between.

    What belongs to one source is told whose it is only where that is wanted; other things are met again.
    """
    field = parent_field(join.noun, join.by)
    wanted = field in fields or bool(NOUNS[join.noun].identity)
    settling = request.upstreams.settling(join.noun, offer.name)
    ours: list[Sequence[Record]] = []
    for place, part in enumerate(parts(list(map(len, column)))):
        if place:
            await asyncio.sleep(0)
        some = settled(settling, column[part], keys[part], field, named=offer.terms.named, wanted=wanted)
        if some is None:
            return None
        ours += some
    return ours


def _as_it_should_be(request: Request, noun: str, column: Column) -> bool:
    """Whether each thing is named, and once a parent, tells something, and is the caller's."""
    every = list(chain.from_iterable(column))
    return not every or (
        _named_once(noun, every, column) and _all_tell(noun, every) and all_theirs(request, noun, every)
    )


def _named_once(noun: str, every: Sequence[Record], column: Column) -> bool:
    """Whether all records tell which thing they are about, and no two of a parent are about the same.

    No two at all where things have a business key: of what two answers say of one thing, the long way takes one.
    """
    name = NAMED_BY[noun]
    told = set(map(name, every))
    words = set(chain.from_iterable(told)) if len(NOUNS[noun].identity) > 1 else told
    if not _NOTHING.isdisjoint(words):
        return False
    if len(told) == len(every):
        return True
    return not NOUNS[noun].keyed and all(len(set(map(name, records))) == len(records) for records in column)


def _all_tell(noun: str, every: Sequence[Record]) -> bool:
    substance = NOUNS[noun].substance
    return not substance or _LISTS.issuperset(map(type, map(attrgetter(substance), every)))


def note_owners(request: Request, noun: str, records: Sequence[Record]) -> None:
    """Keep who owns these, and what else they are called, as the long way does."""
    request.put_off(lambda request: remember(request, noun, records))


def note_met(request: Request, noun: str, fields: frozenset[str], listings: Sequence[Listing]) -> None:
    """Keep what was shown, as the long way does."""
    name = attrgetter(NOUNS[noun].id)

    def note(request: Request) -> None:
        shown = chain.from_iterable(listing.nodes for listing in listings)
        remembered(request, noun, fields, {name(record): Found(record) for record in shown})

    request.put_off(note)
