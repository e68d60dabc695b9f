"""One source's offer as it is heard on the short ways: what is known before anybody asks is made ready once.

What a source tells becomes ours in one generated loop, if there is anything to be written at all, and what has to hold
is seen from the column: that each answer is whole, of now, and the source's own; that each thing is named, and once a
parent; that all keys are written in their one form; that all tell something; that all are the caller's. These looks
take some tens of nanoseconds a record. Whatever else there is (a fault, an old word, a cut list, an owner who is not
told plainly) is for the long way, which then goes over the whole column, and asks nobody again.
"""

from collections.abc import Mapping, Sequence, Set
from datetime import datetime
from itertools import chain, islice
from operator import attrgetter

from msgspec import Struct
from msgspec.structs import replace

from model.nouns import NOUNS
from model.records import Record
from resolvers.columns import reader
from resolvers.gate import ownership, theirs
from resolvers.identity import NOTHING, SEVERAL
from resolvers.join import as_parent, names_nobody
from resolvers.loaders import Question
from resolvers.policy import Rule
from resolvers.request import Request
from resolvers.settled import Column, settled, stated
from resolvers.upstreams import Offer, Upstreams
from resolvers.waves import AT_ONCE, next_turn, parts

_NOTHING = frozenset(map(type, NOTHING))
_TOUCHED = ("circuits", "circuit")


class Heard(Struct, frozen=True):
    """What a source told: the records of each key, as ours; all of them; when each key was told of (`Told`)."""

    source: str
    keys: Sequence[str]
    column: Column
    every: Sequence[Record]
    times: Sequence[datetime | None]


