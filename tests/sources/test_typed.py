"""The fast lane of JSON gives what the generic way gives, whatever is declared and however dirty the rows are."""

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from random import Random
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.enums import TransportLayer, Word
from model.faults import Malformed
from model.keys import Foreign, Key, Lookup
from model.nouns import NOUNS
from model.records import Hop, Record, Route
from sources.grammar.effective import effective_match, effective_record
from sources.grammar.fields import FieldDeclaration
from sources.grammar.nouns import Shape
from sources.grammar.rest import RestDeclaration
from sources.jmespaths import JmesPaths, compile_path, dotted
from sources.matching import matcher
from sources.media.json import Json, JsonReading
from sources.medium import Reading
from sources.oddities import Oddities
from sources.paging import Page
from sources.requests import placed
from sources.rows import Mapper
from sources.transport import Response
from sources.typed.expecting import ExpectingReading
from sources.typed.reading import TypedReading
from sources.typed.words import words

EXAMPLES = 300
NAMES = ["a", "b", "c", "d", '"e f"', "名"]
GENERAL = ["a[].b", "a[?b=='x'].c | [0]", "not_null(a, b.c)", "a[0].b", "length(a)", "a || b", "名[?b=='x'].a"]
WORDS = ["active", "ACTIVE", "in-service", "nonsense", "WORKING", "otn", "", " ", "x", "电路", "155M", "12", "1,024"]
TIMES = ["2024-02-29", "2024-02-29T12:00:00Z", "2024-02-29T12:00:00.5+08:00", "20240229", "29.02.2024", "yesterday"]
NUMBERS = [0, 1, -3, 155, 2048, 10**30, -(2**53) - 1, 1.5, 2.0, 1e300, True, False, None]
SCALARS: list[list[Any]] = [WORDS, WORDS, TIMES, NUMBERS]
STRANGE = ["layer", "in_port", "f0", "Thing", "\ue000link"]
"""What hops are said to have that nobody asks for: names of the model, and those that no system should use."""
STEPS: list[Any] = ["@", "@", "a", "a.b", ["@", "b"], ["a", "b.c"]]
TOLD: list[list[str]] = [[], [], ["b"], ["c.a", "b"], ["a.c"], ["length(c)"]]


