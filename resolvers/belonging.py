"""Joins: the things of one noun that belong to things of another, for a whole column of parents at once.

For nouns with a business key the first healthy source of authority says which things there are; the others are
then asked about exactly these by key, so that a thing looks the same on whichever path it is reached. Alarms,
tickets and routes belong to the system that keeps them: every source is asked at the same time, and what they
say is put together.
"""

import asyncio
from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from model.answer import Answer
from model.faults import Malformed, SourceFault
from model.nouns import NOUNS
from model.records import Record
from resolvers.active_alarms import with_active_alarms
from resolvers.correlated import correlated
from resolvers.gate import OWNER_UNKNOWN, Verdict, admit, owner_fields
from resolvers.gather import complete
from resolvers.gathering import Gathering, stated
from resolvers.join import Belongings, Join, ask_by_parent, reader
from resolvers.listing import Paging
from resolvers.loaders import Said
from resolvers.masks import alters, sighted
from resolvers.matching import ACTIVE_ALARMS, fields_of
from resolvers.merge import merge
from resolvers.policy import Policy
from resolvers.request import Request
from resolvers.things import LIST_CUT, NOBODY_KNOWS, NOT_ALLOWED, gated
from resolvers.upstreams import Offer
from resolvers.waves import Turns, at_once

NO_SOURCE = "NO_SOURCE"


async def belonging(request: Request, join: Join, parents: Sequence[Record], paging: Paging) -> list[Belongings]:
    """All that belongs to each parent and may be shown, with everything that `paging` needs to be judged."""
    if not request.caller.may_ask(join.noun):
        return [Belongings(missing=frozenset({(NOBODY_KNOWS, NOT_ALLOWED)})) for _ in parents]
    needed = deciding(request, join.noun, paging)
    if not NOUNS[join.noun].keyed:
        return await _united(request, join, parents, join.fields | needed)
    return await _driven(request, join, parents, needed, paging)


def deciding(request: Request, noun: str, paging: Paging) -> frozenset[str]:
    """The fields that decide which things are shown, and where."""
    fields = fields_of(noun, paging.where, paging.order) | owner_fields(request, noun)
    return fields | request.upstreams.policy(noun).correlating


# --- nouns that belong to one source: every source is asked, and what they say is put together; where one fails, who
# --- stands by is asked, too


async def _united(request: Request, join: Join, parents: Sequence[Record], fields: frozenset[str]) -> list[Belongings]:
    offers, standing_by = request.upstreams.in_turn(join.lookup)
    united = [Belongings() for _ in parents]
    every = list(zip(parents, united, strict=True))
    await _unite(request, join, offers, every, fields)
    failed = [(parent, own) for parent, own in every if own.faults]
    if failed:
        await _unite(request, join, standing_by, failed, fields)
    await _admitted(request, join.noun, united)
    if request.upstreams.policy(join.noun).correlate:
        for own, records in zip(united, correlated(request, join.noun, [own.records for own in united]), strict=True):
            own.records = records
    if not offers:
        for own in united:
            own.missing |= {(NOBODY_KNOWS, NO_SOURCE)}
    return united


async def _unite(
    request: Request,
    join: Join,
    offers: Sequence[Offer],
    pairs: Sequence[tuple[Record, Belongings]],
    fields: frozenset[str],
) -> None:
    """Add what these sources say to what is known of each parent's."""
    parents = [parent for parent, _ in pairs]
    answers = await at_once([ask_by_parent(request, offer, join, parents, fields) for offer in offers])
    several = len(offers) > 1 or any(own.records for _, own in pairs)
    policy, turns = request.upstreams.policy(join.noun), Turns()
    to_merge = (several and bool(NOUNS[join.noun].identity)) or bool(policy.correlate)
    for offer, said in zip(offers, answers, strict=True):
        read = reader(request, join, offer)
        for (parent, own), one in zip(pairs, said, strict=True):
            if isinstance(one, SourceFault):
                own.missing |= {(offer.name, one.code)}
                own.faults[offer.name] = one
            elif one is not None:
                own.stale = own.stale or one.stale
                if not one.complete:
                    own.missing |= {(offer.name, LIST_CUT)}
                if not one.records:
                    continue
                read_once = _each_once(_telling(join, offer, own, read(parent, one)))
                told = join.told or to_merge or one.stale
                found = _stated(offer, policy, one, read_once) if told else [record for _, record in read_once]
                own.records = [*own.records, *found] if own.records else found
                if turns.over():
                    await turns.pass_on()


async def _admitted(request: Request, noun: str, united: Sequence[Belongings]) -> None:
    """Leave of each parent's records what the gate shows of them."""
    sight = request.caller.sight
    verdicts = await admit(request, noun, [record for own in united for record in own.records])
    if verdicts.count(Verdict.SHOWN) == len(verdicts) and not alters(sight, noun):
        return
    rest = iter(verdicts)
    for own in united:
        judged = [(record, next(rest)) for record in own.records]
        own.records = [sighted(sight, noun, record) for record, verdict in judged if verdict is Verdict.SHOWN]
        if any(verdict is Verdict.UNTOLD for _, verdict in judged):
            own.missing |= {(NOBODY_KNOWS, OWNER_UNKNOWN)}


