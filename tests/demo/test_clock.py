"""The demo's clock: where it can be set to, how fast it runs, and what it refuses."""

from datetime import timedelta
from typing import Any

import pytest

from demo.clock import Clock
from demo.world.chance import NOW

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    "setting",
    [
        {},
        {"to": "2026-11-20T07:59:59Z"},
        {"to": "2028-01-01T00:00:00Z"},
        {"to": "2026-11-20T09:00:00"},
        {"to": "later"},
        {"advance_s": -1},
        {"advance_s": 1e300},
        {"speed": -1},
        {"to": "2026-11-20T09:00:00Z", "speed": -1},
        {"to": "2026-11-20T07:00:00Z", "speed": 60},
        {"pace": 2},
    ],
)
async def test_a_clock_that_cannot_be_set_says_why(fragile: Any, setting: dict[str, Any]) -> None:
    """Moments before the base or far beyond, or without a zone, and unknown settings are refused; nothing moves."""
    refused = await fragile.control("POST", "/clock", setting)
    assert (422, True) == (refused.status_code, "expected any of to" in refused.json()["error"])
    standing = {"now": "2026-11-20T08:00:00Z", "base": "2026-11-20T08:00:00Z", "speed": 0.0}
    assert standing == (await fragile.control("GET", "/clock")).json()


async def test_the_clock_can_be_moved_and_let_run(fragile: Any) -> None:
    """It is moved to a moment or on by seconds, and tells its base and its speed."""
    told = (await fragile.control("POST", "/clock", {"to": "2026-11-20T17:00:00+08:00", "advance_s": 90})).json()
    assert {"now": "2026-11-20T09:01:30Z", "base": "2026-11-20T08:00:00Z", "speed": 0.0} == told
    assert 60.0 == (await fragile.control("POST", "/clock", {"speed": 60})).json()["speed"]


async def test_a_running_clock_goes_so_many_times_as_fast() -> None:
    """At 60, a second of the wall's is a minute of the demo's; stopped, it stands where it came to."""
    ticks = [0.0]
    clock = Clock(lambda: ticks[0])
    clock.run(60)
    ticks[0] = 10.0
    assert NOW + timedelta(minutes=10) == clock.now
    clock.run(0)
    ticks[0] = 20.0
    assert NOW + timedelta(minutes=10) == clock.now