class Case:
    """A declaration and rows that fit it, more or less; tidy: rows hold text and nothing else, or nothing."""

    def __init__(self, chance: Random, *, tidy: bool = False, noun: str | None = None) -> None:
        self.chance = chance
        self.tidy = tidy
        self.ways: list[str] = []
        self.noun = noun or chance.choice(["circuit", "alarm", "route", "site"])
        self.each = chance.choice(STEPS) if noun is None else "@"
        self.told = [] if "@" in self.each else chance.choice(TOLD)
        needed = NEEDED if noun is None else {*NEEDED, "hops"}
        record = {name: one() for name, one in self.fields().items() if name in needed or chance.random() < 0.5}
        match: Any = self.path() if chance.random() < 0.9 else {"at": self.path(), "pattern": "([0-9x])"}
        composite = chance.random() < 0.2
        self.declared = {
            "url": "http://x",
            "records": {self.noun: record},
            "lookups": {
                f"{self.noun} by other": {
                    "get": "/",
                    "keys": {"query": ["n", "m"] if composite else "n"},
                    "each": self.each,
                    "match": [match, self.path()] if composite else match,
                    "match_case": chance.random() < 0.7,
                }
            },
        }
        self.body = self.within(self.rows() if chance.random() < 0.9 else self.value())

    def asked(self, fields: frozenset[str]) -> frozenset[str]:
        """Most of the fields."""
        return frozenset(field for field in sorted(fields) if self.chance.random() < 0.8)

    def path(self) -> str:
        """Mostly names, one or some."""
        if self.chance.random() < 0.12:
            return self.chance.choice(GENERAL if self.chance.random() < 0.95 else ["*", "@"])
        way = ".".join(self.chance.choices(NAMES, k=self.chance.choice([1, 1, 1, 2, 2, 3])))
        self.ways.append(way)
        return way

    def fields(self) -> dict[str, Callable[[], Any]]:
        """What may be declared of the noun: field -> how."""
        own: dict[str, Callable[[], Any]] = {
            "native_id": self.field,
            "keys": lambda: {"x": self.field(), "self": self.field()},
        }
        return (
            own
            | {
                "circuit": {
                    "code": self.field,
                    "name": lambda: self.field({"constant": "x"}),
                    "state": lambda: self.field({"values": {"x": "ACTIVE", "12": None, "1": "TERMINATED"}}),
                    "bandwidth_bps": lambda: self.field({"unit": self.chance.choice(["kbps", "Mbps", "bps"])}),
                    "start_date": lambda: self.field({"date": ["%d.%m.%Y", "iso"]}),
                    "customer": lambda: self.field({"space": "self"}),
                    "a_end": lambda: self.thing({"site": self.field(), "port": self.field({"constant": "p"})}),
                    "z_end": lambda: self.thing({"site": self.field({"space": "x"}), "port": self.field()}),
                },
                "alarm": {
                    "raised_at": lambda: self.field({"date": "epoch"}),
                    "changed_at": self.field,
                    "is_root_cause": self.field,
                    "circuits": lambda: self.field({"separator": ","}),
                    "state": self.field,
                },
                "route": {
                    "circuit": self.field,
                    "role": lambda: self.chance.choice(
                        [{"constant": "WORKING"}, {"at": self.path(), "default": "WORKING"}]
                    ),
                    "complete": self.field,
                    "hops": lambda: {
                        "each": "hops" if self.tidy else self.path(),
                        "record": {
                            "sequence": "n" if self.tidy else self.field(),
                            "element": self.field({"space": "x"}),
                            "layer": self.field({"values": {"x": "OTN", "12 ": "SDH", "": None, "otn": "FIBRE"}}),
                        }
                        | ({"in_port": self.path()} if self.chance.random() < 0.5 else {})
                        | ({"out_port": self.field({"constant": "p"})} if self.chance.random() < 0.5 else {}),
                    },
                },
                "site": {
                    "site_id": self.field,
                    "latitude": self.field,
                    "longitude": lambda: self.field({"unit": "km"}),
                },
            }[self.noun]
        )

    def field(self, more: dict[str, Any] | None = None) -> Any:
        """Where one stands, perhaps with more."""
        if more is not None and self.chance.random() < 0.4:
            return more if "constant" in more else {"at": self.path(), **more}
        said = {"at": self.path()}
        if self.chance.random() < 0.1:
            said["pattern"] = "([a-z]+)"
        return said["at"] if len(said) == 1 and "of" not in said and self.chance.random() < 0.8 else self.outer(said)

    def outer(self, said: dict[str, str]) -> dict[str, str]:
        """Perhaps in the row around."""
        nested = isinstance(self.each, list)
        return {**said, "of": "parent"} if nested and self.chance.random() < 0.5 else said

    def thing(self, record: dict[str, Any]) -> dict[str, Any]:
        """In the row itself, or below a path."""
        return {"record": record} | ({"at": self.path()} if self.chance.random() < 0.5 else {})

    def value(self, depth: int = 0) -> Any:
        """Anything that JSON can say."""
        kind = self.chance.random()
        if self.tidy:
            return self.chance.choice([*WORDS, *TIMES, None] if self.chance.random() < 0.3 else [*WORDS, *TIMES])
        if depth < 3 and kind < 0.1:
            return [self.value(depth + 1) for _ in range(self.chance.randrange(4))]
        if depth < 3 and kind < 0.25:
            return {name.strip('"'): self.value(depth + 1) for name in self.chance.sample(NAMES, 3)}
        return self.chance.choice(self.chance.choice(SCALARS))

    def row(self) -> Any:
        """Something at most of the places that are read; now and then it is no object."""
        row: Any = {name.strip('"'): self.value() for name in self.chance.sample(NAMES, 2)}
        for way in self.ways:
            if self.tidy or self.chance.random() < 0.8:
                row = placed(row, ".".join(dotted(way) or []), self.value())
        if self.tidy:
            named = [name.strip('"') for name in NAMES]
            said = [dict.fromkeys([*named, "link", *self.chance.sample(STRANGE, 1)]) for _ in range(3)]
            hops = [{"n": place, **{name: self.value() for name in one}} for place, one in enumerate(said)]
            return row | {"hops": hops}
        return row if self.chance.random() < 0.99 else self.value()

    def rows(self) -> Any:
        """Some rows, where need be within others."""
        rows = [self.row() for _ in range(self.chance.randrange(1, 5))]
        if isinstance(self.each, list):
            inner = [self.row() for _ in range(self.chance.randrange(1, 4))]
            rows = [placed(row, str(self.each[1]), inner) if isinstance(row, dict) else row for row in rows]
        return rows if self.chance.random() < 0.8 else rows[0]

    def within(self, rows: Any) -> Any:
        """The body around the rows."""
        first = self.each[0] if isinstance(self.each, list) else self.each
        if first == "@":
            return rows
        return placed({"b": self.value(), "c": self.value()}, first, rows)


