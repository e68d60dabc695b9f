# ruff: noqa: D101 - a small type whose name says enough
"""Scalars that leave values to the encoder: the answer is what their own function would have made of it."""

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
import strawberry
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET
from strawberry.schema.config import StrawberryConfig

from engine import Plans, encode, execute, read
from schema.scalars import SCALARS, BigInt
from tests.engine.conftest import returned

pytestmark = pytest.mark.anyio

ZONES = st.sampled_from([UTC, timezone(timedelta(0)), timezone(timedelta(hours=8)), None])
MOMENTS = st.datetimes(timezones=ZONES)
EDGES = st.sampled_from([2**53, -(2**53), 2**53 + 1, -(2**53) - 1])
ODD = st.sampled_from([None, UNSET, "text", True, 1.5, ValueError("gone"), []])
VALUES = st.one_of(
    MOMENTS, MOMENTS.map(lambda moment: moment.replace(microsecond=0)), st.dates(), st.integers(), EDGES, ODD
)


@strawberry.type
class Query:
    at: datetime | None
    on: date | None
    big: BigInt | None
    surely_at: datetime
    surely_on: date
    surely_big: BigInt


SCHEMA = strawberry.Schema(Query, config=StrawberryConfig(default_resolver=read, scalar_map=SCALARS))


@pytest.mark.parametrize("name", ["at", "on", "big", "surelyAt", "surelyOn", "surelyBig"])
async def test_whatever_the_value_the_answer_is_that_of_strawberry(name: str) -> None:
    """Times with and without an offset or parts of a second, days, numbers of any size, and what is none of these."""
    text = f"{{ {name} }}"
    plan = Plans(SCHEMA, planned_at=1).find(text)
    assert plan is not None
    compared = 0

    @given(VALUES)
    def compare(value: Any) -> None:
        nonlocal compared
        root = Query(at=value, on=value, big=value, surely_at=value, surely_on=value, surely_big=value)
        expected = SCHEMA.execute_sync(text, root_value=root)
        answered = returned(execute(plan, None, None, root))
        assert msgspec.json.encode(expected.data) == msgspec.json.encode(answered.made)
        assert expected.data == answered.data
        told = [(error.message, error.path) for error in expected.errors or []]
        assert told == [(error.message, error.path) for error in answered.errors]
        compared += 1

    compare()
    assert compared


async def test_a_time_in_utc_is_written_by_the_encoder() -> None:
    """It is still a time in what was made, and a string in JSON."""
    plan = Plans(SCHEMA, planned_at=1).find("{ at }")
    assert plan is not None
    moment = datetime(2026, 11, 20, 8, tzinfo=UTC)
    root = Query(at=moment, on=None, big=None, surely_at=moment, surely_on=date.min, surely_big=BigInt(1))
    answered = await execute(plan, None, None, root)
    assert answered.made is not None
    assert moment is answered.made["at"]
    assert b'{"data":{"at":"2026-11-20T08:00:00Z"}}' == encode(answered)


async def test_what_rows_share_is_written_once() -> None:
    """The same object as in the row before, as the time at which a source answered; twice where all is done again."""
    written: list[datetime] = []

    def write(value: datetime) -> str:
        written.append(value)
        if value.year == 1:
            raise ValueError("before all time")
        return value.isoformat()

    @strawberry.type
    class Row:
        at: datetime | None

    @strawberry.type
    class Rows:
        rows: list[Row]

    stamp = strawberry.scalar(name="Stamp", serialize=write, parse_value=datetime.fromisoformat)
    config = StrawberryConfig(default_resolver=read, scalar_map={datetime: stamp})
    plan = Plans(strawberry.Schema(Rows, config=config), planned_at=1).find("{ rows { at } }")
    assert plan is not None
    one, other, wrong = (datetime(year, 11, 20, 8, tzinfo=UTC) for year in (2026, 2027, 1))
    for odd, errors in ([one, one], []), ([wrong, wrong], [["rows", 7, "at"], ["rows", 8, "at"]]):
        written.clear()
        given = [one, one, None, one, other, other, one, *odd, one, UNSET, one]
        answered = await execute(plan, None, None, Rows(rows=[Row(at=at) for at in given]))
        told = [at.isoformat() if isinstance(at, datetime) and at is not wrong else None for at in given]
        assert {"rows": [{"at": at} for at in told]} == answered.data
        assert errors == [error.path for error in answered.errors]
        once = [one, other, one]
        assert once + once * bool(errors) == [at for at in written if at is not wrong]
