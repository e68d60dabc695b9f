"""The fast lane of JSON gives what the generic way gives, whatever is declared and however dirty the rows are."""

import logging
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.enums import TransportLayer
from model.keys import Foreign
from model.records import Hop, Route
from sources.jmespaths import dotted
from sources.requests import placed
from sources.typed.expecting import ExpectingReading
from sources.typed.reading import TypedReading
from tests.sources.both_ways import TIMES, WORDS, both

EXAMPLES = 300
NAMES = ["a", "b", "c", "d", '"e f"', "名"]
GENERAL = ["a[].b", "a[?b=='x'].c | [0]", "not_null(a, b.c)", "a[0].b", "length(a)", "a || b", "名[?b=='x'].a"]
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
