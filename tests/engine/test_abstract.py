"""Interfaces of objects that keep nothing but their fields: their types are told within the loop."""

from typing import Any

import pytest
import strawberry
from msgspec import Struct

from engine import Plans, execute, read
from engine.core import by_predicates, graphql_schema

pytestmark = pytest.mark.anyio


class Record(Struct):
    """A record of something that waits."""

    kind: str
    title: str | None = None


class Named(Struct):
    """A record that says of which type it is."""

    kind: str
    title: str | None = None
    _Named__typename: str = "Order"


@strawberry.interface
class Ticket:
    """Something that waits."""

    title: str | None


@strawberry.type
class Trouble(Ticket):
    """Something is broken."""

    @classmethod
    def is_type_of(cls, thing: Any, _: Any) -> bool:
        """Tell, or fail."""
        if thing.kind == "boom":
            raise ValueError(thing.kind)
        return bool(thing.kind == "trouble")


@strawberry.type
class Order(Ticket):
    """Something is ordered."""

    @classmethod
    def is_type_of(cls, thing: Any, _: Any) -> bool:
        """Tell."""
        return bool(thing.kind == "order")


@strawberry.type
class Query:
    """The root."""

    @strawberry.field
    def tickets(self, kinds: list[str | None]) -> list[Ticket | None]:
        """Tickets of these kinds."""
        made = {"named": Named("named", "n"), None: None, "error": LookupError("lost"), "text": "text"}
        return [made[kind] if kind in made else Record(kind or "", f"a {kind}") for kind in kinds]  # type: ignore[misc]


SCHEMA = strawberry.Schema(
    Query, types=[Trouble, Order], config=strawberry.schema.config.StrawberryConfig(default_resolver=read)
)
QUERY = "query ($kinds: [String]!) { tickets(kinds: $kinds) { __typename title ... on Order { again: title } } }"


@pytest.mark.parametrize(
    "kinds",
    [
        ["trouble", "order", "trouble"],
        ["order", None, "named", "trouble"],
        ["order", "neither"],
        ["boom", "order"],
        ["error", "trouble"],
        ["text"],
        [],
    ],
)
async def test_types_are_told_as_strawberry_tells_them(kinds: list[str | None]) -> None:
    """Whether a predicate says so, none does, or one fails; and where the object itself says so."""
    plan = Plans(SCHEMA, planned_at=1).find(QUERY)
    assert plan is not None
    answered = await execute(plan, {"kinds": kinds}, None, Query())
    expected = await SCHEMA.execute(QUERY, {"kinds": kinds}, root_value=Query())
    errors = [(error.message, error.path) for error in expected.errors or []]
    assert expected.data == answered.data
    assert errors == [(error.message, error.path) for error in answered.errors]


def test_only_objects_without_more_than_their_fields_are_told_so() -> None:
    """Whoever may carry a `__typename` of its own is asked for it, each time."""
    ticket: Any = graphql_schema(SCHEMA).get_type("Ticket")
    things = [Record("order"), Named("order"), Order(title="t"), {"kind": "order"}]
    assert [True, False, False, False] == [by_predicates(ticket, thing) for thing in things]
