"""What each source did for a request: the content of `extensions.sources`."""

from collections.abc import Collection, Iterable, Sequence
from datetime import UTC, datetime
from functools import lru_cache

from msgspec import UNSET, Struct, UnsetType

from model.answer import Answer
from model.caller import Caller
from model.faults import Malformed, SourceFault, TimedOut
from model.keys import Lookup
from resolvers.upstreams import Upstreams
from resolvers.worklist import Worklist

_AGAIN, _LITTLE = 0.2, 0.25
"""The part of the time that a source did not answer in, which it gets the next time; seconds that it gets at least."""


class _Outcome(Struct, eq=False):
    """What one source did. lookups: each that it was asked, once."""

    lookups: list[Lookup]
    seconds: float = 0.0
    fault: SourceFault | None = None
    oldest: datetime | None = None
    because: SourceFault | None = None
    hung: float = 0.0

    @property
    def told(self) -> tuple[str, str | None, int]:
        """How it went, in one word, where not all is well; why so, if that is known; how old the oldest is, in ms."""
        fault, oldest = self.fault, self.oldest
        age = max(0, round((datetime.now(UTC) - oldest).total_seconds() * 1000)) if oldest else 0
        because = fault or self.because
        word = "stale" if fault is None else "failed" if fault.asked else "skipped"
        return word, because.code if because else None, age


class Told(Struct, frozen=True, rename={"age_ms": "ageMs"}):
    """What is told of a source.

    lookups: that it was asked; calls: requests that went out to it; outcome: how it went, in one word, and the code of
    why so; age_ms: of the oldest that it said.
    """

    source: str
    lookups: Sequence[str]
    calls: int
    ms: float | UnsetType
    outcome: str
    code: str | None
    age_ms: int


_WELL = ("ok", None, 0)

_written = lru_cache(maxsize=1024)(str)
"""Writes a lookup."""


class Outcomes:
    """The outcomes of one request, noted as sources answer. hung: whether any has let its time pass."""

    __slots__ = ("_calls", "_sources", "_worklist", "hung")

    def __init__(self, calls: dict[str, int], worklist: Worklist) -> None:
        self._calls = calls
        self._worklist = worklist
        self._sources: dict[str, _Outcome] = {}
        self.hung = False

    def note(self, source: str, lookup: Lookup, seconds: float, said: Collection[Answer | SourceFault]) -> bool:
        """A source has been asked; `said` is what came of it, of itself or of whoever answered in its place.

        Tells whether any of it is odd: anything but an answer of its own, of now, that is whole; so `Answers` need not
        be looked at.
        """
        outcome = self._of(source, lookup)
        outcome.seconds += seconds
        for one in said:
            if one.__class__ is Answer and one.source is None and one.complete and not one.stale:
                continue
            self._note_odd(outcome, lookup, seconds, said)
            return True
        return False

    def _note_odd(
        self, outcome: _Outcome, lookup: Lookup, seconds: float, said: Iterable[Answer | SourceFault]
    ) -> None:
        told = None
        for one in said:
            if isinstance(one, SourceFault):
                if one is not told:  # a call that failed as a whole has one fault for all of its keys
                    self._failed(outcome, lookup, seconds, one)
                told = one
            elif one.source is not None:
                outcome.fault = outcome.fault or one.because
                self._of(one.source, lookup)
            elif one.stale:
                outcome.oldest = min(outcome.oldest or one.as_of, one.as_of)
                outcome.because = outcome.because or one.because
                if isinstance(one.because, TimedOut):  # which took as long as if there had been nothing to give
                    self._hung(outcome, seconds)

    def _of(self, source: str, lookup: Lookup) -> _Outcome:
        outcome = self._sources.get(source)
        if outcome is None:
            outcome = self._sources[source] = _Outcome([lookup])
        elif lookup not in outcome.lookups:
            outcome.lookups.append(lookup)
        return outcome

    def _failed(self, outcome: _Outcome, lookup: Lookup, seconds: float, fault: SourceFault) -> None:
        outcome.fault = outcome.fault or fault
        if isinstance(fault, TimedOut):
            self._hung(outcome, seconds)
        elif isinstance(fault, Malformed):
            self._worklist.note_drift(fault.source, lookup, fault)

    def _hung(self, outcome: _Outcome, seconds: float) -> None:
        outcome.hung = max(outcome.hung, seconds)
        self.hung = True

    def until(self, source: str, deadline: float, now: float) -> float:
        """Until when to wait for a source: one that has not answered in its time gets little more in this request."""
        outcome = self._sources.get(source)
        if outcome is None or not outcome.hung:
            return deadline
        return min(deadline, now + max(_LITTLE, outcome.hung * _AGAIN))

    def nouns(self) -> set[str]:
        """The nouns that were asked about."""
        return {lookup.noun for outcome in self._sources.values() for lookup in outcome.lookups}

    def report(self, upstreams: Upstreams, caller: Caller) -> list[Told]:
        """One entry for each source asked; who is not staff sees public labels and no timings."""
        internals, labels, calls = caller.internals, upstreams.labels, self._calls
        entries = []
        for name, outcome in sorted(self._sources.items()):
            well = outcome.fault is None and outcome.oldest is None
            entries.append(
                Told(
                    name if internals else labels[name],
                    list(map(_written, outcome.lookups)),
                    calls.get(name, 0),
                    round(outcome.seconds * 1000, 1) if internals else UNSET,
                    *(_WELL if well else outcome.told),
                )
            )
        return entries
