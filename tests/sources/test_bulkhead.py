"""A source gets so many calls at a time; more wait in turn, by customers, and one too many is told at once."""

import asyncio
from typing import Any

import anyio
import pytest

from model.ask import Ask
from model.caller import Caller
from model.faults import SourceFault
from model.keys import Lookup
from sources.guards.bulkhead import Bulkhead
from tests.sources.chaos import Chaos, Held, always
from tests.sources.conftest import BY_CODE, Declare, Serve
from tests.sources.guarding import CIRCUITS, GOOD, until

pytestmark = pytest.mark.anyio


class Crowd:
    """A bulkhead around a source that answers when it is let, and the order in which callers were answered."""

    def __init__(self, source: Any, chaos: Chaos, at_once: int, waiting: int) -> None:
        self.chaos = chaos
        self.release = anyio.Event()
        chaos.answer = always(Held(self.release, GOOD))
        self.bulkhead = Bulkhead(source, at_once, waiting)
        self.order: list[str] = []
        self.codes: list[tuple[str, str]] = []

    async def call(self, who: str) -> None:
        """Ask on behalf of a customer."""
        caller = Caller("somebody", customers=frozenset({who}))
        ask = Ask(fields=frozenset({"name"}), caller=caller, deadline=anyio.current_time() + 20)
        try:
            await self.bulkhead.fetch(BY_CODE, ["C0"], ask)
            self.order.append(who)
        except SourceFault as err:
            self.codes.append((who, err.code))


@pytest.fixture
async def crowd(serve: Serve, declare: Declare) -> Any:
    """Make a bulkhead around a chaos source."""

    async def make(at_once: int = 1, waiting: int = 4) -> Crowd:
        chaos = Chaos(always(GOOD))
        return Crowd(declare(await serve(chaos), CIRCUITS), chaos, at_once, waiting)

    return make


async def test_so_many_at_a_time_and_no_more(crowd: Any) -> None:
    """The rest wait, and are all answered."""
    one: Crowd = await crowd(at_once=3, waiting=20)
    async with anyio.create_task_group() as tasks:
        for _ in range(15):
            tasks.start_soon(one.call, "A")
        await until(lambda: one.chaos.busy == 3 and one.bulkhead.waiting == 12)
        one.release.set()
    assert (15, 3, 12) == (len(one.order), one.chaos.busiest, one.bulkhead.counts["waited"])
    assert one.bulkhead.waiting == 0


async def test_customers_take_turns(crowd: Any) -> None:
    """Who comes last with one call is served after one call of each other, not after a burst."""
    one: Crowd = await crowd(waiting=20)
    async with anyio.create_task_group() as tasks:
        for who in "AAAAAABBC":
            tasks.start_soon(one.call, who)
            await anyio.lowlevel.checkpoint()
        await until(lambda: one.bulkhead.waiting == 8)
        one.release.set()
    assert "".join(one.order) == "AABCABAAA"


async def test_one_too_many_is_told_at_once(crowd: Any) -> None:
    """Nobody waits for a place in the queue."""
    one: Crowd = await crowd(waiting=4)
    async with anyio.create_task_group() as tasks:
        for _ in range(8):
            tasks.start_soon(one.call, "A")
        await until(lambda: len(one.codes) == 3)
        one.release.set()
    assert one.codes == [("A", "SOURCE_OVERLOADED")] * 3
    assert len(one.order) == 5


async def test_a_burst_does_not_keep_others_out(crowd: Any) -> None:
    """A full queue makes room for whoever has less in it, at the expense of whoever has most."""
    one: Crowd = await crowd(waiting=4)
    async with anyio.create_task_group() as tasks:
        for who in "AAAAABB":
            tasks.start_soon(one.call, who)
            await anyio.lowlevel.checkpoint()
        await until(lambda: len(one.codes) == 2)
        await one.call("B")
        one.release.set()
    assert one.codes == [("A", "SOURCE_OVERLOADED")] * 2 + [("B", "SOURCE_OVERLOADED")]
    assert sorted(one.order) == ["A", "A", "A", "B", "B"]


async def test_who_gives_up_leaves_no_gap(crowd: Any) -> None:
    """Waiting or already called: the turn goes to the next, and in the end every place is free."""
    one: Crowd = await crowd(at_once=2, waiting=50)
    scopes: list[anyio.CancelScope] = []

    async def impatient() -> None:
        with anyio.CancelScope() as scope:
            scopes.append(scope)
            await one.call("B")

    async with anyio.create_task_group() as tasks:
        for _ in range(10):
            tasks.start_soon(impatient)
            tasks.start_soon(one.call, "A")
        await until(lambda: one.bulkhead.waiting == 18)
        for scope in scopes:
            scope.cancel()
        await until(lambda: one.bulkhead.waiting <= 9)
        one.release.set()
    assert one.order == ["A"] * 10
    release, one.release = one.release, anyio.Event()
    assert release.is_set()
    one.chaos.answer = always(Held(one.release, GOOD))
    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(one.call, "A")
        await until(lambda: one.chaos.busy == 2 and one.bulkhead.waiting == 1)
        one.release.set()


async def test_who_is_given_the_turn_and_gone_in_the_same_moment_passes_it_on(crowd: Any) -> None:
    """A turn is never lost."""
    one: Crowd = await crowd(at_once=1, waiting=5)
    first, second = anyio.CancelScope(), anyio.CancelScope()

    async def within(scope: anyio.CancelScope) -> None:
        with scope:
            await one.call("A")

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(within, first)
        await until(lambda: one.chaos.busy == 1)
        tasks.start_soon(within, second)
        tasks.start_soon(one.call, "B")
        await until(lambda: one.bulkhead.waiting == 2)
        first.cancel()
        second.cancel()
        one.release.set()
    assert one.order == ["B"]


async def test_who_gives_up_in_the_moment_before_the_turn_comes_is_passed_over(crowd: Any) -> None:
    """The call that ends is answered, and no place is lost: not to those who are gone, not on their account."""
    one: Crowd = await crowd(at_once=1, waiting=5)
    ask = Ask(fields=frozenset({"name"}), caller=Caller("op", staff=True), deadline=anyio.current_time() + 20)
    end = asyncio.get_running_loop().create_future()

    async def call(_lookup: Lookup, what: str, _ask: Ask) -> str:
        await end
        return what

    waiting = [asyncio.ensure_future(one.bulkhead.around(call, BY_CODE, what, ask)) for what in ("1", "2", "3", "4")]
    await until(lambda: one.bulkhead.waiting == 3)
    end.set_result(None)  # the first one will pass its turn on ...
    waiting[1].cancel()  # ... when these are gone already
    waiting[2].cancel()
    told = await asyncio.gather(*waiting, return_exceptions=True)
    assert ["1", "4"] == [one for one in told if isinstance(one, str)]
    assert "5" == await one.bulkhead.around(call, BY_CODE, "5", ask)


async def test_lists_wait_in_the_same_queue(crowd: Any) -> None:
    """Whatever a source is asked."""
    one: Crowd = await crowd(at_once=1, waiting=0)
    ask = Ask(fields=frozenset({"name"}), caller=Caller("op", staff=True), deadline=anyio.current_time() + 20)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(one.call, "A")
        await until(lambda: one.chaos.busy == 1)
        with pytest.raises(SourceFault, match="waiting"):
            await one.bulkhead.page(Lookup("circuit"), None, ask)
        one.release.set()
