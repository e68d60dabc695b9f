"""Another source answers in a source's place when that fails, and is not asked otherwise.

For systems that have the same data twice: a site for disasters, a copy that is only read. What it says counts as the
first one's word would, with its keys and ids; who said it is told.
"""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from msgspec.structs import replace

from model.answer import Answer
from model.ask import Ask
from model.faults import SourceFault
from model.keys import Key, Lookup
from model.nouns import NOUNS
from model.records import Record
from sources.contract import Source, Terms
from sources.guards.guard import Guard, faults, untraced


class Fallback(Guard):
    """Asks another where the source fails. others: lookup -> the name of who is asked then; sources: all, by name."""

    kind: ClassVar[str] = "fallback"

    def __init__(self, inner: Source, others: Mapping[Lookup, str], sources: Mapping[str, Source]) -> None:
        super().__init__(inner)
        self._others = others
        self._sources = sources

    async def fetch(self, lookup: Lookup, keys: Sequence[Key], ask: Ask) -> Mapping[Key, Answer | SourceFault]:
        """Answer these keys; those for which the source fails are the other's."""
        try:
            said = await self.inner.fetch(lookup, keys, ask)
        except SourceFault as err:
            if lookup not in self._others:
                raise
            said = dict.fromkeys(keys, untraced(err))
        failed = dict(faults(said)) if lookup in self._others else {}
        if not failed:
            return said
        good = {key: one for key, one in said.items() if key not in failed}
        return {**good, **await self._instead(lookup, failed, ask)}

    async def page(self, lookup: Lookup, after: str | None, ask: Ask) -> Answer:
        """Answer the next stretch of a list, the first by the other if need be; who began one goes on with it."""
        try:
            return await self.inner.page(lookup, after, ask)
        except SourceFault as err:
            if lookup not in self._others or after is not None:
                raise
            fault = untraced(err)
        other, asked = self._other(lookup)
        self.counts["asked"] += 1
        answer = await other.page(asked, None, ask)
        # how it would go on is the other's to say, and nobody could tell that from the first one's
        whole = replace(answer, after=None, complete=answer.complete and answer.after is None)
        return self._in_its_place(lookup.noun, whole, other, fault)

    async def _instead(
        self, lookup: Lookup, failed: Mapping[Key, SourceFault], ask: Ask
    ) -> Mapping[Key, Answer | SourceFault]:
        """What the other says to these keys; the first one's fault where it fails, too."""
        other, asked = self._other(lookup)
        self.counts["asked"] += 1
        try:
            said = await other.fetch(asked, list(failed), ask)
        except SourceFault:
            return failed
        return {
            key: failed[key]
            if isinstance(one, SourceFault)
            else self._in_its_place(lookup.noun, one, other, failed[key])
            for key, one in said.items()
        }

    def _other(self, lookup: Lookup) -> tuple[Source, Lookup]:
        """Who is asked, and how: by its own keys where the first would be asked by its own."""
        other = self._sources[self._others[lookup]]
        return other, Lookup(lookup.noun, other.name) if lookup.by == self.name else lookup

    def _in_its_place(self, noun: str, answer: Answer, other: Source, fault: SourceFault) -> Answer:
        records = [self._as_ours(noun, record, other.name) for record in answer.records]
        return replace(answer, records=records, source=answer.source or other.name, because=fault)

    def _as_ours(self, noun: str, record: Record, other: str) -> Record:
        """The other's record, with the keys and the name that it would have from the first."""
        keys = {self.name if space == other else space: key for space, key in record.keys.items()}
        if NOUNS[noun].identity or not isinstance(record.native_id, str):
            return replace(record, keys=keys)
        return replace(record, keys=keys, **{NOUNS[noun].id: f"{self.name}:{record.native_id}"})


class Reserve(Guard):
    """A source that stands in for others: what it does so for is not offered otherwise."""

    kind: ClassVar[str] = "reserve"

    def __init__(self, inner: Source, kept_back: frozenset[Lookup]) -> None:
        super().__init__(inner)
        self.lookups: Mapping[Lookup, Terms] = {
            lookup: terms for lookup, terms in inner.lookups.items() if lookup not in kept_back
        }
