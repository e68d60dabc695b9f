"""All that the sources say about things whose keys are known: asked for in as few waves as the keys allow.

A wave asks, at the same time, every source that speaks of a wanted field and whose key for the thing is known.
A second wave follows only where a source knows things by a key that the first wave has told.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

from msgspec import UNSET
from msgspec.structs import replace

from model.answer import Answer
from model.faults import SourceFault, Unaskable
from model.keys import Foreign, Lookup, Ref
from model.nouns import NOUNS
from model.records import Record, Statement
from resolvers.identity import identity, native
from resolvers.loaders import Said
from resolvers.merge import merge
from resolvers.request import Request
from resolvers.upstreams import Offer
from resolvers.waves import Turns, at_once


class Gathering:
    """What has been learnt so far of one thing.

    key: its business key. keys: its keys in other key spaces. asked: the sources that have been asked for it, and
    for which of its fields. faults: why those that failed did.
    """

    __slots__ = ("asked", "faults", "key", "keys", "noun", "statements")

    def __init__(self, noun: str, key: str) -> None:
        self.noun = noun
        self.key = key
        self.keys: dict[str, str] = {}
        self.statements: list[Statement] = []
        self.asked: dict[str, frozenset[str]] = {}
        self.faults: dict[str, SourceFault] = {}

    def hear(self, offer: Offer, answer: Answer, records: Iterable[Record]) -> None:
        """A source has spoken of the thing; two records of one source under one key are two statements."""
        source = offer.name
        self.note_asked(offer)
        for record in records:
            self.statements.append(stated(offer, record, answer))
            if isinstance(record.native_id, str):
                self.keys.setdefault(source, record.native_id)
            for space, key in record.keys.items():
                self.keys.setdefault(space, key)

    def note_asked(self, offer: Offer) -> None:
        """A source has been asked, by a lookup that speaks of some of the fields."""
        known, told = self.asked.get(offer.name), offer.terms.fields
        self.asked[offer.name] = told if known is None or known is told else known | told

    def lacks(self, offer: Offer, fields: frozenset[str]) -> bool:
        """Whether this lookup could tell of these fields what its source has not been asked for yet."""
        known = self.asked.get(offer.name)
        return known is None or not offer.terms.fields & fields <= known

    def key_for(self, offer: Offer) -> str | None:
        """The key under which a source can be asked for the thing, as far as it is known."""
        if offer.terms.space is not None:
            return self.keys.get(offer.terms.space)
        return self.key if NOUNS[self.noun].keyed else native(offer.name, self.key)


def stated(offer: Offer, record: Record, answer: Answer) -> Statement:
    """What a source says of a thing, or another in its place."""
    if answer.source is None:
        return Statement(offer.name, record, answer.as_of, answer.stale)
    return Statement(answer.source, record, answer.as_of, answer.stale, offer.name)


async def complete(
    request: Request, noun: str, gatherings: Collection[Gathering], fields: frozenset[str], *, raw: bool = False
) -> bool:
    """Ask whoever can speak of these fields, and has not been heard, about these things; tells if that was anybody."""
    offers = [offer for offer in request.upstreams.identifying(noun) if _wanted(request, offer, fields)]
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
    for _wave in range(2):
        asked = [(offer, pairs) for offer in offers if (pairs := _askable(offer, gatherings, fields))]
        if not asked:
            break
        anybody = True
        answers = await at_once(
            [request.loader(offer, fields, raw=raw).block([key for _, key in pairs]) for offer, pairs in asked]
        )
        turns = Turns()
        for (offer, pairs), said in zip(asked, answers, strict=True):
            for (gathering, _), one in zip(pairs, said, strict=True):
                _absorb(request, offer, gathering, one)
                if turns.over():
                    await turns.pass_on()
        if all(offer.terms.space is None for offer in offers):
            break
    for offer in offers:
        for gathering in gatherings:
            if offer.name not in gathering.asked and gathering.faults and NOUNS[noun].keyed:
                gathering.faults[offer.name] = Unaskable(offer.name, f"no key in {offer.terms.space!r}")
    return anybody


def _wanted(request: Request, offer: Offer, fields: frozenset[str]) -> bool:
    """Whether a source must be heard: it speaks of a wanted field, or it decides which things exist."""
    if offer.terms.fields & (fields - frozenset(NOUNS[offer.lookup.noun].identity)):
        return True
    authority = request.upstreams.policy(offer.lookup.noun).authority
    return bool(authority) and authority[0] == offer.name


def _askable(offer: Offer, gatherings: Iterable[Gathering], fields: frozenset[str]) -> list[tuple[Gathering, str]]:
    return [
        (gathering, key)
        for gathering in gatherings
        if gathering.lacks(offer, fields) and (key := gathering.key_for(offer)) is not None
    ]


def _absorb(request: Request, offer: Offer, gathering: Gathering, said: Said) -> None:
    gathering.note_asked(offer)
    if isinstance(said, SourceFault):
        gathering.faults[offer.name] = said
    elif said is not None:
        records = list(map(request.upstreams.settling(gathering.noun, offer.name), said.records))
        records = [record for record in records if identity(gathering.noun, record) in (gathering.key, None)]
        if records:
            gathering.hear(offer, said, records)


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
    if gathering.statements:
        record = merge(request.upstreams.policy(noun.name), gathering.statements)
    else:
        record = noun.record(keys=gathering.keys)
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
    for offer, said in zip(offers, answers, strict=True):
        for key, one in zip(keys, said, strict=True):
            ref = Foreign(space, key)
            if isinstance(one, SourceFault):
                found.setdefault(ref, one)
            if not isinstance(one, Answer):
                continue
            for record in one.records:
                if not _is_known_as(offer, space, key, record):
                    continue
                settled = request.upstreams.settling(noun, offer.name)(record)
                business = identity(noun, settled)
                if isinstance(business, str):
                    gathering = by_key.setdefault(business, Gathering(noun, business))
                    if offer.name not in gathering.asked:
                        gathering.hear(offer, one, [settled])
                    found[ref] = gathering
                    request.aliases[noun, ref] = business
    if not offers:
        found.update({Foreign(space, key): Unaskable(space, f"no source answers {noun} by {space}") for key in keys})


def _is_known_as(offer: Offer, space: str, key: str, record: Record) -> bool:
    """Whether a row that came for a key in a space says that this is its key there; no row is believed without."""
    return key in (record.keys.get(space), record.native_id if offer.name == space else None)
