"""The short way to things by their keys: where one source alone tells of them, and tells it as it should be.

As with joins (`resolvers.sole`), whatever is odd is for the long way, which asks nobody again.
"""

from collections.abc import Sequence
from itertools import chain
from operator import attrgetter

from model.keys import Ref
from model.nouns import NOUNS
from model.records import Record
from resolvers.gate import all_theirs, remember
from resolvers.masks import alters
from resolvers.request import Request
from resolvers.settled import Column, plain, settled, stated
from resolvers.upstreams import Offer


async def named_alone(
    request: Request, noun: str, refs: Sequence[Ref], fields: frozenset[str], *, raw: bool
) -> dict[Ref, Record | None] | None:
    """The things that these references mean, None for one that is not there; None for all where it takes more."""
    sole = request.upstreams.sole_by_key(noun)
    if sole is None or not sole.contested.isdisjoint(fields) or alters(request.caller.sight, noun):
        return None
    normalise = request.upstreams.policy(noun).normalise
    meant = {ref: normalise(ref) for ref in refs if isinstance(ref, str)}
    keys = list(dict.fromkeys(meant.values()))
    if any(ref not in meant for ref in refs) or any((noun, key) in request.met for key in keys):
        return None
    column = await _told(request, sole.offer, keys, fields, raw=raw)
    if column is None:
        return None
    request.put_off(lambda request: remember(request, noun, list(chain.from_iterable(column))))
    found = {key: records[0] if records else None for key, records in zip(keys, column, strict=True)}
    return {ref: found[key] for ref, key in meant.items()}


async def _told(
    request: Request, offer: Offer, keys: Sequence[str], fields: frozenset[str], *, raw: bool
) -> Column | None:
    """For each key its record, or none; None where not all is as it should be, or not all the caller's."""
    noun = offer.lookup.noun
    said = await request.loader(offer, fields, raw=raw).block(keys)
    whole = plain(said)
    if whole is None:
        return None
    settling = request.upstreams.settling(noun, offer.name)
    column = settled(settling, whole, keys, None, named=offer.terms.named, wanted=False)
    if column is None or not each_is_its_own(noun, column, keys):
        return None
    every = list(chain.from_iterable(column))
    return stated(offer.name, column, said) if all_theirs(request, noun, every) else None


def each_is_its_own(noun: str, column: Column, keys: Sequence[str]) -> bool:
    """Whether what was said to each key is one record that bears it, or none."""
    name = attrgetter(NOUNS[noun].id)
    return all(
        not records or (len(records) == 1 and name(records[0]) == key)
        for key, records in zip(keys, column, strict=True)
    )