NEEDED = {"code", "circuit", "role", "site_id"}


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


def both(case: "Case | Told") -> list[tuple[Reading, Any, set[tuple[str, str]]]]:
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


def test_both_ways_give_the_same(caplog: pytest.LogCaptureFixture) -> None:
    """Records, keys, what is told in the body, and what was odd; and the fast lane is what is usual."""
    caplog.set_level(logging.ERROR)
    tried: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES, deadline=None)
    @given(st.integers(0, 2**64))
    def compare(seed: int) -> None:
        (reading, found, odd), (_, expected, also_odd) = both(Case(Random(seed)))  # noqa: S311 - a seed is no secret
        assert (expected, also_odd) == (found, odd)
        if isinstance(reading, TypedReading) and found is not None:
            tried["typed"] += 1
            tried["records"] += any(record is not None for record in found[-1])
            tried["raw"] += any(record is not None and bool(record.raw) for record in found[-1])

    compare()
    assert tried["records"] > EXAMPLES / 5
    assert tried["raw"] > EXAMPLES / 50


def test_rows_that_are_as_expected_are_filed_as_others_are(caplog: pytest.LogCaptureFixture) -> None:
    """In one go: under the same keys, the same rows that nobody asked for, that say no key, that name nothing."""
    caplog.set_level(logging.ERROR)
    tried: Counter[str] = Counter()

    @settings(max_examples=2 * EXAMPLES, deadline=None)
    @given(st.integers(0, 2**64))
    def compare(seed: int) -> None:
        chance = Random(seed)  # noqa: S311 - a seed is no secret
        (_, found, odd), (_, expected, also_odd) = both(Case(chance, tidy=True))
        assert (found and found[:3], odd) == (expected and expected[:3], also_odd)
        if found is not None and found[3]:
            tried["in one go"] += 1
            records = [record for under in found[0].values() for record in under]
            tried["records"] += bool(records)

    compare()
    assert tried["in one go"] > EXAMPLES / 10
    assert tried["records"] > EXAMPLES / 50


def test_hops_that_are_as_expected_become_those_of_the_model_in_place(caplog: pytest.LogCaptureFixture) -> None:
    """They are what the generic way makes, of its very class, whatever else there is to hops that nobody asks for."""
    caplog.set_level(logging.ERROR)
    tried: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES, deadline=None)
    @given(st.integers(0, 2**64))
    def compare(seed: int) -> None:
        chance = Random(seed)  # noqa: S311 - a seed is no secret
        (reading, found, odd), (_, expected, also_odd) = both(Case(chance, tidy=True, noun="route"))
        assert (found and found[:3], odd) == (expected and expected[:3], also_odd)
        if found is None:
            return
        records = [record for under in found[0].values() for record in under if isinstance(record, Route)]
        hops = [hop for record in records for hop in record.hops or ()]
        assert {type(hop) for hop in hops} <= {Hop}
        tried["in place"] += bool(hops) and found[3]
        tried["one by one"] += bool(hops) and isinstance(reading, ExpectingReading) and not found[3]
        tried["layers"] += any(isinstance(hop.layer, TransportLayer) for hop in hops)
        tried["foreign"] += any(isinstance(hop.element, Foreign) for hop in hops)

    compare()
    assert tried["in place"] > EXAMPLES / 20
    assert tried["one by one"] > EXAMPLES / 50
    assert tried["layers"] > EXAMPLES / 20
    assert tried["foreign"] > 0


