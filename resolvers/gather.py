"""All that the sources say about things whose keys are known: asked for in as few waves as the keys allow.

A wave asks, at the same time, every source that speaks of a wanted field and whose key for the thing is known, and
whoever translates into the keys that are not. Another wave follows only where a source knows things by a key that
the one before has told.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import UNSET
from msgspec.structs import replace

from model.answer import Answer
from model.faults import Ambiguous, SourceFault, Unaskable
from model.keys import Foreign, Lookup, Ref
from model.nouns import NOUNS
from model.records import Record
from resolvers.gathering import Asking, Gathering, absorb
from resolvers.identity import identity
from resolvers.merge import merge
from resolvers.request import Request
from resolvers.translation import HOPS, translating, unasked
from resolvers.upstreams import Offer, in_space
from resolvers.waves import Turns, at_once


async def complete(
    request: Request, noun: str, gatherings: Collection[Gathering], fields: frozenset[str], *, raw: bool = False
) -> bool:
    """Ask whoever can speak of these fields, and has not been heard, about these things; tells if that was anybody."""
    offers = [offer for offer in request.upstreams.identifying(noun) if request.upstreams.must_hear(offer, fields)]
    first = [offer for offer in offers if not request.upstreams.stands_by(offer)]
    anybody = await _ask(request, noun, first, gatherings, fields, raw=raw)
    for offer in offers if len(first) < len(offers) else ():
        if request.upstreams.stands_by(offer):
            lacking = [gathering for gathering in gatherings if gathering.faults and _lacking(offer, gathering, fields)]
            anybody |= await _ask(request, noun, [offer], lacking, fields, raw=raw)
    return anybody


def _lacking(offer: Offer, gathering: Gathering, fields: frozenset[str]) -> bool:
    """Whether there is a wanted field of which nobody who was heard has said anything, and this source speaks."""
    told = [one.record for one in gathering.statements]
    wanted = offer.terms.fields & fields
    return not told or any(all(getattr(one, field) in (UNSET, None) for one in told) for field in wanted)


async def _ask(
    request: Request,
    noun: str,
    offers: Sequence[Offer],
    gatherings: Collection[Gathering],
    fields: frozenset[str],
    *,
    raw: bool,
) -> bool:
    anybody = False
    for _wave in range(2 + HOPS):
        asking = _asking(request, noun, offers, gatherings, fields)
        if not asking:
            break
        anybody = True
        answers = await at_once(
            [request.loader(offer, fields, raw=raw).block([key for _, key in pairs]) for offer, pairs in asking]
        )
        turns = Turns()
        for (offer, pairs), said in zip(asking, answers, strict=True):
            for (gathering, _), one in zip(pairs, said, strict=True):
                absorb(request, offer, gathering, one)
                if turns.over():
                    await turns.pass_on()
        if all(offer.terms.space is None for offer in offers):
            break
    _note_unasked(offers, gatherings)
    return anybody


def _asking(
    request: Request, noun: str, offers: Sequence[Offer], gatherings: Collection[Gathering], fields: frozenset[str]
) -> Asking:
    """Who can be asked now: those whose keys are known, and whoever translates into the keys that are not."""
    asking = [(offer, pairs) for offer in offers if (pairs := _askable(offer, gatherings, fields))]
    unknown = [
        (offer.terms.space, gathering)
        for offer in offers
        if offer.terms.space is not None
        for gathering in gatherings
        if gathering.lacks(offer, fields) and not gathering.keys_in(offer.terms.space)
    ]
    if not unknown:
        return asking
    asked = {(offer.name, id(gathering)) for offer, pairs in asking for gathering, _ in pairs}
    return [*asking, *translating(request, noun, unknown, asked)]


def _note_unasked(offers: Sequence[Offer], gatherings: Collection[Gathering]) -> None:
    """Name those who could not be asked, where that is somebody's fault, or where a key is told in two ways."""
    for offer in offers:
        if offer.terms.space is None:
            continue
        for gathering in gatherings:
            if offer.name not in gathering.asked:
                told = gathering.keys_in(offer.terms.space)
                if gathering.faults or len(told) > 1:
                    gathering.faults[offer.name] = unasked(offer, told)


def _askable(offer: Offer, gatherings: Iterable[Gathering], fields: frozenset[str]) -> list[tuple[Gathering, str]]:
    return [
        (gathering, key)
        for gathering in gatherings
        if gathering.lacks(offer, fields) and (key := gathering.key_for(offer)) is not None
    ]


def exists(request: Request, gathering: Gathering) -> bool:
    """Whether there is such a thing: the first source of authority that could be asked decides.

    While none of them can be asked, nobody denies it: what is known by its key is taken to exist, unknown.
    """
    authority, statements = request.upstreams.policy(gathering.noun).authority, gathering.statements
    if statements and authority and (statements[0].place or statements[0].source) == authority[0]:
        return True
    able = {offer.name for offer in request.upstreams.identifying(gathering.noun)}
    heard = {one.place or one.source for one in statements}
    denied = False
    for source in authority:
        if source in heard:
            return True
        if source in gathering.faults:
            return True
        if source in gathering.asked and source in able:
            denied = True
            break
    return bool(heard) and not denied


