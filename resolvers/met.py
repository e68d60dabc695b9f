"""What has been shown in a request, or was found not to be there: a thing that is met again is not asked for again."""

from collections.abc import Callable, Iterable, Sequence
from operator import attrgetter
from typing import Any

from msgspec import Struct

from model.faults import SourceFault
from model.nouns import NOUNS
from model.records import Record
from resolvers.gate import remember
from resolvers.request import Request

Missing = tuple[str, str]
"""A source that should have contributed, and the code that says why it did not."""


class Found(Struct, frozen=True):
    """What a reference led to: a record, or None (there is none, or it is not the caller's to see).

    fault: why not even that could be told. missing: the sources that failed to contribute.
    """

    record: Record | None = None
    fault: SourceFault | None = None
    missing: frozenset[Missing] = frozenset()


NOT_FOUND = Found()


def note_owners(request: Request, noun: str, records: Sequence[Record]) -> None:
    """Keep who owns these, and what else they are called."""
    request.owners_later.append((remember, noun, records))


def note_owners_later(request: Request, noun: str, state: Callable[..., Sequence[Record]], *told: Any) -> None:
    """The same of records that do not name their owners; `state(*told)` gives those that do."""
    request.owners_later.append((_remember_stated, noun, state, *told))


def note_met(request: Request, noun: str, fields: frozenset[str], records: Iterable[Record]) -> None:
    """Keep what was shown whole, with all that is wanted of it."""
    request.met_later.append((_remembered_whole, noun, fields, records))


def note_met_later(
    request: Request, noun: str, fields: frozenset[str], state: Callable[..., Iterable[Record]], *told: Any
) -> None:
    """Keep what was shown whole without a word of who said it; `state(*told)` gives it with that."""
    request.met_later.append((_remembered_stated, noun, fields, state, *told))


def note_shown(request: Request, noun: str, fields: frozenset[str], records: Sequence[Record]) -> None:
    """Keep both, of things that were shown whole."""
    request.owners_later.append((remember, noun, records))
    request.met_later.append((_remembered_whole, noun, fields, records))


def _remembered_whole(request: Request, noun: str, fields: frozenset[str], records: Iterable[Record]) -> None:
    name = attrgetter(NOUNS[noun].id)
    remembered(request, noun, fields, {name(record): Found(record) for record in records})


def _remember_stated(request: Request, noun: str, state: Callable[..., Sequence[Record]], *told: Any) -> None:
    remember(request, noun, state(*told))


def _remembered_stated(
    request: Request, noun: str, fields: frozenset[str], state: Callable[..., Iterable[Record]], *told: Any
) -> None:
    _remembered_whole(request, noun, fields, state(*told))


def remembered(request: Request, noun: str, fields: frozenset[str], found: dict[str, Found]) -> dict[str, Found]:
    """Keep what was shown for the rest of the request: a thing met again with no more fields is not asked for again."""
    met = request.met
    for key, one in found.items():
        if one.record is not None:
            met[noun, key] = (fields, one)
    return found