class Hearing:
    """How an offer is heard when it is asked for certain fields of a noun.

    own: the field in which a record names what it belongs to; None where things are asked for by keys of their own.
    A record that names nobody belongs to that for which it came, and is told so if somebody wants to know, or by it are
    things told apart. merged: whether others' words on the same things are put beside its own. judged: whether what it
    tells decides who sees it. bare: whether what nobody wants to know may be left out where one key names a thing.
    """

    __slots__ = (
        "_fills",
        "_looks",
        "_named",
        "_noun",
        "_own",
        "_read_names",
        "_read_substance",
        "_settling",
        "_touched",
        "name",
        "question",
        "source",
    )

    def __init__(
        self,
        upstreams: Upstreams,
        offer: Offer,
        fields: frozenset[str],
        *,
        own: str | None = None,
        raw: bool = False,
        merged: bool = False,
        judged: bool = True,
        bare: bool = False,
    ) -> None:
        noun = NOUNS[offer.lookup.noun]
        asked = fields & offer.terms.fields
        self.source = offer.name
        self.question = Question(offer, asked, raw)
        self._noun, self.name = noun, attrgetter(noun.id)
        self._named = offer.terms.named
        self._settling = upstreams.settling(noun.name, offer.name)
        self._fills = own in fields or (bool(noun.identity) and not (bare and noun.keyed))
        looked_at = {noun.id, *asked}
        if not (merged and upstreams.policy(noun.name).rule("hops") is Rule.UNION):
            looked_at.discard("hops")  # what they pass is written in its one form by who goes on from there, if anybody
        if judged or noun.keyed:
            looked_at.update(ownership(noun.name))
        if own is not None and (self._fills or noun.identity):
            looked_at.add(own)
        self._own = own if own in looked_at else None
        self._looks = tuple(self._settling.looks(looked_at).items())
        self._read_substance = reader(noun.name, noun.substance) if noun.substance else None
        self._read_names = [reader(noun.name, field) for field in noun.identity or (noun.id,)]
        self._touched = [name for name in _TOUCHED if own == "customer" and name in noun.fields]

    async def hear(self, request: Request, keys: Sequence[str]) -> Heard | None:
        """What is told of these keys, as ours; None where it is not as it should be, and of no keys."""
        if not keys:
            return None
        told = await request.asking(self.question).column(keys)
        if told is None:
            return None
        column, times = told
        every = column[0] if len(column) == 1 else list(chain.from_iterable(column))
        many = len(every) > AT_ONCE
        ours = await self._in_turns(request, column, keys) if many else self._ours(request, column, every, keys)
        if ours is None:
            return None
        if ours is not column:
            column, every = ours, list(chain.from_iterable(ours))
        if (many or not self._noun.keyed) and not self._named_once(column, every):
            return None
        return Heard(self.source, keys, column, every, times)

    def whole(self, heard: Heard) -> Column:
        """What was heard, with what is left out of it while nobody asks: whose each record is, and who said it."""
        column, field = heard.column, self._own
        if field is not None and not self._fills:
            column = [
                [replace(r, **{field: as_parent(field, key)}) if names_nobody(r, field) else r for r in records]
                for key, records in zip(heard.keys, column, strict=True)
            ]
        return stated(heard.source, column, heard.times)

    async def _in_turns(self, request: Request, column: Column, keys: Sequence[str]) -> Column | None:
        """A long column, many records at a time, others having their turn in between."""
        whole: list[Sequence[Record]] = []
        for place, part in enumerate(parts(list(map(len, column)))):
            if place:
                await next_turn()
            ours = self._ours(request, column[part], list(chain.from_iterable(column[part])), keys[part])
            if ours is None:
                return None
            whole += ours
        return whole

    def _ours(self, request: Request, column: Column, every: Sequence[Record], keys: Sequence[str]) -> Column | None:
        """The records as ours; None if anything is odd."""
        if not every:
            return column
        told: dict[str, Set[object]] = {}
        for field, look in self._looks:
            found = look(every)
            if found is None:
                return None
            told[field] = found
        if self._noun.keyed and not self._are_named_once(told[self._noun.id], every):
            return None
        filled = None
        if self._own is not None:
            silent = self._are_silent(told[self._own], every)
            if silent is None:
                return None
            if silent:
                told[self._own] = set(keys)
                filled = self._own if self._fills else None
        if self._read_substance is not None and not SEVERAL.issuperset(map(type, self._read_substance(every))):
            return None  # one of them tells nothing
        if not (request.caller.staff or self._all_theirs(request, told)):
            return None
        if filled is None and self._named:
            return column
        return settled(self._settling, column, every, keys, filled, named=self._named)

    def _are_silent(self, told: Set[object], every: Sequence[Record]) -> bool | None:
        """Whether none tells what it belongs to, or all do; None where it is neither."""
        if NOTHING.issuperset(told):
            return None if any(any(map(attrgetter(name), every)) for name in self._touched) else True
        return False if NOTHING.isdisjoint(told) else None

    def _all_theirs(self, request: Request, told: Mapping[str, Set[object]]) -> bool:
        return theirs(request, self._noun.name, told)

    @staticmethod
    def _are_named_once(names: Set[object], every: Sequence[Record]) -> bool:
        """Whether each of these is about a thing that has a business key, and no two about the same."""
        return len(names) == len(every) and NOTHING.isdisjoint(names)

    def _named_once(self, column: Column, every: Sequence[Record]) -> bool:
        """Whether all records tell which thing they are about, and no two of a parent are about the same.

        No two at all where things have a business key: of what two answers say of one thing, the long way takes one.
        """
        first, *rest = self._read_names
        names = first(every)
        if rest:
            if max(map(len, column), default=0) < 2:
                return all(_NOTHING.isdisjoint(map(type, read(every))) for read in self._read_names)
            names = list(zip(names, *[read(every) for read in rest], strict=True))
        told = set(names)
        if not NOTHING.isdisjoint(chain.from_iterable(told) if rest else told):
            return False
        if len(told) == len(names):
            return True
        if self._noun.keyed:
            return False
        each = iter(names)
        return all(len(set(islice(each, len(records)))) == len(records) for records in column)
