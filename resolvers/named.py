"""The short way to things by their keys: where those who tell of them are asked by these, and tell it as it should be.

As with joins (`resolvers.sole`, `resolvers.several`), whatever is odd is for the long way, which asks nobody again.
"""

from collections.abc import Callable, Sequence
from typing import Any

from msgspec.structs import replace

from model.records import Record, Statement
from resolvers.gate import all_theirs, owner_fields
from resolvers.hearing import Heard, Hearing
from resolvers.masks import sees_all
from resolvers.merge import merge_each
from resolvers.met import note_shown
from resolvers.request import Request
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
        (hearing,) = way.hearings
        heard = await hearing.hear(request, keys)
        said = None if heard is None else _one_each(hearing, keys, heard)
        told = None if said is None else [None if one is None else replace(one.record, said=(one,)) for one in said]
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
    columns = await at_once([said_by_key(request, hearing, keys) for hearing in way.hearings])
    whole = [column for column in columns if column is not None]
    if len(whole) < len(columns):
        return None
    place, rows = way.decides, list(zip(*whole, strict=True))
    merged = await merge_each(request.upstreams.policy(noun), [row for row in rows if row[place] is not None])
    each = iter(merged)
    return [None if row[place] is None else next(each) for row in rows] if all_theirs(request, noun, merged) else None


async def said_by_key(request: Request, hearing: Hearing, keys: Sequence[str]) -> list[Statement | None] | None:
    """What one source says of the things with these keys, one word of each at most; None if it says something else."""
    heard = await hearing.hear(request, keys)
    return None if heard is None else _one_each(hearing, keys, heard)


def _one_each(hearing: Hearing, keys: Sequence[str], heard: Heard) -> list[Statement | None] | None:
    said: list[Statement | None] = []
    source, name = hearing.source, hearing.name
    for key, records, as_of in zip(keys, heard.column, heard.times, strict=True):
        if not records:
            said.append(None)
        elif len(records) == 1 and name(records[0]) == key and as_of:
            said.append(Statement(source, records[0], as_of))
        else:
            return None
    return said
