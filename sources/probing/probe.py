"""Asks one lookup of one source for real, past its guards, and tells all that can be seen of it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import anyio
from msgspec import Struct, field

from model.answer import Answer
from model.ask import Ask, Window
from model.caller import Caller
from model.faults import SourceFault
from model.keys import Key, Lookup
from sources.answered import AnsweredLookup
from sources.connectors.graphql import Graphql
from sources.contract import Source
from sources.conversation import connected
from sources.declared import DeclaredSource
from sources.grammar.source import SourceDeclaration
from sources.paths import ABSENT
from sources.probing.sights import How, Looking, Sight, Unread
from sources.probing.tape import Exchange, Tape
from sources.registry import CONNECTORS
from sources.rows import Row

Legible = DeclaredSource | Graphql
"""Sources whose rows can be looked at by the paths that are declared."""


class Seen(Struct, frozen=True):
    """What a lookup's rows hold, held against what is declared.

    rows: how many there are. unasked: keys that rows are about and that nobody asked for. sights: of every field in
    every row. unread: values of the first rows that no path reads.
    """

    rows: int = 0
    unasked: Sequence[Key] = ()
    sights: Sequence[Sight] = ()
    unread: Sequence[Unread] = ()

    def found(self, how: How) -> list[Sight]:
        """One sight of each field of which there are such, with an example."""
        return list({sight.way: sight for sight in reversed(self.sights) if sight.how is how}.values())[::-1]

    def barren(self) -> list[Sight]:
        """One sight of each field that found nothing in any row."""
        full = {sight.way for sight in self.sights if sight.how is not How.ABSENT}
        return [sight for sight in self.found(How.ABSENT) if not any(_within(way, sight.way) for way in full)]


class Probed(Struct, frozen=True):
    """What came of asking. fault: where the whole lookup failed. oddities: what was counted, by kind."""

    exchanges: Sequence[Exchange]
    answers: Mapping[Key, Answer | SourceFault] = field(default_factory=dict)
    fault: SourceFault | None = None
    seen: Seen = Seen()
    oddities: Mapping[str, int] = field(default_factory=dict)

    @property
    def faults(self) -> list[SourceFault]:
        """All that failed, each once."""
        told = [self.fault, *(one for one in self.answers.values() if isinstance(one, SourceFault))]
        return list(dict.fromkeys(one for one in told if one is not None))


async def probe(
    name: str,
    declared: SourceDeclaration,
    lookup: Lookup,
    keys: Sequence[Key],
    *,
    fields: frozenset[str] | None = None,
    window: Window | None = None,
    seconds: float,
) -> Probed:
    """Ask a source one question. fields: all that it speaks of, if not told. seconds: how long the answer may take."""
    tape = Tape(connected(name, declared))
    source = CONNECTORS[declared.speaks](name, declared, tape)
    asked = source.lookups[lookup].fields if fields is None else fields
    ask = Ask(
        fields=asked,
        caller=Caller("trunkline probe", staff=True),
        deadline=anyio.current_time() + seconds,
        window=window,
    )
    try:
        answers, fault = await _asked(source, lookup, keys, ask), None
    except SourceFault as err:
        answers, fault = {}, err
    finally:
        await source.aclose()
    seen = _seen(source, lookup, keys, tape.exchanges, asked)
    return Probed(tape.exchanges, answers, fault, seen, _counted(source))


async def _asked(source: Source, lookup: Lookup, keys: Sequence[Key], ask: Ask) -> Mapping[Key, Answer | SourceFault]:
    if lookup.by is None:
        return {"": await source.page(lookup, None, ask)}
    return await source.fetch(lookup, keys, ask)


def _counted(source: Source) -> Mapping[str, int]:
    counts: Counter[str] = Counter()
    oddities = getattr(source, "oddities", None)
    for (kind, _), times in (oddities.counts if oddities is not None else {}).items():
        counts[kind] += times
    return counts


def _seen(
    source: Source, lookup: Lookup, keys: Sequence[Key], exchanges: Iterable[Exchange], fields: frozenset[str]
) -> Seen:
    one = source.compiled(lookup) if isinstance(source, DeclaredSource | Graphql) else None
    if one is None or not isinstance(source, DeclaredSource | Graphql):
        return Seen()
    looking = Looking(one, getattr(source.declared, "namespaces", {}))
    found = [row for exchange in exchanges for row in _rows(source, lookup, exchange, fields)]
    rows = [row._replace(key=_answered(one, keys, looking.keys(row))) for row in found]
    return Seen(
        len(rows),
        _unasked(one, keys, [key for row in rows for key in looking.keys(row)]),
        [sight for row in rows for sight in looking.sights(row)],
        looking.unread(rows),
    )


def _rows(source: Legible, lookup: Lookup, exchange: Exchange, fields: frozenset[str]) -> Sequence[Row]:
    if isinstance(exchange.came, SourceFault):
        return ()
    try:
        return source.rows(lookup, exchange.came, fields)
    except SourceFault:
        return ()  # told already, by the source itself


def _answered(one: AnsweredLookup, keys: Sequence[Key], said: Sequence[Any]) -> Any:
    """The one key that a row answers; ABSENT where there are several, or none."""
    words = set(map(one.fold, said))
    found = [key for key in keys if one.match is None or one.fold(key) in words]
    return found[0] if len(found) == 1 else ABSENT


def _unasked(one: AnsweredLookup, keys: Sequence[Key], said: Iterable[Any]) -> list[Key]:
    asked = {one.fold(key) for key in keys}
    return [key for key in dict.fromkeys(said) if one.fold(key) not in asked] if one.selective else []


def _within(way: Sequence[str], around: Sequence[str]) -> bool:
    return list(way[: len(around)]) == list(around)


def offered(name: str, declared: SourceDeclaration) -> Mapping[Lookup, int]:
    """What a source can be asked, with the number of parts that a key has; nothing is asked of it."""
    source = CONNECTORS[declared.speaks](name, declared)
    return {lookup: _parts(source, lookup) for lookup in source.lookups}


def _parts(source: Source, lookup: Lookup) -> int:
    one = source.compiled(lookup) if isinstance(source, DeclaredSource | Graphql) else None
    return one.declared.keys.parts if one is not None and one.declared.keys is not None else 1
