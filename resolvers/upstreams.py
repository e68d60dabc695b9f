"""The sources that a gateway has, what they offer, and the policies by which their words are merged."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from msgspec import Struct

from model.keys import Lookup
from model.nouns import NOUNS
from resolvers.policy import NounPolicy, Policy, Rule, compile_policies
from resolvers.settling import Settling
from resolvers.worklist import Worklist
from sources.contract import Source, Terms
from sources.controls import Controls

T = TypeVar("T")
_KEPT = 4_000
"""So much that is made of questions is kept; who asks for ever other fields has some of it made again."""


class Offer:
    """One source's offer to answer one lookup."""

    __slots__ = ("lookup", "name", "source", "speaks", "terms")

    def __init__(self, source: Source, lookup: Lookup, terms: Terms) -> None:
        self.source = source
        self.lookup = lookup
        self.terms = terms
        self.name = source.name
        self.speaks = terms.fields | {in_space(space) for space in (*terms.keys, source.name)}
        """The fields of which its records speak, and the spaces in which they tell keys."""

    @property
    def by_key(self) -> bool:
        """Whether it is asked for a thing by a key of the thing's own, not by what that belongs to."""
        return self.lookup.by is not None and self.lookup.by not in NOUNS and self.lookup.by != "parent"

    @property
    def translates(self) -> bool:
        """Whether it tells keys of a thing and nothing else: it says nothing of which things there are."""
        return self.by_key and bool(self.terms.keys) and self.terms.fields <= set(NOUNS[self.lookup.noun].identity)


class Sole(Struct, frozen=True):
    """An offer that nobody else's adds to, unless a field of `contested` is wanted."""

    offer: Offer
    contested: frozenset[str] = frozenset()


def in_space(space: str) -> str:
    """How keys in a space are written where fields are listed, too: no field has such a name."""
    return f"keys.{space}"