def _stated(offer: Offer, policy: Policy, answer: Answer, pairs: Sequence[tuple[Any, Record]]) -> list[Record]:
    """Records, each with who said it."""
    statements = (stated(offer, record, answer) for _, record in pairs)
    return [merge(policy, [statement]) for statement in statements]


def _telling(
    join: Join, offer: Offer, own: Belongings, pairs: Sequence[tuple[Any, Record]]
) -> Sequence[tuple[Any, Record]]:
    """The records that tell something of their noun; that others came is noted."""
    substance = NOUNS[join.noun].substance
    if not substance or not pairs:
        return pairs
    telling = [pair for pair in pairs if isinstance(getattr(pair[1], substance), list | tuple)]
    if len(telling) < len(pairs):
        own.missing |= {(offer.name, Malformed.code)}
    return telling


def _each_once(pairs: Sequence[tuple[Any, Record]]) -> Sequence[tuple[Any, Record]]:
    """Of several records about one thing, the first."""
    if len(pairs) < 2:
        return pairs
    things: dict[Any, Record] = {}
    for thing, record in pairs:
        things.setdefault(thing, record)
    return pairs if len(things) == len(pairs) else list(things.items())


# --- nouns with a business key: authority says which there are, the others are asked about these


async def _driven(
    request: Request, join: Join, parents: Sequence[Record], deciding: frozenset[str], paging: Paging
) -> list[Belongings]:
    fields = join.fields | deciding
    offers = request.upstreams.by_authority(join.lookup)
    belongings = [Belongings() for _ in parents]
    driver: str | None = None
    waiting = list(range(len(parents)))
    beside = asides(request, join, offers)
    aside = [asyncio.ensure_future(ask_by_parent(request, offer, join, parents, fields)) for offer in beside]
    for offer in offers:
        said = await ask_by_parent(request, offer, join, [parents[index] for index in waiting], fields)
        failed, turns, read = [], Turns(), reader(request, join, offer)
        for index, one in zip(waiting, said, strict=True):
            own = belongings[index]
            if isinstance(one, SourceFault):
                own.missing |= {(offer.name, one.code)}
                own.faults[offer.name] = one
                failed.append(index)
            elif one is not None:
                _list(join.noun, offer, read(parents[index], one), one, own)
            if turns.over():
                await turns.pass_on()
        driver, waiting = offer.name, failed
        if not waiting:
            break
    _hear_asides(
        request, join, parents, belongings, [(offer, await said) for offer, said in zip(beside, aside, strict=True)]
    )
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


def asides(request: Request, join: Join, drivers: Sequence[Offer]) -> list[Offer]:
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
        read = reader(request, join, offer)
        for parent, one, own in zip(parents, said, belongings, strict=True):
            if isinstance(one, SourceFault):
                own.missing |= {(offer.name, one.code)}
            elif one is not None:
                _list(join.noun, offer, read(parent, one), one, own, only_known=True)


def _list(
    noun: str,
    offer: Offer,
    pairs: Sequence[tuple[Any, Record]],
    answer: Answer,
    own: Belongings,
    *,
    only_known: bool = False,
) -> None:
    """Take a source's list of what belongs to a parent into account."""
    gatherings = own.gatherings
    for key, record in pairs:
        gathering = gatherings.get(key)
        if gathering is None:
            if only_known:
                continue
            gathering = gatherings[key] = Gathering(noun, key)
        gathering.hear(offer, answer, [record])
    own.stale = own.stale or answer.stale
    if not answer.complete:
        own.missing |= {(offer.name, LIST_CUT)}


def undecided(
    request: Request, noun: str, gatherings: Sequence[Gathering], deciding: frozenset[str], driver: str | None
) -> bool:
    """Whether the stretch depends on a field that others than the driver decide, or on which it is silent."""
    if driver not in request.upstreams.policy(noun).authority:
        return True
    for field in deciding - {NOUNS[noun].id}:
        if len(request.upstreams.speakers(noun, field)) > 1 and (
            request.upstreams.decider(noun, field) != driver
            or any(getattr(one.record, field) in (UNSET, None) for own in gatherings for one in own.statements)
        ):
            return True
    return False


async def _show(request: Request, join: Join, own: Belongings, deciding: frozenset[str], paging: Paging) -> None:
    own.found = await gated(request, join.noun, list(own.gatherings.values()), deciding)
    own.records = [one.record for one in own.found.values() if one.record is not None]
    for one in own.found.values():
        if one.record is None and one.missing:
            own.missing |= one.missing
    if any(condition.field == ACTIVE_ALARMS for condition in paging.where):
        own.records, missing = await with_active_alarms(request, own.records)
        own.missing |= missing


def together(belongings: Sequence[Belongings]) -> Belongings:
    """What belongs to any of several parents, each thing once."""
    records: dict[object, Record] = {}
    everything = Belongings()
    for own in belongings:
        everything.gatherings |= own.gatherings
        everything.found |= own.found
        everything.missing |= own.missing
        everything.stale = everything.stale or own.stale
        for record in own.records:
            records.setdefault(_name(record), record)
    everything.records = list(records.values())
    return everything


def _name(record: Record) -> object:
    kind = next(noun for noun in NOUNS.values() if noun.record is type(record))
    return getattr(record, kind.id)
