"""Joins: the things of one noun that belong to things of another, for a whole column of parents at once.

For nouns with a business key the first healthy source of authority says which things there are; the others are
then asked about exactly these by key, so that a thing looks the same on whichever path it is reached. Alarms,
tickets and routes belong to the system that keeps them: every source is asked at the same time, and what they
say is put together.
"""

import asyncio
from collections.abc import Sequence

import msgspec
from msgspec import UNSET, Struct
from msgspec.structs import replace

from model.answer import Answer
from model.ask import Condition, Window
from model.faults import SourceFault, Unaskable
from model.keys import Lookup
from model.nouns import NOUNS
from model.records import Record, Statement
from resolvers.active_alarms import with_active_alarms
from resolvers.gate import OWNER_UNKNOWN, Verdict, admit, owner_fields
from resolvers.gather import Gathering, complete
from resolvers.identity import as_refs, identity, settle
from resolvers.listing import Paging
from resolvers.loaders import Said
from resolvers.masks import sighted
from resolvers.matching import ACTIVE_ALARMS, fields_of
from resolvers.merge import merge
from resolvers.request import Request
from resolvers.things import NOBODY_KNOWS, NOT_ALLOWED, Missing, gated
from resolvers.upstreams import Offer

NO_SOURCE = "NO_SOURCE"
LIST_CUT = "SOURCE_LIST_CUT"


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

    gatherings: where a noun has a business key, what is known of each so far. missing: who did not contribute.
    faults: why sources that should have driven the list did not.
    """

    records: Sequence[Record] = ()
    gatherings: dict[str, Gathering] = msgspec.field(default_factory=dict)
    missing: frozenset[Missing] = frozenset()
    faults: dict[str, SourceFault] = msgspec.field(default_factory=dict)


async def belonging(request: Request, join: Join, parents: Sequence[Record], paging: Paging) -> list[Belongings]:
    """All that belongs to each parent and may be shown, with everything that `paging` needs to be judged."""
    if not request.caller.may_ask(join.noun):
        return [Belongings(missing=frozenset({(NOBODY_KNOWS, NOT_ALLOWED)})) for _ in parents]
    deciding = fields_of(join.noun, paging.where, paging.order) | owner_fields(request, join.noun)
    if not NOUNS[join.noun].keyed:
        return await _united(request, join, parents, join.fields | deciding)
    return await _driven(request, join, parents, deciding, paging)


# --- nouns that belong to one source: every source is asked, and what they say is put together


async def _united(request: Request, join: Join, parents: Sequence[Record], fields: frozenset[str]) -> list[Belongings]:
    offers = request.upstreams.offers(join.lookup)
    answers = await asyncio.gather(*(ask_by_parent(request, offer, join, parents, fields) for offer in offers))
    united = [Belongings() for _ in parents]
    columns: list[list[Record]] = [[] for _ in parents]
    for offer, said in zip(offers, answers, strict=True):
        for parent, one, own, records in zip(parents, said, united, columns, strict=True):
            if isinstance(one, SourceFault):
                own.missing |= {(offer.name, one.code)}
                own.faults[offer.name] = one
            elif one is not None:
                records.extend(_stated(request, join, offer, parent, one))
                if not one.complete:
                    own.missing |= {(offer.name, LIST_CUT)}
    verdicts = iter(await admit(request, join.noun, [record for records in columns for record in records]))
    for own, records in zip(united, columns, strict=True):
        judged = [(record, next(verdicts)) for record in records]
        own.records = [
            sighted(request.caller.sight, join.noun, record) for record, verdict in judged if verdict is Verdict.SHOWN
        ]
        if any(verdict is Verdict.UNTOLD for _, verdict in judged):
            own.missing |= {(NOBODY_KNOWS, OWNER_UNKNOWN)}
        if not offers:
            own.missing |= {(NOBODY_KNOWS, NO_SOURCE)}
    return united


def _stated(request: Request, join: Join, offer: Offer, parent: Record, answer: Answer) -> list[Record]:
    """A source's records, each with who said it, and with the parent that was asked for where the source is silent."""
    stated = []
    seen: set[object] = set()
    policy = request.upstreams.policy(join.noun)
    for record in answer.records:
        settled = _with_parent(join, parent, settle(request.upstreams.policies, join.noun, offer.name, record))
        thing = identity(join.noun, settled)
        if thing is None or thing in seen:
            continue
        seen.add(thing)
        stated.append(merge(policy, [Statement(offer.name, settled, answer.as_of, answer.stale)]))
    return stated


def _with_parent(join: Join, parent: Record, record: Record) -> Record:
    """A row that came for a parent's key and names no parent belongs to that parent.

    Unless it tells by its circuits whose it is: then that holds, and not what it came for.
    """
    field = next((name for name in (join.by, f"{join.by}s") if name in NOUNS[join.noun].fields), None)
    key = identity(join.parent, parent)
    if field is None or not isinstance(key, str) or as_refs(getattr(record, field)):
        return record
    if field == "customer" and any(as_refs(getattr(record, name, None)) for name in ("circuits", "circuit")):
        return record
    return replace(record, **{field: (key,) if field.endswith("s") else key})


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