class Upstreams:
    """All sources of a gateway, indexed by what can be asked of them. Made once, shared by all requests."""

    def __init__(
        self,
        sources: Mapping[str, Source],
        nouns: Mapping[str, NounPolicy] | None = None,
        labels: Mapping[str, str] | None = None,
        controls: Controls | None = None,
        worklist: Worklist | None = None,
    ) -> None:
        self.sources = dict(sources)
        self.controls = controls or Controls()
        self.worklist = worklist or Worklist()
        self.labels = {name: name for name in sources} | dict(labels or {})
        self._offers: dict[Lookup, list[Offer]] = {}
        speakers: dict[str, dict[str, None]] = {}
        for source in sources.values():
            for lookup, terms in source.lookups.items():
                offer = Offer(source, lookup, terms)
                self._offers.setdefault(lookup, []).append(offer)
                if not offer.translates:
                    speakers.setdefault(lookup.noun, {})[source.name] = None
        self._made: dict[Any, Any] = {}
        self._settlings: dict[tuple[str, str], Settling] = {}
        self._in_turn: dict[Lookup, tuple[Sequence[Offer], Sequence[Offer]]] = {}
        self._by_authority: dict[Lookup, list[Offer]] = {}
        self._identifying: dict[str, list[Offer]] = {}
        self._tellers: dict[tuple[str, str], list[Offer]] = {}
        self._speakers: dict[tuple[str, str], list[str]] = {}
        self._soles: dict[Lookup, Sole | None] = {}
        self.policies: Mapping[str, Policy] = compile_policies(
            nouns or {}, {noun: list(names) for noun, names in speakers.items()}
        )

    def made(self, key: Any, make: Callable[..., T], *arguments: Any, **named: Any) -> T:
        """What `make` makes of these arguments, made once for all requests that bring the same key."""
        found: T | None = self._made.get((make, key))
        if found is None:
            if len(self._made) >= _KEPT:
                self._made.clear()
            found = self._made[make, key] = make(*arguments, **named)
        return found

    def settling(self, noun: str, source: str) -> Settling:
        """How this source's records about this noun become ours."""
        found = self._settlings.get((noun, source))
        if found is None:
            found = self._settlings[noun, source] = Settling(self.policies, noun, source)
        return found

    def policy(self, noun: str) -> Policy:
        """How this noun is identified and merged."""
        return self.policies[noun]

    def stands_by(self, offer: Offer) -> bool:
        """Whether its source is asked only for what the others, of which one fails, do not tell."""
        return offer.name in self.policies[offer.lookup.noun].standby

    def authority(self, noun: str) -> str | None:
        """The source that decides which things of this noun there are; None where each source has its own."""
        authority = self.policies[noun].authority
        return authority[0] if NOUNS[noun].keyed and authority else None

    def offers(self, lookup: Lookup) -> Sequence[Offer]:
        """Who answers this lookup."""
        return self._offers.get(lookup, ())

    def in_turn(self, lookup: Lookup) -> tuple[Sequence[Offer], Sequence[Offer]]:
        """Who is asked this lookup at once, and who only where one of these fails: who stands by, for somebody."""
        found = self._in_turn.get(lookup)
        if found is None:
            offers = self.offers(lookup)
            first = [offer for offer in offers if not self.stands_by(offer)]
            found = self._in_turn[lookup] = (first, [o for o in offers if self.stands_by(o)]) if first else (offers, ())
        return found

    def by_authority(self, lookup: Lookup) -> list[Offer]:
        """Who answers this lookup, the one that decides on existence first.

        Sources without authority are left out where one with authority answers; where none does, they are asked,
        and who has authority is then heard about each thing that they name.
        """
        found = self._by_authority.get(lookup)
        if found is None:
            found = self._by_authority[lookup] = self._in_order(lookup)
        return found

    def _in_order(self, lookup: Lookup) -> list[Offer]:
        policy = self.policies[lookup.noun]
        offers = self.offers(lookup)
        chosen = [offer for offer in offers if offer.name in policy.authority]
        order = policy.authority if chosen else policy.prefer
        return sorted(chosen or offers, key=lambda offer: order.index(offer.name))

    def identifying(self, noun: str) -> list[Offer]:
        """For each source that can be asked for a thing by a key of its own: its best such offer.

        The business key is best, since it is always known; otherwise a key in some system's key space.
        """
        found = self._identifying.get(noun)
        if found is None:
            found = self._identifying[noun] = self._best_by_key(noun)
        return found

    def _best_by_key(self, noun: str) -> list[Offer]:
        found: dict[str, Offer] = {}
        for offer in self._by_key(noun):
            known = found.get(offer.name)
            if known is None or (known.terms.space is not None and offer.terms.space is None):
                found[offer.name] = offer
        return list(found.values())

    def _by_key(self, noun: str) -> list[Offer]:
        return [
            offer for offers in self._offers.values() for offer in offers if offer.lookup.noun == noun and offer.by_key
        ]

    def tellers(self, noun: str, space: str) -> list[Offer]:
        """Who can be asked for a thing by some key of its own, and then tells its key in a space."""
        found = self._tellers.get((noun, space))
        if found is None:
            found = self._tellers[noun, space] = [
                offer for offer in self._by_key(noun) if in_space(space) in offer.speaks and offer.terms.space != space
            ]
        return found

    def heard_by_key(self, noun: str, fields: frozenset[str]) -> list[Offer]:
        """Who has to be heard, of those that can be asked for a thing by a key of its own; not who stands by."""
        return [o for o in self.identifying(noun) if self.must_hear(o, fields) and not self.stands_by(o)]

    def must_hear(self, offer: Offer, fields: frozenset[str]) -> bool:
        """Whether a source must be heard: it speaks of a wanted field, or it decides which things exist."""
        noun = offer.lookup.noun
        if offer.terms.fields & (fields - frozenset(NOUNS[noun].identity)):
            return True
        return self.policies[noun].authority[:1] == (offer.name,)

    def sole(self, lookup: Lookup) -> Sole | None:
        """Who alone answers this lookup, of things that nobody else has to be heard about; None where there are more.

        It is asked by the business key, and where things have one, it decides which there are.
        """
        if lookup not in self._soles:
            self._soles[lookup] = self._alone(lookup)
        return self._soles[lookup]

    def _alone(self, lookup: Lookup) -> Sole | None:
        noun, offers = NOUNS[lookup.noun], self.offers(lookup)
        if len(offers) != 1 or offers[0].terms.space is not None or self.stands_by(offers[0]):
            return None
        (offer,) = offers
        policy, others = self.policies[noun.name], self.identifying(noun.name)
        if policy.correlate or not noun.keyed:
            return None if policy.correlate else Sole(offer)
        if policy.authority[:1] != (offer.name,):
            return None
        added = (one.terms.fields - (offer.speaks if one.name == offer.name else {noun.id}) for one in others)
        return Sole(offer, frozenset().union(*added))

    def translates_for(self, noun: str) -> bool:
        """Whether anybody is asked what belongs to things of this noun by keys of some system's own."""
        return any(
            offer.terms.space is not None
            for lookup, offers in self._offers.items()
            if lookup.by in (noun, "parent")
            for offer in offers
        )

    def speakers(self, noun: str, field: str) -> list[str]:
        """The sources that can speak of a field, the one whose word counts most first; who stands by does not count."""
        found = self._speakers.get((noun, field))
        if found is None:
            found = self._speakers[noun, field] = self._ranked(noun, field)
        return found

    def decider(self, noun: str, field: str) -> str | None:
        """Whose word alone is a field's value, if that source has one; None where it is made of several words."""
        speakers = self.speakers(noun, field)
        alone = len(speakers) == 1 or self.policies[noun].rule(field) is Rule.PREFER
        return speakers[0] if speakers and alone else None

    def _ranked(self, noun: str, field: str) -> list[str]:
        names = {
            offer.name
            for lookup, offers in self._offers.items()
            if lookup.noun == noun
            for offer in offers
            if field in offer.terms.fields
        }
        names = names - self.policies[noun].standby or names
        return [name for name in self.policies[noun].ranked(field) if name in names]

    def start(self) -> None:
        """Begin to listen to what other gateways tell; there has to be a loop."""
        self.controls.start()

    async def aclose(self) -> None:
        """Let go of every source's connections."""
        for source in self.sources.values():
            await source.aclose()
        await self.controls.aclose()
