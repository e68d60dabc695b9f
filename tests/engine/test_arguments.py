# ruff: noqa: D101, D102 - a small type whose names say enough
"""Arguments put together by a recipe are those that graphql-core coerces, whatever the variables."""

import re
from typing import Any

import pytest
import strawberry
from graphql import execute as whole
from graphql import parse
from hypothesis import given
from hypothesis import strategies as st

from engine import Plans, execute
from engine.core import graphql_schema
from tests.engine.conftest import returned

pytestmark = pytest.mark.anyio


@strawberry.input
class Filter:
    name: str | None = None
    sizes: list[int] | None = None


@strawberry.type
class Query:
    @strawberry.field
    def told(
        self,
        key: strawberry.ID,
        first: int = 20,
        after: str | None = strawberry.UNSET,
        keys: list[str] | None = None,
        where: Filter | None = None,
    ) -> str:
        return repr((key, first, after, keys, where))


SCHEMA = strawberry.Schema(Query)
TYPES = {
    "key": "ID!",
    "first": "Int",
    "after": "String",
    "name": "String",
    "part": "String!",
    "keys": "[String!]",
    "where": "Filter",
}
ASKED = [
    'told(key: "a")',
    "told(key: $key)",
    "told(key: $key, first: $first, after: $after)",
    'told(key: $key, first: 3, after: $after, keys: ["x"])',
    "told(key: $key, keys: $keys, where: $where)",
    'told(key: "c", keys: [$part], after: null)',
    'told(first: $first, key: "b", where: {name: $name, sizes: [1]})',
    'told(key: $key, where: {name: "n"})',
]
GIVEN = st.fixed_dictionaries(
    {"key": st.one_of(st.text(max_size=3), st.integers(0, 9))},
    optional={
        "first": st.one_of(st.none(), st.integers(-5, 5), st.sampled_from([2**31, 2**31 - 1, -(2**31) - 1])),
        "after": st.one_of(st.none(), st.text(max_size=3)),
        "name": st.one_of(st.none(), st.text(max_size=3)),
        "part": st.text(max_size=3),
        "keys": st.one_of(st.none(), st.just("k"), st.lists(st.text(max_size=2), max_size=2)),
        "where": st.one_of(st.none(), st.fixed_dictionaries({}, optional={"name": st.text(max_size=2)})),
    },
)


@pytest.mark.parametrize("asked", ASKED)
async def test_whatever_is_given_the_resolver_hears_the_same(asked: str) -> None:
    """Present, null or left out, one request after the other by one plan."""
    declared = " ".join(f"${name}: {TYPES[name]}" for name in sorted(set(re.findall(r"\$(\w+)", asked))))
    text = f"query ({declared}) {{ {asked} }}" if declared else f"{{ {asked} }}"
    plan, document = Plans(SCHEMA, planned_at=1).find(text), parse(text)
    assert plan is not None
    compared = 0

    @given(st.lists(GIVEN, min_size=1, max_size=4))
    def compare(several: list[dict[str, Any]]) -> None:
        nonlocal compared
        for given_ in several:
            expected: Any = whole(graphql_schema(SCHEMA), document, Query(), variable_values=given_)
            answered = returned(execute(plan, given_, None, Query()))
            assert expected.data == answered.data
            assert [one.message for one in expected.errors or []] == [one.message for one in answered.errors]
            compared += 1

    compare()
    assert compared
