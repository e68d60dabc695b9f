"""The fast lane of JSON decodes words, times and days as what they mean, as the generic way reads them."""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from model.enums import Word
from sources.grammar.fields import FieldDeclaration
from sources.grammar.nouns import Shape
from sources.typed.expecting import ExpectingReading
from sources.typed.words import words
from tests.sources.both_ways import both

EXAMPLES = 600


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

    @settings(max_examples=EXAMPLES, deadline=None)
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
    assert tried["first"] > EXAMPLES / 20
    assert tried["told"] > EXAMPLES / 4
    assert tried["odd"] > EXAMPLES / 100


def _dashed(word: str) -> str:
    return word.lower().replace("_", "-")
