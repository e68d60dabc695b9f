"""Who waits for a source waits until their own deadline, though one timer looks after all of them."""

import asyncio
from collections.abc import Callable
from typing import Any

import anyio.lowlevel
import pytest

from model.faults import TimedOut
from model.keys import Lookup
from sources.contract import Terms
from sources.guards.deadline import Deadline
from tests.sources.conftest import BY_CODE, AskFor
from tests.sources.guarding import until

pytestmark = pytest.mark.anyio


class Slow:
    """A source that answers when it is let."""

    name = "slow"
    lookups: dict[Lookup, Terms] = {}  # noqa: RUF012 - never changed

    def __init__(self) -> None:
        self.release = asyncio.Event()
        self.under_way = 0

    async def fetch(self, lookup: Lookup, keys: object, ask: object) -> dict[Any, Any]:
        """Nothing, in the end."""
        self.under_way += 1
        try:
            await self.release.wait()
        finally:
            self.under_way -= 1
        return {}


@pytest.fixture
def slow() -> Slow:
    """A source, not let to answer."""
    return Slow()


@pytest.fixture
def begin(slow: Slow, ask: AskFor) -> Callable[[float], "asyncio.Task[Any]"]:
    """Make a call that has so many seconds."""
    guard = Deadline(slow)  # type: ignore[arg-type]
    return lambda seconds: asyncio.create_task(guard.fetch(BY_CODE, ["C0"], ask(within=seconds)))


Begin = Callable[[float], "asyncio.Task[Any]"]


async def test_each_waits_until_its_own(slow: Slow, begin: Begin) -> None:
    """The later one, though it began first; and who has time is not disturbed."""
    calls = [begin(seconds) for seconds in (60, 0.15, 0.02)]
    for passed in (2, 1):
        with pytest.raises(TimedOut):
            await calls[passed]
        assert [call.done() for call in calls[:passed]] == [False] * passed
    slow.release.set()
    assert await calls[0] == {}


async def test_the_next_one_is_looked_after_when_nobody_was_there(begin: Begin) -> None:
    """The timer is set again."""
    for _ in range(3):
        with pytest.raises(TimedOut):
            await begin(0.01)


async def test_who_gives_up_is_told_of_no_deadline(slow: Slow, begin: Begin) -> None:
    """Nor is anybody else given up with them."""
    given_up, waiting = begin(60), begin(60)
    await until(lambda: slow.under_way == 2)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    slow.release.set()
    assert await waiting == {}


async def test_a_deadline_ends_the_call_and_not_who_made_it(slow: Slow, ask: AskFor) -> None:
    """Whoever asked goes on, and can be given up later."""
    guard = Deadline(slow)  # type: ignore[arg-type]
    with pytest.raises(TimedOut):
        await guard.fetch(BY_CODE, ["C0"], ask(within=0.01))
    task = asyncio.current_task()
    assert task is not None
    assert (0, 1) == (task.cancelling(), guard.counts["passed"])
    await anyio.lowlevel.checkpoint()


async def test_who_is_given_up_while_the_call_ends_is_given_up(ask: AskFor) -> None:
    """It is not taken for an answer that came too late."""
    ending = asyncio.Event()

    class Tidy(Slow):
        """Takes its time to end."""

        async def fetch(self, lookup: Lookup, keys: object, ask: object) -> dict[Any, Any]:
            """Never."""
            try:
                return await super().fetch(lookup, keys, ask)
            finally:
                ending.set()
                await self.release.wait()

    guard = Deadline(Tidy())  # type: ignore[arg-type]
    call = asyncio.create_task(guard.fetch(BY_CODE, ["C0"], ask(within=0.01)))
    await ending.wait()
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
