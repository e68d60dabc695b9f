"""A source around a source that notes what it is asked, and from which a run's waves can be read."""

from collections.abc import Mapping, Sequence

import anyio
from msgspec import Struct, field

from model.answer import Answer
from model.ask import Ask
from model.faults import SourceFault
from model.keys import Key, Lookup
from sources.contract import Source
from sources.guards.guard import Guard


class Asking(Struct):
    """One question to a source: how many keys, when (seconds of the loop's clock), what came; keys None: of a list."""

    source: str
    lookup: Lookup
    keys: int | None
    start: float
    end: float = 0.0
    rows: int = 0
    codes: set[str] = field(default_factory=set)
    wave: int = 0

    @property
    def ms(self) -> float:
        """How long it took, in milliseconds."""
        return (self.end - self.start) * 1000


class Observed(Guard):
    """Passes everything on, and notes it; several sources may share their notes."""

    kind = "observed"

    def __init__(self, inner: Source, notes: list[Asking]) -> None:
        super().__init__(inner)
        self._notes = notes

    async def fetch(self, lookup: Lookup, keys: Sequence[Key], ask: Ask) -> Mapping[Key, Answer | SourceFault]:
        """Answer these keys."""
        note = self._begin(lookup, len(keys))
        try:
            answers = await self.inner.fetch(lookup, keys, ask)
        except SourceFault as fault:
            note.codes.add(fault.code)
            raise
        finally:
            note.end = anyio.current_time()
        for said in answers.values():
            _hear(note, said)
        return answers

    async def page(self, lookup: Lookup, after: str | None, ask: Ask) -> Answer:
        """Answer the next stretch of a list."""
        note = self._begin(lookup, None)
        try:
            answer = await self.inner.page(lookup, after, ask)
        except SourceFault as fault:
            note.codes.add(fault.code)
            raise
        finally:
            note.end = anyio.current_time()
        _hear(note, answer)
        return answer

    def _begin(self, lookup: Lookup, keys: int | None) -> Asking:
        note = Asking(self.name, lookup, keys, anyio.current_time())
        self._notes.append(note)
        return note


def _hear(note: Asking, said: Answer | SourceFault) -> None:
    if isinstance(said, SourceFault):
        note.codes.add(said.code)
    else:
        note.rows += len(said.records)


def in_waves(notes: Sequence[Asking]) -> Sequence[Asking]:
    """The notes by wave: what was asked after the first of a wave's answers had come is of the next."""
    wave, ends = 0, float("-inf")
    for note in sorted(notes, key=lambda one: one.start):
        if note.start >= ends:
            wave, ends = wave + 1, note.end
        note.wave = wave
        ends = min(ends, note.end)
    return sorted(notes, key=lambda one: (one.wave, one.source, str(one.lookup)))
