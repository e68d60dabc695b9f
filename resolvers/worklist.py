"""What somebody should look at: where sources were seen to disagree of late, and who was seen to say nonsense.

Of each gateway's own requests, in its memory, the last few hundred. A conflict is seen when somebody asks for
`conflicts`; what does not make sense is seen whenever it is met. Values are not kept: who may see them asks again.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import StrEnum

from msgspec import Struct

from model.faults import Malformed
from model.keys import Lookup

_AT_MOST = 500


class WorkKind(StrEnum):
    """What was seen."""

    CONFLICT = "conflict"
    DRIFT = "drift"


class About(Struct, frozen=True):
    """What a piece of work is about: a field of a thing, or a lookup of a source and the code of its fault."""

    kind: WorkKind
    noun: str
    key: str | None = None
    field: str | None = None
    lookup: str | None = None
    code: str | None = None


class Work(Struct):
    """Something to look at. sources: who disagrees, or who it is. times: how often it was seen since the first time."""

    about: About
    sources: frozenset[str]
    first_seen: datetime
    last_seen: datetime
    times: int = 0


class Worklist:
    """The last things seen, the newest last."""

    def __init__(self, at_most: int = _AT_MOST) -> None:
        self._at_most = at_most
        self._seen: dict[tuple[About, frozenset[str]], Work] = {}

    def note_conflict(self, noun: str, key: str, field: str, sources: Iterable[str]) -> None:
        """These sources were seen to disagree about a field of a thing."""
        self._note(About(WorkKind.CONFLICT, noun, key, field), frozenset(sources))

    def note_drift(self, source: str, lookup: Lookup, fault: Malformed) -> None:
        """A source was seen to answer a lookup in a way that was not agreed."""
        about = About(WorkKind.DRIFT, lookup.noun, lookup=str(lookup), code=fault.code)
        self._note(about, frozenset({source}))

    def newest(self, first: int) -> list[Work]:
        """The last so many, the newest first."""
        return list(reversed(self._seen.values()))[:first]

    def _note(self, about: About, sources: frozenset[str]) -> None:
        now = datetime.now(UTC)
        work = self._seen.pop((about, sources), None) or Work(about, sources, now, now)
        work.last_seen, work.times = now, work.times + 1
        self._seen[about, sources] = work
        if len(self._seen) > self._at_most:
            del self._seen[next(iter(self._seen))]
