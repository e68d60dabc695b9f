"""What has been learnt of one thing while sources are asked about it."""

from collections.abc import Iterable, Sequence

from model.answer import Answer
from model.faults import SourceFault
from model.nouns import NOUNS
from model.records import Record, Statement
from resolvers.identity import identity, native
from resolvers.keys import key_told, keys_told
from resolvers.loaders import Said
from resolvers.request import Request
from resolvers.upstreams import Offer, in_space


class Gathering:
    """What has been learnt so far of one thing.

    key: its business key. asked: the sources that have been asked for it, and for which of its fields and keys.
    faults: why those that failed did.
    """

    __slots__ = ("asked", "faults", "key", "noun", "statements")

    def __init__(self, noun: str, key: str) -> None:
        self.noun = noun
        self.key = key
        self.statements: list[Statement] = []
        self.asked: dict[str, frozenset[str]] = {}
        self.faults: dict[str, SourceFault] = {}

    def hear(self, offer: Offer, answer: Answer, records: Iterable[Record]) -> None:
        """A source has spoken of the thing; two records of one source under one key are two statements."""
        self.note_asked(offer)
        self.statements += [stated(offer, record, answer) for record in records]

    def note_asked(self, offer: Offer) -> None:
        """A source has been asked, by a lookup that speaks of some of the fields."""
        known, told = self.asked.get(offer.name), offer.speaks
        self.asked[offer.name] = told if known is None or known is told else known | told

    def lacks(self, offer: Offer, fields: frozenset[str]) -> bool:
        """Whether this lookup could tell of these fields what its source has not been asked for yet."""
        known = self.asked.get(offer.name)
        return known is None or not offer.terms.fields & fields <= known

    def has_heard(self, offer: Offer, space: str) -> bool:
        """Whether this source has been asked in a way that tells keys in a space, or has failed."""
        return offer.name in self.faults or in_space(space) in self.asked.get(offer.name, ())

    def keys_in(self, space: str) -> Sequence[str]:
        """The keys that are told of it in a space; more than one where sources disagree."""
        return keys_told(self.statements, space)

    def key_for(self, offer: Offer) -> str | None:
        """The key under which a source can be asked for the thing, as far as it is known; None of two is chosen."""
        if offer.terms.space is not None:
            return key_told(self.statements, offer.terms.space)
        return self.key if NOUNS[self.noun].keyed else native(offer.name, self.key)


def stated(offer: Offer, record: Record, answer: Answer) -> Statement:
    """What a source says of a thing, or another in its place."""
    if answer.source is None:
        return Statement(offer.name, record, answer.as_of, answer.stale)
    return Statement(answer.source, record, answer.as_of, answer.stale, offer.name)


def absorb(request: Request, offer: Offer, gathering: Gathering, said: Said) -> None:
    """What a source has said of a thing becomes a part of what is known of it."""
    gathering.note_asked(offer)
    if isinstance(said, SourceFault):
        gathering.faults[offer.name] = said
    elif said is not None:
        records = list(map(request.upstreams.settling(gathering.noun, offer.name), said.records))
        records = [record for record in records if identity(gathering.noun, record) in (gathering.key, None)]
        if records:
            gathering.hear(offer, said, records)


Asking = Sequence[tuple[Offer, list[tuple[Gathering, str]]]]
"""Who is asked at the same time, about which things by which keys."""
