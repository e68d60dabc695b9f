# ruff: noqa: D101, D102, N805 - small types whose names say enough; what is resolved upon is no `self`
"""Types told by the Python class of their objects: as if each object had been asked."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
import strawberry
from msgspec import Struct
from strawberry import Info
from strawberry.schema.config import StrawberryConfig

from engine import InstanceOf, InstanceWhere, Plans, batched, execute, read

pytestmark = pytest.mark.anyio


class Alarm(Struct):
    title: str


class Louder(Alarm):
    pass


class Quiet(Struct):
    kind: str
    title: str = "q"


class Other(Struct):
    title: str


@strawberry.interface
class Titled:
    title: str


@strawberry.type
class AlarmType(Titled):
    is_type_of = InstanceOf(Alarm)

    @batched(description="Makes a column.")
    async def echo(parents: Sequence[Any], info: Info) -> Sequence[str]:
        return [parent.title for parent in parents]


@strawberry.type
class OtherType(Titled):
    is_type_of = InstanceOf(Other)


@strawberry.type
class NightType(Titled):
    is_type_of = InstanceWhere(Quiet, "kind", "night")


@strawberry.type
class DayType(Titled):
    is_type_of = InstanceWhere(Quiet, "kind", "night", same=False)


THINGS: dict[str, Any] = {
    "alarm": Alarm("a"),
    "louder": Louder("l"),
    "other": Other("o"),
    "night": Quiet("night"),
    "day": Quiet("day"),
    "null": None,
    "error": LookupError("lost"),
    "text": "text",
}


@strawberry.type
class Query:
    @strawberry.field
    def alarms(self, kinds: list[str]) -> list[AlarmType | None]:
        return [THINGS[kind] for kind in kinds]

    @strawberry.field
    def nights(self, kinds: list[str]) -> list[NightType | None]:
        return [THINGS[kind] for kind in kinds]

    @strawberry.field
    def titled(self, kinds: list[str]) -> list[Titled | None]:
        return [THINGS[kind] for kind in kinds]


SCHEMA = strawberry.Schema(
    Query,
    types=[AlarmType, OtherType, NightType, DayType],
    config=StrawberryConfig(default_resolver=read),
)
QUERIES = (
    "query ($kinds: [String!]!) { alarms(kinds: $kinds) { __typename title } }",
    "query ($kinds: [String!]!) { alarms(kinds: $kinds) { __typename title echo } }",
    "query ($kinds: [String!]!) { nights(kinds: $kinds) { __typename title } }",
    "query ($kinds: [String!]!) { titled(kinds: $kinds) { __typename title ... on OtherType { again: title } } }",
)


@pytest.mark.parametrize("query", QUERIES)
@pytest.mark.parametrize(
    "kinds",
    [
        ["alarm", "louder", "alarm"],
        ["alarm", "null", "louder"],
        ["alarm", "other", "alarm"],
        ["other", "louder", "alarm"],
        ["night", "day", "alarm", "night", "null", "day"],
        ["night", "night"],
        ["error", "alarm", "text"],
        [],
    ],
)
async def test_types_are_told_as_strawberry_tells_them(query: str, kinds: list[str]) -> None:
    """Whether all objects are of the class, some of one below it, or some of none."""
    plan = Plans(SCHEMA, planned_at=1).find(query)
    assert plan is not None
    answered = await execute(plan, {"kinds": kinds}, SimpleNamespace(columns={}), Query())
    expected = await SCHEMA.execute(query, {"kinds": kinds}, SimpleNamespace(columns={}), Query())
    errors = [(error.message, error.path) for error in expected.errors or []]
    assert expected.data == answered.data
    assert errors == [(error.message, error.path) for error in answered.errors]


async def test_a_class_is_asked_for_once() -> None:
    """However many objects of it there are; also by the next request."""
    given = [Alarm("a"), Alarm("b"), Other("c"), Other("d")]
    asked: list[str] = []

    class Watched(type):
        def __instancecheck__(cls, thing: Any) -> bool:
            asked.append(thing.title)
            return True

    class Anything(metaclass=Watched):
        pass

    watched = strawberry.type(
        type("Watched", (), {"__annotations__": {"title": str}, "is_type_of": InstanceOf(Anything)})
    )

    async def things() -> Any:
        return given

    things.__annotations__["return"] = list[watched]  # type: ignore[valid-type]
    query = strawberry.type(type("Query", (), {"things": strawberry.field(resolver=things)}))
    plan = Plans(strawberry.Schema(query), planned_at=1).find("{ things { title } }")
    assert plan is not None
    assert {"things": [{"title": title} for title in "abcd"]} == (await execute(plan, None, None, query())).data
    assert ["a", "c"] == asked
    del given[:2]
    assert {"things": [{"title": title} for title in "cd"]} == (await execute(plan, None, None, query())).data
    assert ["a", "c"] == asked
