"""Requests that take long are looked after by one timer, each in its own time."""

import asyncio

import pytest

from gateway.departure import MOMENT, Departure, Departures

pytestmark = pytest.mark.anyio


async def stays() -> dict[str, str]:
    """Tell of a client that does not leave."""
    await asyncio.Event().wait()
    raise AssertionError("nobody sets it")


async def leaves() -> dict[str, str]:
    """Tell of a client that has left."""
    return {"type": "http.disconnect"}


async def ended(among: Departures, receive, seconds: float) -> tuple[bool, bool]:
    """Wait in a block for its end: whether that was since the client has gone, and since it was late."""
    loop = asyncio.get_running_loop()
    with Departure(among, receive, loop, loop.time() + seconds) as departure:
        departure.watch(loop.time() + seconds)
        await asyncio.Event().wait()
    return departure.gone, departure.late


async def test_each_block_ends_for_its_own_reason():
    """Side by side: by a deadline sooner than the first look, or later, or by leaving."""
    among = Departures()
    many = [(stays, MOMENT / 4), (leaves, 60.0), (stays, MOMENT * 1.5), (leaves, 60.0), (stays, MOMENT / 2)]
    async with asyncio.timeout(30):
        how = await asyncio.gather(*(ended(among, receive, seconds) for receive, seconds in many))
    assert [(False, True), (True, False), (False, True), (True, False), (False, True)] == how


async def test_a_deadline_sooner_than_the_first_look_is_not_put_off():
    """A timer of the same loop that is due later finds the block late."""
    loop, seen = asyncio.get_running_loop(), asyncio.get_running_loop().create_future()
    now = loop.time()
    with Departure(Departures(), stays, loop, now + MOMENT / 8) as departure:
        loop.call_at(now + MOMENT / 4, lambda: seen.set_result(departure.late))
        await asyncio.Event().wait()
    assert await seen


async def test_a_cancellation_of_somebody_elses_passes():
    """Whoever ends a request from outside is not taken for a client that leaves."""
    among = Departures()
    waiting = asyncio.create_task(ended(among, stays, 60.0))
    await asyncio.sleep(0)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_who_is_done_is_looked_at_no_more():
    """And when none is left, the timer ends; the next one begins it again."""
    among, loop = Departures(), asyncio.get_running_loop()
    for _ in range(2):
        with Departure(among, leaves, loop, loop.time() + 60) as departure:
            pass
        async with asyncio.timeout(30):
            while among.looks(loop):  # noqa: ASYNC110 - a timer tells nobody that it has ended
                await asyncio.sleep(0.01)
        assert (False, False) == (departure.gone, departure.late)
