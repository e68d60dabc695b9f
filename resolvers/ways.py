"""Which short way a join can go, and who is heard on it: worked out once for all requests that ask the same of a noun.

Where one source alone answers, and nobody adds to what is wanted of the things, its word is taken (`resolvers.sole`);
where several do, `resolvers.several` puts their words together. Who may go such a way at all is seen at each request.
"""

from collections.abc import Callable, Iterable, Sequence
from functools import partial

from model.nouns import NOUNS
from model.records import Record
from resolvers.belonging import asides, deciding
from resolvers.columns import reader
from resolvers.hearing import Hearing
from resolvers.join import Join, parent_field
from resolvers.listing import Paging
from resolvers.masks import sees_all
from resolvers.matching import ACTIVE_ALARMS
from resolvers.request import Request
from resolvers.upstreams import Offer


class Way:
    """The short ways of a join, as far as they are open to it.

    fields: what is wanted of things, and what decides which are shown, and where. alone: who tells all. together: who
    tell of things of their own. driver: who tells which things there are, of those that have a business key; beside:
    who is then heard about those that are shown; decided_by: fields that decide, of which the driver must tell; stated:
    whether it is kept beside these who said what, since somebody asks, or keys are translated by it. Who meets one
    again has it made then.
    """

    __slots__ = ("_read_keys", "alone", "beside", "decided_by", "driver", "fields", "noun", "stated", "together")

    def __init__(self, request: Request, join: Join, paging: Paging) -> None:
        upstreams, self.noun = request.upstreams, NOUNS[join.noun]
        needed = deciding(request, join.noun, paging)
        self.fields = fields = join.fields | needed
        self.stated = join.told or upstreams.translates_for(join.noun)
        self._read_keys = reader(join.parent, NOUNS[join.parent].id)
        self.alone: Hearing | None = None
        self.together: Sequence[Hearing] = ()
        self.driver: Hearing | None = None
        self.beside: Sequence[Hearing] = ()
        self.decided_by: Sequence[str] = ()
        hearing = partial(Hearing, upstreams, fields=fields, raw=join.raw, judged=not request.caller.staff)
        own, sole = parent_field(join.noun, join.by), upstreams.sole(join.lookup)
        if sole is not None and sole.contested.isdisjoint(fields):
            self.alone = hearing(sole.offer, own=own, bare=not self.stated)
        elif self.noun.keyed:
            self._drive(request, join, needed, hearing)
        elif not upstreams.policy(join.noun).correlate:
            offers = [offer for offer in upstreams.offers(join.lookup) if not upstreams.stands_by(offer)]
            if not _translated(offers):
                self.together = [hearing(offer, own=own, merged=True) for offer in offers]

    def _drive(self, request: Request, join: Join, needed: frozenset[str], hearing: Callable[..., Hearing]) -> None:
        upstreams, offers = request.upstreams, request.upstreams.by_authority(join.lookup)
        if not offers or offers[0].name != upstreams.authority(join.noun) or asides(request, join, offers):
            return
        driver = offers[0]
        beside = [
            offer
            for offer in upstreams.heard_by_key(join.noun, self.fields)
            if offer.name != driver.name or not offer.terms.fields & self.fields <= driver.speaks
        ]
        decided_by = [f for f in needed - {self.noun.id} if len(upstreams.speakers(join.noun, f)) > 1]
        if _translated([driver, *beside]) or any(
            upstreams.decider(join.noun, field) != driver.name for field in decided_by
        ):
            return
        self.driver = hearing(driver, own=parent_field(join.noun, join.by), merged=True)
        self.beside = [hearing(offer, merged=True) for offer in beside]
        self.decided_by = decided_by

    def keys(self, parents: Sequence[Record]) -> list[str]:
        """The parents' business keys; none at all if one lacks it."""
        keys = self._read_keys(parents)
        return keys if _ONLY_TEXT.issuperset(map(type, keys)) else []


_ONLY_TEXT = frozenset({str})
_NO_FIELDS: frozenset[str] = frozenset()


def _translated(offers: Iterable[Offer]) -> bool:
    """Whether any of these is asked by keys of some system's own."""
    return any(offer.terms.space is not None for offer in offers)


def way_of(request: Request, join: Join, paging: Paging) -> Way | None:
    """The short ways of a join; None where there is none for this caller, or none for this part.

    That is who may not ask, or is not shown all that there is to a thing; and where another noun decides what is shown.
    """
    where, caller = paging.where, request.caller
    if not sees_all(caller, join.noun):
        return None
    if where:
        fields = frozenset([condition.field for condition in where])
        if ACTIVE_ALARMS in fields:
            return None
    else:
        fields = _NO_FIELDS
    key = (join, paging.order, fields, caller.staff)
    return request.upstreams.made(key, Way, request, join, paging)