@pytest.mark.parametrize("kind", [kind for kind in Word.__subclasses__() if "UNKNOWN" in kind.__members__])
def test_words_are_decoded_as_what_they_mean(kind: type[StrEnum]) -> None:
    """As they are usually spelt, by the source's table first; what is not known, or written otherwise, stays text."""
    first, *others = (member for member in kind if member.value != "UNKNOWN")
    shape = Shape(kind, many=False, nullable=True, reference=False)
    declared = FieldDeclaration(at="a", values={"x": first.value, "y": None, "z": "nonsense"})
    said = {way(member.value): member for member in others for way in (str, str.lower, _dashed)}
    spelt: dict[str, Any] = {**said, "x": first, first.value: first, "y": None, "": None}
    odd = ["UNKNOWN", "unknown", "z", " ", "nonsense", " x ", f"{first.value}."]
    decode = msgspec.json.Decoder(list[words(shape, declared) | None]).decode  # type: ignore[misc]
    assert [*spelt.values()] == decode(msgspec.json.encode([*spelt]))
    assert odd == decode(msgspec.json.encode(odd))
    closed = msgspec.json.Decoder(list[words(shape, declared, closed=True) | None]).decode  # type: ignore[misc]
    assert [*spelt.values()] == closed(msgspec.json.encode([*spelt]))
    for one in odd:
        with pytest.raises(msgspec.ValidationError):
            closed(msgspec.json.encode([one]))


MOMENTS = st.builds(
    "{}{}{}{}{}".format,
    st.sampled_from(
        ["2026-01-02"] * 5 + ["2024-02-29", "2025-02-29", "0001-01-01", "9999-12-31", "0000-01-01", "20260102"]
    ),
    st.sampled_from(["T"] * 5 + ["t", " ", "_", ""]),
    st.sampled_from(["08:00:00"] * 5 + ["23:59:59", "24:00:00", "23:59:60", "08:00", "080000", "8:00:00"]),
    st.sampled_from([""] * 5 + [".5", ".123456", ".1234567", ".9999999", ".", ",5"]),
    st.sampled_from(["Z"] * 5 + ["+08:00"] * 2 + ["", "z", "+0800", "-00:00", "+08", "-23:59", "+24:00", " Z", "\0"]),
)
DAYS = st.sampled_from(["2026-01-02"] * 5 + ["2024-02-29", "2025-02-29", "20260102", "2026-01-02T00:00:00Z", ""])


class Told(NamedTuple):
    """Rows that say when, asked for all that they say."""

    body: Any
    declared: Any
    told: Sequence[str] = ()
    tidy: bool = True

    @staticmethod
    def asked(fields: frozenset[str]) -> frozenset[str]:
        """Every field."""
        return fields


@pytest.mark.parametrize(("noun", "field", "texts"), [("alarm", "raised_at", MOMENTS), ("circuit", "start_date", DAYS)])
def test_times_are_decoded_as_they_are_read(
    noun: str, field: str, texts: st.SearchStrategy[str], caplog: pytest.LogCaptureFixture
) -> None:
    """However they are written, to the microsecond; those that are written as most often by the first reading."""
    caplog.set_level(logging.ERROR)
    tried: Counter[str] = Counter()
    record = {"native_id": "id", field: "at", **({"code": "id"} if noun == "circuit" else {})}
    lookup = {"get": "/", "keys": {"query": "n"}, "match": "of", "each": "@"}
    declared = {"url": "http://x", "records": {noun: record}, "lookups": {f"{noun} by other": lookup}}

    @settings(max_examples=2 * EXAMPLES, deadline=None)
    @given(st.lists(texts | st.none(), min_size=1, max_size=3))
    def compare(times: list[str | None]) -> None:
        rows = [{"id": f"{place}", "of": "x", "at": one} for place, one in enumerate(times)]
        (reading, found, odd), (_, expected, also_odd) = both(Told(rows, declared))
        assert (found[:3], odd) == (expected[:3], also_odd)
        values = [getattr(record, field) for record in found[0]["x"]]
        assert all(one.tzinfo is UTC for one in values if isinstance(one, datetime))
        tried["first"] += isinstance(reading, ExpectingReading) and not reading._rest
        tried["told"] += any(values)
        tried["odd"] += bool(odd)

    compare()
    assert tried["first"] > EXAMPLES / 10
    assert tried["told"] > EXAMPLES / 2
    assert tried["odd"] > EXAMPLES / 50


def _dashed(word: str) -> str:
    return word.lower().replace("_", "-")
