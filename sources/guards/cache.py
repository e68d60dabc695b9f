"""Answers are kept for a while: given again as long as they are good, and when the source fails for longer.

Key by key, and whoever asks: sources are asked with the operator's credentials, and what a caller sees of an answer is
decided afterwards, on every read. An answer that holds more fields than are asked for serves; who asks for others gets
all that were asked for before too, so that in the end one answer serves everybody.

An old answer says that it is one (`stale`, `as_of`), and why when the source has failed (`because`). There is a first
tier in this process, and a second one in a Redis where several gateways share one.
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from typing import Any, ClassVar

from anyio import current_time
from msgspec.structs import replace

from model.answer import Answer
from model.ask import Ask
from model.faults import SourceFault
from model.keys import Key, Lookup
from sources.contract import Source
from sources.grammar.guards import CacheDeclaration
from sources.guards.errands import Errands
from sources.guards.guard import Guard, Said, lookup_of, untraced
from sources.guards.kept import Entry, Kept, Name
from sources.guards.onward import onward
from sources.guards.packed import packed, size
from sources.guards.second_tier import SecondTier
from sources.guards.tags import tags

Place = Any
"""A key, or where a list goes on (None from its start)."""
Inner = Callable[[Sequence[Place], Ask], Awaitable[Mapping[Place, Said]]]


class Cache(Guard):
    """Keeps the answers of the lookups that are declared to be kept.

    timeout: of the source, in seconds. version: names the source as it is configured, in the second tier.
    """

    kind: ClassVar[str] = "cache"

    def __init__(
        self,
        inner: Source,
        declared: CacheDeclaration,
        timeout: float,
        second: SecondTier | None = None,
        version: str = "",
        clock: Callable[[], float] = onward,
    ) -> None:
        super().__init__(inner)
        self.kept = Kept(declared.entries, declared.bytes)
        self._keeps = {lookup_of(name, inner.name): keep for name, keep in declared.lookups.items()}
        self._timeout = timeout
        self._second = second
        self._version = version
        self._clock = clock
        self._errands = Errands()
        self._renewing: set[Name] = set()

    def fetch(
        self, lookup: Lookup, keys: Sequence[Key], ask: Ask
    ) -> Coroutine[Any, Any, Mapping[Key, Answer | SourceFault]]:
        """Answer these keys, from what is kept as far as that goes."""
        if lookup not in self._keeps:
            return self.inner.fetch(lookup, keys, ask)
        return self._answers(lookup, keys, ask, self._fetching(lookup))

    async def page(self, lookup: Lookup, after: str | None, ask: Ask) -> Answer:
        """Answer the next stretch of a list, from what is kept if that has it."""
        if lookup not in self._keeps:
            return await self.inner.page(lookup, after, ask)
        said = (await self._answers(lookup, [after], ask, self._paging(lookup)))[after]
        if isinstance(said, SourceFault):
            raise said
        return said

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._errands.aclose()
        await self.inner.aclose()

    async def _answers(self, lookup: Lookup, places: Sequence[Place], ask: Ask, inner: Inner) -> Mapping[Place, Said]:
        said, old, missing = self._look(lookup, places, ask)
        marks = self.kept.mark, 0
        if missing and self._second is not None:
            marks = marks[0], await self._fill(self._second, lookup, missing, ask)
            more, older, missing = self._look(lookup, missing, ask)
            said, old = {**said, **more}, [*old, *older]
        self.counts["hit"] += len(places) - len(missing)
        if old:
            self._renew(lookup, old, ask, inner)
        if missing:
            self.counts["missed"] += len(missing)
            said |= await self._asked(lookup, missing, ask, inner, marks)
        return said

    def _look(
        self, lookup: Lookup, places: Iterable[Place], ask: Ask
    ) -> tuple[dict[Place, Said], list[Place], list[Place]]:
        """What is kept of these: answers; of which places they are old; what is missing. None is kept of no thing."""
        keep, now, rest = self._keeps[lookup], self._clock(), _rest(ask)
        said: dict[Place, Said] = {}
        old: list[Place] = []
        missing: list[Place] = []
        for place in places:
            entry = self.kept.find((lookup, place, rest))
            if entry is None or not ask.fields <= entry.fields:
                missing.append(place)
            elif now - entry.at < keep.ttl:
                if entry.answer is not None:
                    said[place] = entry.answer
            elif entry.answer is not None and now - entry.at < keep.ttl + keep.stale_while_revalidate:
                old.append(place)
                said[place] = replace(entry.answer, stale=True)
            else:
                missing.append(place)
        return said, old, missing

    async def _fill(self, second: SecondTier, lookup: Lookup, places: Sequence[Place], ask: Ask) -> int:
        """Take over what the second tier has; its mark, to be told when something is kept there."""
        mark, rest = self.kept.mark, _rest(ask)
        names = [(lookup, place, rest) for place in places]
        entries, second_mark = await second.find(self._version, names)
        for name, entry in zip(names, entries, strict=True):
            known = self.kept.find(name)
            if entry is not None and (known is None or known.at < entry.at):
                self.kept.keep(name, entry, mark)
                self.counts["hit in Redis"] += 1
        return second_mark

    async def _asked(
        self, lookup: Lookup, places: Sequence[Place], ask: Ask, inner: Inner, marks: tuple[int, int]
    ) -> dict[Place, Said]:
        """What the source says now, which is kept; where it fails, what it said before, if that is not too old."""
        rest = _rest(ask)
        known = [entry for place in places if (entry := self.kept.find((lookup, place, rest))) is not None]
        wider = replace(ask, fields=ask.fields.union(*(entry.fields for entry in known)))
        try:
            fresh = dict(await inner(places, wider))
        except SourceFault as err:
            fresh = dict.fromkeys(places, untraced(err))
        said = dict(fresh)
        news: list[tuple[Name, Entry]] = []
        for place in places:
            one = fresh.get(place)
            if isinstance(one, SourceFault):
                said[place] = self._before(lookup, (lookup, place, rest), ask, one)
            elif (one is None or _is_good(one)) and self._adds((lookup, place, rest), wider):
                news.append(((lookup, place, rest), self._entry(lookup, place, one, wider.fields)))
        self._keep(lookup, news, marks)
        return said

    def _adds(self, name: Name, ask: Ask) -> bool:
        """Whether an answer has what is not kept; one with more fields that came while this one was asked for stays."""
        entry = self.kept.find(name)
        return entry is None or not ask.fields < entry.fields

    def _before(self, lookup: Lookup, name: Name, ask: Ask, fault: SourceFault) -> Said:
        keep, entry = self._keeps[lookup], self.kept.find(name)
        if entry is None or entry.answer is None or not ask.fields <= entry.fields:
            return fault
        if self._clock() - entry.at >= keep.ttl + keep.stale_if_error:
            return fault
        self.counts["stale for a fault"] += 1
        return replace(entry.answer, stale=True, because=fault)

    def _entry(self, lookup: Lookup, place: Place, answer: Answer | None, fields: frozenset[str]) -> Entry:
        key = place if lookup.by is not None else None
        told = tags(self.name, lookup, self.lookups[lookup], key, answer)
        entry = Entry(answer, fields, self._clock(), told)
        return replace(entry, size=size(packed(entry)))

    def _keep(self, lookup: Lookup, news: Sequence[tuple[Name, Entry]], marks: tuple[int, int]) -> None:
        for name, entry in news:
            self.kept.keep(name, entry, marks[0])
        if self._second is not None and news:
            keep = self._keeps[lookup]
            seconds = keep.ttl + max(keep.stale_while_revalidate, keep.stale_if_error)
            self._errands.run(self._second.keep(self._version, news, seconds, marks[1]))

    def _renew(self, lookup: Lookup, places: Sequence[Place], ask: Ask, inner: Inner) -> None:
        """Ask for what is old, without anybody waiting; once at a time."""
        rest = _rest(ask)
        names = {place: (lookup, place, rest) for place in places if (lookup, place, rest) not in self._renewing}
        if names:
            self._renewing.update(names.values())
            self._errands.run(self._renewed(lookup, names, ask, inner))

    async def _renewed(self, lookup: Lookup, names: Mapping[Place, Name], ask: Ask, inner: Inner) -> None:
        try:
            self.counts["renewed"] += len(names)
            later = replace(ask, deadline=current_time() + self._timeout)
            second = self._second
            marks = self.kept.mark, await second.mark() if second is not None else 0
            await self._asked(lookup, list(names), later, inner, marks)
        finally:
            self._renewing.difference_update(names.values())

    def _fetching(self, lookup: Lookup) -> Inner:
        return lambda keys, ask: self.inner.fetch(lookup, keys, ask)

    def _paging(self, lookup: Lookup) -> Inner:
        async def page(places: Sequence[Place], ask: Ask) -> Mapping[Place, Said]:
            return {places[0]: await self.inner.page(lookup, places[0], ask)}

        return page


def _is_good(answer: Answer) -> bool:
    """Whether an answer is worth keeping: all that there is, now; a list that was cut may be whole a moment later."""
    return answer.complete and answer.because is None and not answer.stale


def _rest(ask: Ask) -> tuple[object, ...]:
    """What decides an answer besides lookup, key and fields."""
    return (ask.filter, ask.order, ask.limit, ask.window, ask.raw)
