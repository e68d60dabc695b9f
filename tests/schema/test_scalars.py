"""Scalars: exact numbers, and times that mean one moment."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from graphql import GraphQLError

from schema.scalars import SCALARS, BigInt, read_duration, read_time, write_duration, write_time

BIG = SCALARS[BigInt]


@pytest.mark.parametrize(
    ("value", "written"), [(2**53, 2**53), (2**53 + 1, "9007199254740993"), (-(2**53) - 1, "-9007199254740993")]
)
def test_a_big_int_is_a_number_while_clients_can_hold_it(value, written):
    """Beyond 2^53 it travels as a string."""
    assert BIG.serialize(value) == written


@pytest.mark.parametrize(("given", "value"), [(5, 5), ("10000000000000000000", 10**19), ("-7", -7)])
def test_a_big_int_is_read_from_numbers_and_digits(given, value):
    """Both forms are understood."""
    assert BIG.parse_value(given) == value


@pytest.mark.parametrize("given", [True, 1.5, "1e3", "", "１" * 41, None, [], "--1"])
def test_anything_else_is_no_big_int(given):
    """With what was expected."""
    with pytest.raises(GraphQLError, match="whole number"):
        BIG.parse_value(given)


def test_a_time_is_written_in_utc():
    """RFC 3339, with `Z`."""
    beijing = timezone(timedelta(hours=8))
    assert write_time(datetime(2026, 11, 20, 16, tzinfo=beijing)) == "2026-11-20T08:00:00Z"
    assert write_time(datetime(2026, 11, 20, 8, 0, 0, 120000, tzinfo=UTC)) == "2026-11-20T08:00:00.120Z"


@pytest.mark.parametrize(
    "given", ["2026-11-20T08:00:00", "yesterday", 5, None, "0001-01-01T00:00:00+08:00", "9999-12-31T23:59:59-08:00"]
)
def test_a_time_without_an_offset_is_refused(given):
    """Nobody can know what it means."""
    with pytest.raises(GraphQLError, match="DateTime"):
        read_time(given)


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (timedelta(0), "PT0S"),
        (timedelta(minutes=5), "PT5M"),
        (timedelta(days=1), "P1D"),
        (timedelta(days=1, hours=2, seconds=3.5), "P1DT2H3.5S"),
        (-timedelta(hours=4, minutes=30), "-PT4H30M"),
    ],
)
def test_a_duration_is_written_in_iso_8601_and_read_back(span, text):
    """In days, hours, minutes and seconds; late is negative."""
    assert write_duration(span) == text
    assert read_duration(text) == span


@pytest.mark.parametrize("given", ["5 minutes", "P1M", "P1Y", "", 300, None])
def test_what_is_no_duration_is_refused(given):
    """Months and years have no fixed length."""
    with pytest.raises(GraphQLError, match="ISO 8601"):
        read_duration(given)


@pytest.mark.parametrize(
    "zone", [UTC, timezone(timedelta(hours=8)), timezone(-timedelta(hours=3, minutes=30))], ids=str
)
@pytest.mark.parametrize("microsecond", [0, 500_000, 123])
def test_a_time_is_written_the_same_whatever_its_zone(zone, microsecond):
    """In UTC, with milliseconds where there are parts of a second."""
    moment = datetime(2026, 11, 20, 8, 0, 5, microsecond, tzinfo=UTC)
    fraction = f".{microsecond // 1000:03}" if microsecond else ""
    assert f"2026-11-20T08:00:05{fraction}Z" == write_time(moment.astimezone(zone))
