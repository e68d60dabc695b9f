"""The short way to things by their keys: where those who tell of them are asked by these, and tell it as it should be.

As with joins (`resolvers.sole`, `resolvers.several`), whatever is odd is for the long way, which asks nobody again.
"""

from collections.abc import Sequence

from msgspec.structs import replace

from model.answer import Answer
from model.keys import Ref
from model.records import Record, Statement
from resolvers.gate import all_theirs
from resolvers.hearing import Hearing
from resolvers.masks import alters
from resolvers.merge import merge_each
from resolvers.request import Request
from resolvers.upstreams import Upstreams
from resolvers.waves import at_once

_TEXT = frozenset({str})


async def told_by_key(
    request: Request, noun: str, refs: Sequence[Ref], fields: frozenset[str], *, raw: bool
) -> list[Record | None] | None:
    """The things that these references mean, None for one that is not there; None for all where it takes more."""
    upstreams = request.upstreams
    hearings = upstreams.made((noun, fields, raw), _hearings, upstreams, noun, fields, raw)
    if not hearings or not _TEXT.issuperset(map(type, refs)) or alters(request.caller.sight, noun):
        return None
    meant = list(map(upstreams.policy(noun).normalise, refs))  # type: ignore[arg-type]  # all of them are text
    keys, met = list(dict.fromkeys(meant)), request.met
    if met and any((noun, key) in met for key in keys):
        return None
    told = _of_one(request, hearings[0], keys) if len(hearings) == 1 else _of_several(request, noun, hearings, keys)
    records = await told
    if records is None or len(keys) == len(meant):
        return records
    found = dict(zip(keys, records, strict=True))
    return [found[key] for key in meant]


def _hearings(upstreams: Upstreams, noun: str, fields: frozenset[str], raw: bool) -> Sequence[Hearing]:
    """All who have to be heard; nobody where nobody decides which things there are, or where keys are translated."""
    offers = upstreams.heard_by_key(noun, fields)
    decides = upstreams.authority(noun)
    if all(offer.name != decides for offer in offers) or any(offer.terms.space is not None for offer in offers):
        return ()
    return [Hearing(upstreams, offer, fields, raw=raw, merged=len(offers) > 1) for offer in offers]


async def _of_one(request: Request, hearing: Hearing, keys: Sequence[str]) -> list[Record | None] | None:
    said = await said_by_key(request, hearing, keys)
    return None if said is None else [None if one is None else replace(one.record, said=(one,)) for one in said]


async def _of_several(
    request: Request, noun: str, hearings: Sequence[Hearing], keys: Sequence[str]
) -> list[Record | None] | None:
    columns = await at_once([said_by_key(request, hearing, keys) for hearing in hearings])
    whole = [column for column in columns if column is not None]
    if len(whole) < len(columns):
        return None
    decides, rows = request.upstreams.authority(noun), list(zip(*whole, strict=True))
    (place,) = [place for place, hearing in enumerate(hearings) if hearing.source == decides]
    merged = await merge_each(request.upstreams.policy(noun), [row for row in rows if row[place] is not None])
    each = iter(merged)
    return [None if row[place] is None else next(each) for row in rows] if all_theirs(request, noun, merged) else None


async def said_by_key(request: Request, hearing: Hearing, keys: Sequence[str]) -> list[Statement | None] | None:
    """What one source says of the things with these keys, one word of each at most; None if it says something else."""
    heard = await hearing.hear(request, keys)
    if heard is None:
        return None
    said: list[Statement | None] = []
    source, name = hearing.source, hearing.name
    for key, records, one in zip(keys, heard.column, heard.said, strict=True):
        if not records:
            said.append(None)
        elif len(records) == 1 and name(records[0]) == key and one.__class__ is Answer:
            said.append(Statement(source, records[0], one.as_of))
        else:
            return None
    return said
