"""The generated ways to merge give what the careful way gives, whatever is said, by whom, and by which policy."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import UNSET, Struct
from msgspec.structs import replace

from model.keys import Foreign
from model.nouns import NOUNS
from model.records import Circuit, Statement
from resolvers.choosing import choose
from resolvers.merging import carefully_merged, givers, merged, unsaid_merger
from resolvers.policy import FieldPolicy, NounPolicy, Rule, compile_policies
from sources.grammar.nouns import Shape, shapes

SOURCES = ["a", "b", "c", "d"]
PLACES = [None, None, None, "a", "d"]
DAY = datetime(2026, 11, 20, 8, tzinfo=UTC)
PLAIN: dict[type, list[Any]] = {
    str: ["", "x", "专线", "UNKNOWN"],
    int: [0, 1],
    float: [0.0, 1.5],
    bool: [True, False],
    date: [DAY.date()],
    datetime: [DAY - timedelta(hours=1), DAY],
}
EXAMPLES = 500


class Case:
    """A policy, and statements about things of its noun, of every kind that there may be."""

    def __init__(self, chance: Random, rules: Sequence[Rule] = tuple(Rule)) -> None:
        self.chance, self.rules = chance, rules
        self.noun = NOUNS[chance.choice(sorted(NOUNS))]
        fields = {field: self.rule() for field in self.noun.fields if chance.random() < 0.4}
        configured = NounPolicy(prefer=self.order(), fields=fields)
        self.policy = compile_policies({self.noun.name: configured}, {self.noun.name: SOURCES[:3]})[self.noun.name]

    def order(self) -> tuple[str, ...]:
        """Some of the sources."""
        return tuple(self.chance.sample(SOURCES, self.chance.randrange(3)))

    def rule(self) -> FieldPolicy:
        """Some field's own rule."""
        return FieldPolicy(rule=self.chance.choice(self.rules), prefer=self.order())

    def said(self) -> tuple[Statement, ...]:
        """What several sources say of one thing, some of them twice, or in another's place."""
        speaking = self.chance.choices(SOURCES, k=self.chance.choice([1, 2, 2, 2, 3, 4, 5]))
        return tuple(self.statement(source) for source in speaking)

    def statement(self, source: str) -> Statement:
        """What one says."""
        own = self.chance.choice([UNSET, UNSET, "1", "2"])
        keys = {source: own} if isinstance(own, str) and self.chance.random() < 0.6 else self.keys()
        fields = {
            field: self.value(shape) for field, shape in shapes(self.noun.record).items() if field in self.noun.fields
        }
        record = self.noun.record(native_id=own, keys=keys, **fields)
        return Statement(source, record, self.chance.choice(PLAIN[datetime]), place=self.chance.choice(PLACES))

    def keys(self) -> dict[str, str]:
        """The keys under which others know the thing, mostly none."""
        return {space: self.chance.choice("12") for space in self.order()} if self.chance.random() < 0.3 else {}

    def value(self, shape: Shape) -> Any:
        """Something that a field may hold, or nothing, be that allowed or not."""
        if self.chance.random() < 0.4:
            return self.chance.choice([UNSET, None])
        if shape.many:
            return self.chance.choice([list, tuple])(self.one(shape) for _ in range(self.chance.randrange(3)))
        return self.one(shape)

    def one(self, shape: Shape) -> Any:
        """One such thing: a word, or a key in some system's own space."""
        if shape.reference and self.chance.random() < 0.4:
            return Foreign(self.chance.choice(SOURCES), self.chance.choice("12"))
        if issubclass(shape.kind, StrEnum):
            words = [*shape.kind][-2:]
            return self.chance.choice([*words, shape.kind("UNKNOWN")] if "UNKNOWN" in shape.kind.__members__ else words)
        if issubclass(shape.kind, Struct):
            return shape.kind(**{field: self.chance.choice([None, "x"]) for field in shape.kind.__struct_fields__})
        return self.chance.choice(PLAIN[shape.kind])


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 2**32))
def test_records_are_merged_as_field_by_field(seed):
    """Every field, the keys and what was said; the same function serves those who speak together again."""
    case = Case(Random(seed))  # noqa: S311 - data for a test, no secret
    for _ in range(3):
        said = case.said()
        assert merged(case.policy, said) == carefully_merged(case.policy, said)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 2**32))
def test_records_are_merged_the_same_where_nobody_asks_who_said_what(seed):
    """All rows of those who speak, or none of them: where one brings keys or raw values, or fields are compared."""
    chance = Random(seed)  # noqa: S311 - data for a test, no secret
    case = Case(chance, [Rule.PREFER] if chance.random() < 0.8 else [*Rule])
    sources = chance.choices(SOURCES, k=chance.choice([2, 2, 3, 4]))
    brought: dict[str, Any] = {"raw": {"name": 1}} if chance.random() < 0.1 else {}
    if plain := chance.random() < 0.8:
        brought |= {"native_id": UNSET, "keys": {}}
    rows = [[replace(case.statement(source).record, **brought) for source in sources] for _ in range(3)]
    said = [[Statement(source, one, DAY) for source, one in zip(sources, row, strict=True)] for row in rows]
    expected = [replace(carefully_merged(case.policy, tuple(row)), said=()) for row in said]
    made = unsaid_merger(case.policy, sources)
    records = made(rows) if made else None
    assert records == expected or (records is None and not (plain and made and "raw" not in brought))


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.integers(0, 2**32))
def test_who_gave_a_value_is_told_as_field_by_field(seed):
    """The very statements, by every rule."""
    case = Case(Random(seed))  # noqa: S311 - data for a test, no secret
    said = case.said()
    for field in case.noun.fields:
        expected = choose(case.policy, field, said).givers
        assert list(map(id, givers(case.policy, field, said))) == list(map(id, expected))
        assert not givers(case.policy, field, ())


def test_functions_are_kept_within_a_bound():
    """Whoever speaks of things with ever others costs time, not memory."""
    policy = compile_policies({}, {"circuit": ["a"]})["circuit"]
    for number in range(1000):
        said = tuple(Statement(f"{one}{number}", Circuit(name=one), DAY) for one in "xyz")
        assert merged(policy, said).name == "x"
    assert len(policy.made) < 1000
