# ruff: noqa: D101 - small types whose names say enough
"""Arguments that come of variables: converted as Strawberry converts them."""

from enum import Enum
from typing import Annotated, Any, Optional

import pytest
import strawberry
from hypothesis import given
from hypothesis import strategies as st
from strawberry.relay import GlobalID

from engine import Plans, execute
from tests.engine.conftest import returned

pytestmark = pytest.mark.anyio


@strawberry.enum
class Colour(Enum):
    RED = "red"
    BLUE = strawberry.enum_value("blue", name="AZURE")


@strawberry.input
class Span:
    from_: int = strawberry.field(name="from")
    up_to: int | None
    step_size: int = 5


@strawberry.input
class Where:
    name_prefix: str | None = None
    colours: list[Colour] | None = None
    spans: list[Span | None] | None = strawberry.field(default_factory=list)
    numbers: list[list[int | None] | None] | None = None
    one: Span | None = strawberry.UNSET


@strawberry.input
class Tree:
    name: str
    below: Optional["Tree"] = None


@strawberry.input
class Perhaps:
    name: strawberry.Maybe[str | None]


@strawberry.input
class Refusing:
    n: int

    def __post_init__(self) -> None:
        if self.n == 1:
            raise ValueError("not one")


KINDS: dict[str, tuple[Any, str]] = {
    "where": (Where | None, "Where"),
    "surely": (Where, "Where!"),
    "several": (list[Where], "[Where!]!"),
    "colour": (Colour | None, "Colour"),
    "colours": (list[Colour | None] | None, "[Colour]"),
    "span": (Span | None, "Span"),
    "numbers": (list[list[int | None] | None] | None, "[[Int]]"),
    "tree": (Tree | None, "Tree"),
    "perhaps": (Perhaps | None, "Perhaps"),
    "refusing": (Refusing | None, "Refusing"),
    "id": (GlobalID | None, "ID"),
    "lazy": (Annotated["Where", strawberry.lazy("tests.engine.test_converters")] | None, "Where"),
}


def _echo(kind: Any) -> Any:
    def echo(value: Any = None, n: int = 2) -> str:
        return repr((value, n))

    echo.__annotations__["value"] = kind
    return strawberry.field(resolver=echo)


Query = strawberry.type(type("Query", (), {name: _echo(kind) for name, (kind, _) in KINDS.items()}))
SCHEMA = strawberry.Schema(Query)

NUMBERS = st.lists(st.none() | st.lists(st.none() | st.integers(0, 2), max_size=2), max_size=2)
SPANS = st.fixed_dictionaries(
    {"from": st.integers(0, 2)}, optional={"upTo": st.none() | st.integers(0, 2), "stepSize": st.integers(0, 2)}
)
COLOURS = st.sampled_from(["RED", "AZURE"])
WHERES = st.fixed_dictionaries(
    {},
    optional={
        "namePrefix": st.sampled_from([None, "", "a"]),
        "colours": st.none() | st.lists(COLOURS, max_size=2),
        "spans": st.none() | st.lists(st.none() | SPANS, max_size=2),
        "numbers": st.none() | NUMBERS,
        "one": st.none() | SPANS,
    },
)
TREES = st.recursive(
    st.fixed_dictionaries({"name": st.just("leaf")}),
    lambda below: st.fixed_dictionaries({"name": st.just("node")}, optional={"below": st.none() | below}),
    max_leaves=3,
)
VALUES: dict[str, Any] = {
    "where": st.none() | WHERES,
    "surely": WHERES,
    "several": st.lists(WHERES, max_size=2) | WHERES,
    "colour": st.none() | COLOURS,
    "colours": st.none() | st.lists(st.none() | COLOURS, max_size=2) | COLOURS,
    "span": st.none() | SPANS,
    "numbers": st.none() | NUMBERS | st.just(1),
    "tree": st.none() | TREES,
    "perhaps": st.none() | st.fixed_dictionaries({}, optional={"name": st.sampled_from([None, "a"])}),
    "refusing": st.none() | st.fixed_dictionaries({"n": st.integers(0, 2)}),
    "id": st.sampled_from([None, "VDox", "none"]),
    "lazy": st.none() | WHERES,
}


@pytest.mark.parametrize("name", KINDS)
def test_values_are_converted_as_strawberry_converts_them(name: str) -> None:
    """Input objects in input objects, lists, enums, what is absent or null, and what is left to Strawberry."""
    kind = KINDS[name][1]
    query = f"query Q($value: {kind}, $n: Int = 3) {{ {name}(value: $value, n: $n) }}"
    plan = Plans(SCHEMA, planned_at=1).find(query)
    assert plan is not None
    compared = []

    @given(VALUES[name], st.sampled_from([{}, {"n": 4}]))
    def compare(value: Any, more: dict[str, Any]) -> None:
        variables = {"value": value, **more}
        expected = SCHEMA.execute_sync(query, variables)
        answered = returned(execute(plan, variables))
        assert expected.data == answered.data
        told = [(error.message, error.path) for error in expected.errors or []]
        assert told == [(error.message, error.path) for error in answered.errors]
        compared.append(answered.data)

    compare()
    assert any(compared)
