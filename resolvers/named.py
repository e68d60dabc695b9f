"""The short way to things by their keys: where those who tell of them are asked by these, and tell it as it should be.

As with joins (`resolvers.sole`, `resolvers.several`), whatever is odd is for the long way, which asks nobody again.
"""

from collections.abc import Callable, Sequence
from typing import Any

from model.records import Record, Statement
from resolvers.gate import all_theirs, owner_fields
from resolvers.hearing import Heard, Hearing
from resolvers.masks import sees_all
from resolvers.merge import merge_each
from resolvers.met import note_shown
from resolvers.request import Request
from resolvers.settled import stated
from resolvers.waves import at_once

_TEXT = frozenset({str})


class _ByKey:
    """How things are told by their keys, as far as it is the short way.

    fields: what is wanted of them, and what decides who sees them. hearings: all who have to be heard; nobody where
    nobody decides which things there are, or where keys are translated. decides: the place of who does among these.
    """

    __slots__ = ("decides", "fields", "hearings", "normalise")

    def __init__(self, request: Request, noun: str, fields: frozenset[str], *, raw: bool) -> None:
        upstreams = request.upstreams
        self.fields = fields = fields | owner_fields(request, noun)
        self.normalise: Callable[[Any], str] = upstreams.policy(noun).normalise
        self.hearings: Sequence[Hearing] = ()
        self.decides = 0
        offers, decides = upstreams.heard_by_key(noun, fields), upstreams.authority(noun)
        places = [place for place, offer in enumerate(offers) if offer.name == decides]
        if places and all(offer.terms.space is None for offer in offers):
            (self.decides,) = places
            self.hearings = [Hearing(upstreams, offer, fields, raw=raw, merged=len(offers) > 1) for offer in offers]


async def told_by_key(
    request: Request, noun: str, refs: Sequence[Any], fields: frozenset[str], *, raw: bool
) -> list[Record | None] | None:
    """The things that these references mean, None for one that is not there; None for all where it takes more."""
    caller = request.caller
    way = request.upstreams.made((noun, fields, raw, caller.staff), _ByKey, request, noun, fields, raw=raw)
    if not way.hearings or not _TEXT.issuperset(map(type, refs)) or not sees_all(caller, noun):
        return None
    meant = list(map(way.normalise, refs))
    keys, met = list(dict.fromkeys(meant)), request.met
    if met and any((noun, key) in met for key in keys):
        return None
    if len(way.hearings) == 1:
        heard = await heard_by_key(request, way.hearings[0], keys)
        column = () if heard is None else stated(heard.source, heard.column, heard.times)
        told = None if heard is None else [records[0] if records else None for records in column]
    else:
        told = await _of_several(request, noun, way, keys)
    if told is None:
        return None
    note_shown(request, noun, way.fields, [record for record in told if record is not None])
    if len(keys) == len(meant):
        return told
    found = dict(zip(keys, told, strict=True))
    return [found[key] for key in meant]


async def _of_several(request: Request, noun: str, way: _ByKey, keys: Sequence[str]) -> list[Record | None] | None:
    told = await at_once([heard_by_key(request, hearing, keys) for hearing in way.hearings])
    heard = [one for one in told if one is not None]
    if len(heard) < len(told):
        return None
    place, rows = way.decides, list(zip(*map(statements, heard), strict=True))
    merged = await merge_each(request.upstreams.policy(noun), [row for row in rows if row[place] is not None])
    each = iter(merged)
    return [None if row[place] is None else next(each) for row in rows] if all_theirs(request, noun, merged) else None


async def heard_by_key(request: Request, hearing: Hearing, keys: Sequence[str]) -> Heard | None:
    """What one source tells of the things with these keys, one record of each at most; None if it tells otherwise."""
    heard = await hearing.hear(request, keys)
    if heard is None or max(map(len, heard.column), default=0) > 1:
        return None
    told = [key for key, records in zip(keys, heard.column, strict=True) if records]
    return heard if list(map(hearing.name, heard.every)) == told else None


def statements(heard: Heard) -> list[Statement | None]:
    """What a source says of each of the things of which it tells one record at most."""
    source = heard.source
    return [
        Statement(source, records[0], as_of) if records and as_of else None
        for records, as_of in zip(heard.column, heard.times, strict=True)
    ]
