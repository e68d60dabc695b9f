# ruff: noqa: D101, D102, D103, N805 - small types whose names say enough; what is resolved upon is no `self`
"""Fields that stand in a table, and scalars that are left to the encoder: answered as Strawberry answers them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
import strawberry
from msgspec import Struct
from strawberry import Info

from engine import Plans, as_it_is, batched, encode, entry, execute, read

pytestmark = pytest.mark.anyio
WRITTEN: list[datetime] = []


@as_it_is("{v}.__class__ is {kind} and {v}.tzinfo is {utc} and not {v}.microsecond", kind=datetime, utc=UTC)
def write(value: datetime) -> str:
    WRITTEN.append(value)
    if value.year == 1:
        raise ValueError("before all time")
    return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


class Thing(Struct):
    code: Any
    at: Any = None


@strawberry.type(name="Thing")
class ThingType:
    name: str | None = entry({"a": "Anna", "b": None, "c": "Cäcilie"}, "code", str | None, description="A name.")
    sure: str = entry({"a": "Anna", "b": None}, "code", str, description="A name that there must be.")
    at: datetime | None
    always: datetime = strawberry.field(name="always", resolver=lambda root: root.at)

    @batched(description="Makes a column.")
    async def echo(parents: Sequence[Any], info: Info) -> Sequence[str]:
        return [str(parent.code) for parent in parents]


THINGS: list[Thing] = []


@strawberry.type
class Query:
    @strawberry.field
    def things(self) -> list[ThingType | None]:
        return THINGS  # type: ignore[return-value]


SCHEMA = strawberry.Schema(
    Query,
    config=strawberry.schema.config.StrawberryConfig(
        default_resolver=read,
        scalar_map={datetime: strawberry.scalar(name="DateTime", serialize=write, parse_value=datetime.fromisoformat)},
    ),
)
TIMES = [
    datetime(2026, 11, 20, 8, 0, tzinfo=UTC),
    datetime(2026, 11, 20, 8, 0, 0, 123456, tzinfo=UTC),
    datetime(2026, 11, 20, 16, 0, tzinfo=timezone(timedelta(hours=8))),
    datetime(1, 1, 1, 0, 0, 0, 5, tzinfo=UTC),
    datetime(999, 1, 1, tzinfo=UTC),
    None,
    "2026",
    LookupError("lost"),
]


@pytest.mark.parametrize(
    "query",
    [
        "{ things { name } }",
        "{ things { sure } }",
        "{ things { name sure echo at } }",
        "{ things { at } }",
        "{ things { always } }",
        "{ things { always echo } }",
    ],
)
@pytest.mark.parametrize("codes", ["aca", "abx", [[], "a"]])
async def test_they_are_answered_as_strawberry_answers_them(query: str, codes: Any) -> None:
    """Also what is null, what stands nowhere, what cannot be looked up, and times that must be written."""
    THINGS[:] = [Thing(code, at) for code, at in zip([*codes, *"aaaaaaaa"], TIMES, strict=False)]
    plan = Plans(SCHEMA, planned_at=1).find(query)
    assert plan is not None
    answered = await execute(plan, None, SimpleNamespace(columns={}), Query())
    expected = await SCHEMA.execute(query, None, SimpleNamespace(columns={}), Query())
    errors = [(error.message, error.path) for error in expected.errors or []]
    assert expected.data == answered.data == msgspec.json.decode(encode(answered))["data"]
    assert errors == [(error.message, error.path) for error in answered.errors]


async def test_what_the_encoder_writes_is_not_written_twice() -> None:
    """The scalar's function sees the other values alone."""
    THINGS[:] = [Thing("a", at) for at in TIMES[:3]]
    plan = Plans(SCHEMA, planned_at=1).find("{ things { at } }")
    assert plan is not None
    WRITTEN.clear()
    await execute(plan, None, SimpleNamespace(columns={}), Query())
    assert WRITTEN == TIMES[1:3]
