# ruff: noqa: D101, D102, N805 - small types whose names say enough; what is resolved upon is no `self`
"""What resolvers are told: the arguments and the info that Strawberry would give them."""

from collections.abc import Sequence
from enum import Enum
from types import SimpleNamespace
from typing import Any

import pytest
import strawberry
from strawberry import Info
from strawberry.schema.config import StrawberryConfig

from engine import Plans, batched, execute

pytestmark = pytest.mark.anyio


@strawberry.enum
class Colour(Enum):
    RED = "red"


@strawberry.input
class Where:
    name: str | None = None


@strawberry.type
class Thing:
    @batched(description="What a column is told.")
    async def column(
        parents: Sequence[Any], info: Info, text: str | None = "unsaid", n: int | None = 7
    ) -> Sequence[str]:
        return [repr((text, n)) for _ in parents]


@strawberry.type
class Query:
    @strawberry.field
    def needed(self, key: strawberry.ID, n: int) -> str:
        return repr((key, n))

    @strawberry.field
    async def optional(
        self, info: Info, text: str | None = None, n: int = 3, yes: bool | None = strawberry.UNSET
    ) -> str:
        return repr((text, n, yes))

    @strawberry.field
    def odd(self, texts: list[str] | None = None, colour: Colour | None = None, where: Where | None = None) -> str:
        return repr((texts, colour, where))

    @strawberry.field
    def things(self) -> list[Thing]:
        return [Thing(), Thing()]

    @strawberry.field
    def info(self, info: Info, text: str | None = None) -> str:
        told = (info.field_name, info.python_name, info.return_type, info.context, info.root_value, info.path.as_list())
        asked = [(one.name, one.alias, one.arguments) for one in info.selected_fields]
        return repr((told, asked, info.variable_values, info.operation.name.value, info.schema is SCHEMA))


SCHEMA = strawberry.Schema(Query)
QUERIES = [
    "query Q($id: ID!, $n: Int!) { needed(key: $id, n: $n) }",
    'query Q($id: ID = "d", $n: Int = 5) { needed(key: $id, n: $n) }',
    'query Q($n: Int!) { needed(key: "x", n: $n) }',
    "query Q($text: String, $n: Int = 5, $yes: Boolean) { optional(text: $text, n: $n, yes: $yes) }",
    "query Q($text: String) { optional(text: $text) other: optional }",
    "query Q($yes: Boolean) { optional(yes: $yes, n: 4) }",
    "query Q($text: String!) { odd(texts: [$text]) nested: odd(where: {name: $text}) }",
    "query Q($colour: Colour, $where: Where) { odd(colour: $colour) other: odd(where: $where) }",
    "query Q($text: String, $n: Int) { things { column(text: $text, n: $n) other: column(n: $n) third: column } }",
    'query Q($text: String = "t") { told: info(text: $text) }',
]
VARIABLES: list[dict[str, Any]] = [
    {},
    {"id": "i", "n": 1, "text": "a", "yes": True, "colour": "RED", "where": {"name": "b"}},
    {"id": 4, "n": 0, "text": "", "yes": False, "where": {}},
    {"id": None, "n": None, "text": None, "yes": None, "colour": None, "where": None},
    {"text": "a"},
    {"n": 2},
    {"id": [], "n": "one", "text": 3, "yes": "no", "colour": "BLUE", "where": {"size": 1}},
]


@pytest.mark.parametrize("given", VARIABLES)
@pytest.mark.parametrize("query", QUERIES)
async def test_resolvers_are_told_what_strawberry_tells_them(query: str, given: dict[str, Any]) -> None:
    """Whether variables are given, null, wrong or left to their defaults, and whatever they are used in."""
    variables = {name: value for name, value in given.items() if f"${name}" in query}
    plan = Plans(SCHEMA, planned_at=1).find(query)
    assert plan is not None
    answered = await execute(plan, variables, SimpleNamespace(columns={}))
    expected = await SCHEMA.execute(query, variables, SimpleNamespace(columns={}))
    assert expected.data == answered.data
    told = [(error.message, error.path) for error in expected.errors or []]
    assert told == [(error.message, error.path) for error in answered.errors]


async def test_a_schema_with_infos_of_its_own_has_them() -> None:
    """They are made as Strawberry makes them."""

    class Ours(Info):
        def greeting(self) -> str:
            return f"hello {self.context}"

    @strawberry.type
    class Query:
        @strawberry.field
        def greeting(self, info: Info) -> str:
            return info.greeting()  # type: ignore[attr-defined,no-any-return]

    schema = strawberry.Schema(Query, config=StrawberryConfig(info_class=Ours))
    plan = Plans(schema, planned_at=1).find("{ greeting }")
    assert plan is not None
    assert {"greeting": "hello you"} == (await execute(plan, None, "you")).data