def merged(request: Request, gathering: Gathering, fields: Iterable[str]) -> Record:
    """The record of all that was said; a wanted field that only failed sources could tell holds its fault."""
    noun = NOUNS[gathering.noun]
    said = gathering.statements
    record = merge(request.upstreams.policy(noun.name), said) if said else noun.record()
    changes: dict[str, object] = {}
    if getattr(record, noun.id) is UNSET:
        changes[noun.id] = gathering.key
    if gathering.faults:
        changes |= _losses(request, noun.name, record, gathering.faults, fields)
    return replace(record, **changes) if changes else record


def _losses(
    request: Request, noun: str, record: Record, faults: Mapping[str, SourceFault], fields: Iterable[str]
) -> dict[str, object]:
    lost: dict[str, object] = {}
    for field in fields:
        if field == NOUNS[noun].id or getattr(record, field) not in (UNSET, None):
            continue
        for source in request.upstreams.speakers(noun, field):
            if source in faults:
                lost[field] = faults[source]
                break
    return lost


async def resolve(
    request: Request, noun: str, refs: Sequence[Ref], fields: frozenset[str], *, raw: bool = False
) -> list[Gathering | SourceFault | None]:
    """Find out which things these references mean, asking whoever keeps a foreign key's space.

    A gathering may already hold statements. A fault: nobody can tell now. None: there is no such thing.
    """
    found: dict[Ref, Gathering | SourceFault | None] = {}
    by_key: dict[str, Gathering] = {}
    foreign: dict[str, list[str]] = {}
    for ref in dict.fromkeys(refs):
        if isinstance(ref, str):
            known: str | None = request.upstreams.policy(noun).normalise(ref)
        else:
            known = request.aliases.get((noun, ref))
        if known is not None:
            found[ref] = by_key.setdefault(known, Gathering(noun, known))
        elif isinstance(ref, Foreign) and (noun, ref) in request.aliases:
            found[ref] = Ambiguous(ref.space, "a key that means two things")
        elif isinstance(ref, Foreign):
            foreign.setdefault(ref.space, []).append(ref.key)
    if foreign:
        await at_once(
            [_translate(request, noun, space, keys, fields, raw, found, by_key) for space, keys in foreign.items()]
        )
    return [found.get(ref) for ref in refs]


async def _translate(
    request: Request,
    noun: str,
    space: str,
    keys: Sequence[str],
    fields: frozenset[str],
    raw: bool,
    found: dict[Ref, Gathering | SourceFault | None],
    by_key: dict[str, Gathering],
) -> None:
    offers = request.upstreams.offers(Lookup(noun, space))
    answers = await at_once([request.loader(offer, fields, raw=raw).block(keys) for offer in offers])
    # a system's own word on its own keys counts alone
    heard = sorted(zip(offers, answers, strict=True), key=lambda one: one[0].name != space)
    for place, key in enumerate(keys):
        ref = Foreign(space, key)
        meant: dict[str, Gathering] = {}
        for offer, said in heard:
            one = said[place]
            if isinstance(one, SourceFault):
                found.setdefault(ref, one)
            elif one is not None:
                meant |= _meant(request, noun, offer, ref, one, by_key)
            if meant and offer.name == space:
                break
        if meant:
            found[ref] = _only(request, noun, ref, meant)
    if not offers:
        found.update({Foreign(space, key): Unaskable(space, f"no source answers {noun} by {space}") for key in keys})


def _meant(
    request: Request, noun: str, offer: Offer, ref: Foreign, answer: Answer, by_key: dict[str, Gathering]
) -> dict[str, Gathering]:
    """The things that a key in some space means, as a source tells, by their business keys."""
    meant: dict[str, Gathering] = {}
    for record in answer.records:
        if not _is_known_as(offer, ref, record):
            continue
        settled = request.upstreams.settling(noun, offer.name)(record)
        business = identity(noun, settled)
        if isinstance(business, str):
            gathering = meant[business] = by_key.setdefault(business, Gathering(noun, business))
            if offer.name not in gathering.asked:
                gathering.hear(offer, answer, [settled])
    return meant


def _only(request: Request, noun: str, ref: Foreign, meant: Mapping[str, Gathering]) -> Gathering | SourceFault:
    """The one thing that a key means; where there are two, neither is taken, and somebody shall look at it."""
    for business in meant:
        request.alias(noun, ref, business)
    known = request.aliases[noun, ref]
    if known is not None:
        return meant[known]
    tellers = [offer.name for offer in request.upstreams.offers(Lookup(noun, ref.space))]
    request.upstreams.worklist.note_conflict(noun, ref.key, in_space(ref.space), tellers)
    return Ambiguous(ref.space, "a key that means two things")


def _is_known_as(offer: Offer, ref: Foreign, record: Record) -> bool:
    """Whether a row that came for a key in a space says that this is its key there; no row is believed without."""
    return ref.key in (record.keys.get(ref.space), record.native_id if offer.name == ref.space else None)
