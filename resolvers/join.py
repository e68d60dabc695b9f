"""A join: which noun by which relation, what sources are asked for it, and what they say of each parent."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import msgspec
from msgspec import UNSET, Struct
from msgspec.structs import replace

from model.answer import Answer
from model.ask import Condition, Window
from model.faults import SourceFault, Unaskable
from model.keys import Lookup
from model.nouns import NOUNS
from model.records import Record
from resolvers.gathering import Gathering
from resolvers.identity import as_refs, identity
from resolvers.keys import key_told
from resolvers.loaders import Said
from resolvers.met import Found, Missing
from resolvers.request import Request
from resolvers.translation import translate, unasked
from resolvers.upstreams import Offer


class Join(Struct, frozen=True, cache_hash=True):
    """`noun by relation`, with the fields that are wanted of what is found; `parent` is the noun of the parents.

    told: whether somebody asks who said what; what is not merged needs no statements beside it otherwise.
    """

    noun: str
    by: str
    parent: str
    fields: frozenset[str]
    raw: bool = False
    told: bool = True

    @property
    def lookup(self) -> Lookup:
        """The question that sources are asked."""
        return Lookup(self.noun, self.by)


class Belongings(Struct):
    """What belongs to one parent: gated records, not yet cut to a stretch.

    gatherings and found: where a noun has a business key, what is known of each so far, and what it comes to.
    missing: who did not contribute. faults: why sources that should have driven the list did not. stale: whether
    somebody contributed what may be out of date, be it that there is nothing.
    """

    records: Sequence[Record] = ()
    gatherings: dict[str, Gathering] = msgspec.field(default_factory=dict)
    found: dict[str, Found] = msgspec.field(default_factory=dict)
    missing: frozenset[Missing] = frozenset()
    faults: dict[str, SourceFault] = msgspec.field(default_factory=dict)
    stale: bool = False


async def ask_by_parent(
    request: Request,
    offer: Offer,
    join: Join,
    parents: Sequence[Record],
    fields: frozenset[str],
    *,
    conditions: tuple[Condition, ...] = (),
    window: Window | None = None,
) -> list[Said]:
    """What one source says of each parent; a parent whose key it would need cannot be asked for."""
    keys = await parents_keys(request, offer, join.parent, parents)
    asked = [key for key in keys if isinstance(key, str)]
    loader = request.loader(offer, fields, raw=join.raw, conditions=conditions, window=window)
    said = iter(await loader.block(asked) if asked else ())
    return [next(said) if isinstance(key, str) else key for key in keys]


async def parents_keys(request: Request, offer: Offer, noun: str, parents: Sequence[Record]) -> list[str | SourceFault]:
    """The keys by which a source can be asked what belongs to these things; a fault for one whose key nobody tells."""
    space = offer.terms.space
    if space is None:
        own = [getattr(parent, NOUNS[noun].id, UNSET) for parent in parents]
        return [key if isinstance(key, str) else Unaskable(offer.name, "no key") for key in own]
    untold = {id(parent): _started(noun, parent) for parent in parents if space not in parent.keys}
    await translate(request, noun, list(untold.values()), space)
    keys: list[str | SourceFault] = []
    for parent in parents:
        key = parent.keys.get(space) or key_told(untold[id(parent)].statements, space)
        keys.append(key or unasked(offer, untold[id(parent)].keys_in(space)))
    return keys


def _started(noun: str, thing: Record) -> Gathering:
    """A thing of which something is known already, to learn more of it."""
    gathering = Gathering(noun, str(getattr(thing, NOUNS[noun].id)))
    gathering.statements += thing.said
    return gathering


def reader(request: Request, join: Join, offer: Offer) -> Callable[[Record, Answer], list[tuple[Any, Record]]]:
    """A way to read what a source answers to a parent: the records that tell what they are about, each with that.

    A record that names no parent gets the one for which it came.
    """
    noun, parent_id = join.noun, NOUNS[join.parent].id
    changes, field = request.upstreams.settling(noun, offer.name).changes, parent_field(noun, join.by)

    def read(parent: Record, answer: Answer) -> list[tuple[Any, Record]]:
        pairs = []
        key = getattr(parent, parent_id)
        for record in answer.records:
            changed = changes(record)
            if field is not None and isinstance(key, str) and names_nobody(record, field):
                changed[field] = as_parent(field, key)
            ours = replace(record, **changed) if changed else record
            thing = identity(noun, ours)
            if thing is not None:
                pairs.append((thing, ours))
        return pairs

    return read


@cache
def parent_field(noun: str, by: str) -> str | None:
    """The field in which a noun's records name the parent by which they are asked for."""
    return next((name for name in (by, f"{by}s") if name in NOUNS[noun].fields), None)


def as_parent(field: str, key: str) -> str | tuple[str]:
    """A parent's key as a record names it in this field."""
    return (key,) if field.endswith("s") else key


def names_nobody(record: Record, field: str) -> bool:
    """Whether a row that came for a parent's key names no parent: then it belongs to that parent.

    Unless it tells by its circuits whose it is: then that holds, and not what it came for.
    """
    value = getattr(record, field)
    if value.__class__ is str or (value.__class__ is tuple and value):
        return False
    if value is not UNSET and value is not None and len(as_refs(value)):
        return False
    return field != "customer" or not any(as_refs(getattr(record, name, None)) for name in ("circuits", "circuit"))
