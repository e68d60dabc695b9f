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
from resolvers.gather import Gathering
from resolvers.identity import as_refs, identity
from resolvers.loaders import Said
from resolvers.request import Request
from resolvers.things import Found, Missing
from resolvers.upstreams import Offer


class Join(Struct, frozen=True):
    """`noun by relation`, with the fields that are wanted of what is found; `parent` is the noun of the parents."""

    noun: str
    by: str
    parent: str
    fields: frozenset[str]
    raw: bool = False

    @property
    def lookup(self) -> Lookup:
        """The question that sources are asked."""
        return Lookup(self.noun, self.by)


class Belongings(Struct):
    """What belongs to one parent: gated records, not yet cut to a stretch.

    gatherings and found: where a noun has a business key, what is known of each so far, and what it comes to.
    missing: who did not contribute. faults: why sources that should have driven the list did not.
    """

    records: Sequence[Record] = ()
    gatherings: dict[str, Gathering] = msgspec.field(default_factory=dict)
    found: dict[str, Found] = msgspec.field(default_factory=dict)
    missing: frozenset[Missing] = frozenset()
    faults: dict[str, SourceFault] = msgspec.field(default_factory=dict)


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
    keys = [_key_of(offer, join, parent) for parent in parents]
    asked = [key for key in keys if key is not None]
    loader = request.loader(offer, fields, raw=join.raw, conditions=conditions, window=window)
    said = iter(await loader.block(asked) if asked else ())
    return [
        next(said) if key is not None else Unaskable(offer.name, f"no key in {offer.terms.space!r}") for key in keys
    ]


def _key_of(offer: Offer, join: Join, parent: Record) -> str | None:
    if offer.terms.space is not None:
        return parent.keys.get(offer.terms.space)
    key = getattr(parent, NOUNS[join.parent].id, UNSET)
    return key if isinstance(key, str) else None


def reader(request: Request, join: Join, offer: Offer) -> Callable[[Record, Answer], list[tuple[Any, Record]]]:
    """A way to read what a source answers to a parent: the records that tell what they are about, each with that.

    A record that names no parent gets the one for which it came.
    """
    noun, parent_id = join.noun, NOUNS[join.parent].id
    changes, field = request.upstreams.settling(noun, offer.name).changes, _parent_field(noun, join.by)

    def read(parent: Record, answer: Answer) -> list[tuple[Any, Record]]:
        pairs = []
        key = getattr(parent, parent_id)
        for record in answer.records:
            changed = changes(record)
            if field is not None and isinstance(key, str) and _names_nobody(record, field):
                changed[field] = (key,) if field.endswith("s") else key
            ours = replace(record, **changed) if changed else record
            thing = identity(noun, ours)
            if thing is not None:
                pairs.append((thing, ours))
        return pairs

    return read


@cache
def _parent_field(noun: str, by: str) -> str | None:
    """The field in which a noun's records name the parent by which they are asked for."""
    return next((name for name in (by, f"{by}s") if name in NOUNS[noun].fields), None)


def _names_nobody(record: Record, field: str) -> bool:
    """Whether a row that came for a parent's key names no parent: then it belongs to that parent.

    Unless it tells by its circuits whose it is: then that holds, and not what it came for.
    """
    value = getattr(record, field)
    if value is not UNSET and value is not None and len(as_refs(value)):
        return False
    return field != "customer" or not any(as_refs(getattr(record, name, None)) for name in ("circuits", "circuit"))
