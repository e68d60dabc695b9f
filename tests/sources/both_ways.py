"""What the fast lane of JSON makes of a body, and what the generic way makes of it."""

from collections.abc import Sequence
from typing import Any, Protocol

import msgspec

from model.faults import Malformed
from model.keys import Key, Lookup
from model.nouns import NOUNS
from model.records import Record
from sources.grammar.effective import effective_match, effective_record
from sources.grammar.rest import RestDeclaration
from sources.jmespaths import JmesPaths, compile_path
from sources.matching import matcher
from sources.media.json import Json, JsonReading
from sources.medium import Reading
from sources.oddities import Oddities
from sources.paging import Page
from sources.rows import Mapper
from sources.transport import Response

WORDS = ["active", "ACTIVE", "in-service", "nonsense", "WORKING", "otn", "", " ", "x", "电路", "155M", "12", "1,024"]
TIMES = ["2024-02-29", "2024-02-29T12:00:00Z", "2024-02-29T12:00:00.5+08:00", "20240229", "29.02.2024", "yesterday"]
"""These are asked for as keys, the first three times among them."""


class Compared(Protocol):
    """A source's declaration with one lookup, and a body."""

    @property
    def declared(self) -> Any:
        """The source."""
        ...

    @property
    def body(self) -> Any:
        """What it answers."""
        ...

    @property
    def told(self) -> Sequence[str]:
        """The paths of what else is read of it."""
        ...

    @property
    def tidy(self) -> bool:
        """Whether rows may be filed in one go."""
        ...

    def asked(self, fields: frozenset[str]) -> frozenset[str]:
        """The fields that are asked for, of these."""
        ...


def said(reading: Reading, match: Any, told: list[str], body: bytes) -> Any:
    """All that a reading makes of a body; None for what it refuses."""
    response = Response(200, {}, body)
    try:
        found = reading.decoded(response)
        ways = [compile_path(way)(found) for way in told]
        some, received = reading.rows(found)
        page = Page(received, response, found, rows=some)
        keys = [[one] if isinstance(one, str) else list(one) for one in reading.keys(some, match)]
        return ways, received, reading.alone(some, found), keys, reading.records(some, page)
    except Malformed:
        return None


def filed(reading: Reading, match: Any, body: bytes, *, case: bool) -> Any:
    """The records that a reading puts under words, in one go if it has one; None for what it refuses."""
    response = Response(200, {}, body)
    asked: dict[Key, list[Record]] = {word if case else word.casefold(): [] for word in [*WORDS, *TIMES[:3]]}
    try:
        found = reading.decoded(response)
        rows, received = reading.rows(found)
    except Malformed:
        return None
    page, natives = Page(received, response, found, rows=rows), set[object]()
    counts = reading.file(rows, page, asked, natives)
    if counts is not None:
        return asked, tuple(counts), natives, True
    foreign = silent = lost = 0
    for row, said in zip(rows, reading.keys(rows, match), strict=True):
        words = [said] if isinstance(said, str) else list(said)
        under = [asked[word] for word in words if word in asked]
        foreign, silent = foreign + (not under), silent + (not words)
        record = reading.records([row], page)[0] if under else None
        lost += bool(under) and record is None
        for records in under if record is not None else []:
            records.append(record)
            natives.add(record.native_id)
    return asked, (foreign, silent, lost), natives, False


def both(case: Compared) -> list[tuple[Reading, Any, set[tuple[str, str]]]]:
    """What the fast lane makes of a case, and what the generic way makes of it, each with what was odd."""
    declaration = RestDeclaration.read(case.declared)
    ((name, lookup),) = declaration.lookups.items()
    asked = Lookup.parse(name)
    noun = NOUNS[asked.noun]
    record = effective_record(noun, declaration.records[noun.name], lookup.record)
    match = effective_match(asked, lookup, record)
    assert isinstance(match, list)
    fields = case.asked(noun.fields)
    results: list[tuple[Reading, Any, set[tuple[str, str]]]] = []
    for fast in (True, False):
        oddities = Oddities("s")
        mapper = Mapper(noun, record, JmesPaths(), source="s", zone=None, oddities=oddities)
        medium = Json("s", 64, told=case.told)
        reading = medium.reading(asked, lookup, mapper, fields, raw=False)
        if not fast:
            reading = JsonReading(medium, asked, lookup, mapper, fields, raw=False)
        by = matcher(match, JmesPaths(), case=lookup.match_case)
        body = msgspec.json.encode(case.body)
        if case.tidy:
            results.append((reading, filed(reading, by, body, case=lookup.match_case), set(oddities.counts)))
        else:
            results.append((reading, said(reading, by, case.told, body), set(oddities.counts)))
    return results