# --- nouns with a business key: authority says which there are, the others are asked about these


async def _driven(
    request: Request, join: Join, parents: Sequence[Record], deciding: frozenset[str], paging: Paging
) -> list[Belongings]:
    fields = join.fields | deciding
    offers = request.upstreams.by_authority(join.lookup)
    belongings = [Belongings() for _ in parents]
    driver: str | None = None
    waiting = list(range(len(parents)))
    asides = _asides(request, join, offers)
    aside = asyncio.gather(*(ask_by_parent(request, offer, join, parents, fields) for offer in asides))
    for offer in offers:
        said = await ask_by_parent(request, offer, join, [parents[index] for index in waiting], fields)
        failed = []
        for index, one in zip(waiting, said, strict=True):
            own = belongings[index]
            if isinstance(one, SourceFault):
                own.missing |= {(offer.name, one.code)}
                own.faults[offer.name] = one
                failed.append(index)
            elif one is not None:
                _list(request, join, offer, parents[index], one, own)
        driver, waiting = offer.name, failed
        if not waiting:
            break
    _hear_asides(request, join, parents, belongings, list(zip(asides, await aside, strict=True)))
    for own in belongings:
        if not offers:
            own.missing |= {(NOBODY_KNOWS, NO_SOURCE)}
        for gathering in own.gatherings.values():
            gathering.faults |= own.faults
            gathering.asked |= dict.fromkeys(own.faults, NOUNS[join.noun].fields)
    everything = [one for own in belongings for one in own.gatherings.values()]
    if undecided(request, join.noun, everything, deciding, driver):
        await complete(request, join.noun, everything, fields, raw=join.raw)
    for own in belongings:
        await _show(request, join, own, deciding, paging)
    return belongings


def _asides(request: Request, join: Join, drivers: Sequence[Offer]) -> list[Offer]:
    """Sources that can be asked by this relation alone, never by key: they are heard at the same time."""
    able = {offer.name for offer in (*request.upstreams.identifying(join.noun), *drivers)}
    return [
        offer
        for offer in request.upstreams.offers(join.lookup)
        if offer.name not in able and offer.terms.fields & join.fields
    ]


def _hear_asides(
    request: Request,
    join: Join,
    parents: Sequence[Record],
    belongings: Sequence[Belongings],
    heard: Sequence[tuple[Offer, list[Said]]],
) -> None:
    for offer, said in heard:
        for parent, one, own in zip(parents, said, belongings, strict=True):
            if isinstance(one, SourceFault):
                own.missing |= {(offer.name, one.code)}
            elif one is not None:
                _list(request, join, offer, parent, one, own, only_known=True)


def _list(
    request: Request,
    join: Join,
    offer: Offer,
    parent: Record,
    answer: Answer,
    own: Belongings,
    *,
    only_known: bool = False,
) -> None:
    """Take a source's list of what belongs to a parent into account."""
    gatherings = own.gatherings
    for record in answer.records:
        settled = _with_parent(join, parent, settle(request.upstreams.policies, join.noun, offer.name, record))
        key = identity(join.noun, settled)
        if not isinstance(key, str) or (only_known and key not in gatherings):
            continue
        gatherings.setdefault(key, Gathering(join.noun, key)).hear(offer, answer, [settled])
    if not answer.complete:
        own.missing |= {(offer.name, LIST_CUT)}


def undecided(
    request: Request, noun: str, gatherings: Sequence[Gathering], deciding: frozenset[str], driver: str | None
) -> bool:
    """Whether the stretch depends on a field that others than the driver decide, or on which it is silent."""
    if driver not in request.upstreams.policy(noun).authority:
        return True
    for field in deciding - {NOUNS[noun].id}:
        speakers = request.upstreams.speakers(noun, field)
        if speakers and speakers[0] != driver and len(speakers) > 1:
            return True
        if len(speakers) > 1 and any(
            getattr(one.record, field) in (UNSET, None) for own in gatherings for one in own.statements
        ):
            return True
    return False


async def _show(request: Request, join: Join, own: Belongings, deciding: frozenset[str], paging: Paging) -> None:
    found = await gated(request, join.noun, list(own.gatherings.values()), deciding)
    own.records = [one.record for one in found.values() if one.record is not None]
    for one in found.values():
        own.missing |= one.missing if one.record is None else frozenset()
    if any(condition.field == ACTIVE_ALARMS for condition in paging.where):
        own.records, missing = await with_active_alarms(request, own.records)
        own.missing |= missing


def together(belongings: Sequence[Belongings]) -> Belongings:
    """What belongs to any of several parents, each thing once."""
    records: dict[object, Record] = {}
    everything = Belongings()
    for own in belongings:
        everything.gatherings |= own.gatherings
        everything.missing |= own.missing
        for record in own.records:
            records.setdefault(_name(record), record)
    everything.records = list(records.values())
    return everything


def _name(record: Record) -> object:
    kind = next(noun for noun in NOUNS.values() if noun.record is type(record))
    return getattr(record, kind.id)
