"""A source that fails too often is left in peace, and tried with care."""

from collections import deque
from contextlib import suppress
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.responses import Response

from model.answer import Answer
from model.ask import Ask
from model.faults import CircuitOpen, SourceFault, Unavailable
from model.keys import Lookup
from sources.contract import Terms
from sources.grammar.guards import BreakerDeclaration
from sources.guards.breaker import Breaker, BreakerState
from tests.sources.chaos import Chaos, Hanging, Held, always, as_json
from tests.sources.conftest import BY_CODE, AskFor, Declare, Serve
from tests.sources.guarding import CIRCUITS, GOOD, Clock, until

pytestmark = pytest.mark.anyio
EAGER = BreakerDeclaration(calls=4, rest=10.0, slow_after=2.0)
DOWN = as_json({}, 500)


class Broken:
    """A breaker around a chaos source, and the clock that it goes by."""

    def __init__(self, source: Any, chaos: Chaos, ask: AskFor, declared: BreakerDeclaration) -> None:
        self.clock = Clock()
        self.chaos = chaos
        self.breaker = Breaker(source, declared, timeout=5.0, clock=self.clock)
        self.ask = ask

    async def call(self, answer: Response | None = None, times: int = 1, ask: Ask | None = None) -> list[str]:
        """Ask so many times; the codes of what comes of it, `ok` for an answer."""
        if answer is not None:
            self.chaos.answer = always(answer)
        codes = []
        for _ in range(times):
            try:
                await self.breaker.fetch(BY_CODE, ["C0"], ask or self.ask())
                codes.append("ok")
            except SourceFault as err:
                codes.append(err.code)
        return codes


@pytest.fixture
async def broken(serve: Serve, declare: Declare, ask: AskFor) -> Any:
    """Make a breaker around a chaos source."""

    async def make(circuits: str = CIRCUITS) -> Broken:
        chaos = Chaos(always(GOOD))
        return Broken(declare(await serve(chaos), circuits), chaos, ask, EAGER)

    return make


@pytest.mark.parametrize(
    "failure",
    [
        DOWN,
        as_json({}, 503),
        as_json({}, 401),
        Response(b"<html>sign in</html>", media_type="text/html"),
        as_json([1, 2]),
    ],
    ids=["500", "503", "401", "login page", "wrong shape"],
)
async def test_what_is_not_as_agreed_opens_it(broken: Any, failure: Response) -> None:
    """Half of at least so many calls; after that the source is not asked at all."""
    one: Broken = await broken()
    assert await one.call(times=2) == ["ok", "ok"]
    await one.call(failure, times=2)
    asked = len(one.chaos.seen)
    assert await one.call(GOOD, times=3) == ["SOURCE_CIRCUIT_OPEN"] * 3
    assert len(one.chaos.seen) == asked
    assert one.breaker.state is BreakerState.OPEN
    assert one.breaker.counts == {"opened": 1, "refused": 3}


@pytest.mark.parametrize("status", [400, 404, 409, 422])
async def test_a_callers_mistakes_do_not_count(broken: Any, status: int) -> None:
    """Else whoever asks nonsense could take the source from everybody."""
    one: Broken = await broken()
    await one.call(as_json({}, status), times=20)
    assert one.breaker.state is BreakerState.CLOSED


async def test_a_callers_hurry_does_not_count(broken: Any, ask: AskFor) -> None:
    """Who gives it no time learns nothing of it; nor does who goes away."""
    one: Broken = await broken()
    assert await one.call(Hanging(), times=6, ask=ask(within=0.01)) == ["SOURCE_TIMED_OUT"] * 6
    for _ in range(6):
        with anyio.move_on_after(0.01):
            await one.call(Hanging())
    assert one.breaker.state is BreakerState.CLOSED


async def test_keys_that_fail_alone_count(broken: Any, ask: AskFor) -> None:
    """A chunk of a call that failed is a failure of the source's."""
    one: Broken = await broken(CIRCUITS.replace("join: comma", "join: one"))
    one.chaos.answer = lambda request, body: DOWN if "C1" in str(request.url) else GOOD
    for _ in range(4):
        said = await one.breaker.fetch(BY_CODE, ["C0", "C1"], ask())
        assert [type(one) for one in said.values()] == [Answer, Unavailable]
    assert one.breaker.state is BreakerState.OPEN


async def test_answers_that_come_too_late_open_it(broken: Any) -> None:
    """Slow is a failure of its own, though every answer be good."""
    one: Broken = await broken()

    async def slowly() -> None:
        release = anyio.Event()
        one.chaos.answer = always(Held(release, GOOD))
        async with anyio.create_task_group() as tasks:
            seen = len(one.chaos.seen)
            tasks.start_soon(one.call)
            await until(lambda: len(one.chaos.seen) > seen)
            one.clock.now += 3
            release.set()

    for _ in range(4):
        await slowly()
    assert one.breaker.state is BreakerState.OPEN


async def test_after_a_rest_a_few_are_let_through_and_have_to_succeed(broken: Any) -> None:
    """Two probes at a time, and no more; when both succeed, all are let through and the past is forgotten."""
    one: Broken = await broken()
    await one.call(DOWN, times=4)
    one.clock.now += 10
    assert one.breaker.state is BreakerState.HALF_OPEN
    release = anyio.Event()
    seen = len(one.chaos.seen)
    one.chaos.answer = always(Held(release, GOOD))
    codes: list[list[str]] = []

    async def call() -> None:
        codes.append(await one.call())

    async with anyio.create_task_group() as tasks:
        for _ in range(10):
            tasks.start_soon(call)
        await until(lambda: len(codes) == 8 and len(one.chaos.seen) == seen + 2)
        release.set()
    assert sorted(codes) == [["SOURCE_CIRCUIT_OPEN"]] * 8 + [["ok"]] * 2
    assert one.breaker.state is BreakerState.CLOSED
    await one.call(DOWN, times=3)
    assert one.breaker.state is BreakerState.CLOSED


async def test_a_probe_that_fails_opens_it_for_longer(broken: Any) -> None:
    """Twice as long each time, up to eight times; a success makes it short again."""
    one: Broken = await broken()
    await one.call(DOWN, times=4)
    for rest in (10, 20, 40, 80, 80):
        one.clock.now += rest - 0.1
        assert await one.call() == ["SOURCE_CIRCUIT_OPEN"]
        one.clock.now += 0.1
        assert await one.call() == ["SOURCE_UNAVAILABLE"]
    one.clock.now += 80
    assert await one.call(GOOD, times=2) == ["ok", "ok"]
    await one.call(DOWN, times=4)
    one.clock.now += 10
    assert one.breaker.state is BreakerState.HALF_OPEN


async def test_a_probe_that_is_given_up_leaves_its_place(broken: Any, ask: AskFor) -> None:
    """It tells nothing, and the next may try."""
    one: Broken = await broken()
    await one.call(DOWN, times=4)
    one.clock.now += 10
    for _ in range(5):
        assert await one.call(Hanging(), ask=ask(within=0.01)) == ["SOURCE_TIMED_OUT"]
    assert await one.call(GOOD, times=2) == ["ok", "ok"]
    assert one.breaker.state is BreakerState.CLOSED


async def test_a_straggler_from_before_tells_nothing(broken: Any) -> None:
    """A call that began before it opened does not close it, nor count as a probe."""
    one: Broken = await broken()
    release = anyio.Event()
    one.chaos.answer = always(Held(release, GOOD))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(one.call)
        await until(lambda: one.chaos.busy)
        await one.call(DOWN, times=4)
        release.set()
    assert one.breaker.state is BreakerState.OPEN


async def test_a_bug_in_a_connector_counts(broken: Any, ask: AskFor) -> None:
    """Whatever it is that fails."""
    one: Broken = await broken()
    for _ in range(4):
        with suppress(KeyError):
            await one.breaker.around(_bug, BY_CODE, ["C0"], ask())
    with pytest.raises(CircuitOpen):
        await one.breaker.page(BY_CODE, None, ask())


async def _bug(*_: object) -> None:
    raise KeyError


class Nobody:
    """A source that is not asked."""

    name, lookups = "s", dict[Lookup, Terms]()


WELL = st.tuples(st.just("well"), st.integers(1, 80))
ILL = st.tuples(st.sampled_from(["failed", "slow", "both", "nothing"]), st.integers(1, 12))


@given(st.lists(WELL | ILL | ILL, max_size=12))
def test_the_last_64_calls_are_what_is_judged(steps: list[tuple[str, int]]) -> None:
    """As if each was kept by itself: however many went well between those that did not."""
    breaker = Breaker(Nobody(), EAGER, timeout=5.0, clock=Clock())  # type: ignore[arg-type]
    last: deque[tuple[bool, bool]] = deque(maxlen=64)
    for how, times in steps:
        for _ in range(times):
            failed, slow = how in {"failed", "both"}, how in {"slow", "both"}
            breaker.note(None if how == "nothing" else failed, 3.0 if slow else 0.1, None)
            if how != "nothing":
                last.append((failed, slow))
            failures, delays = (sum(one) for one in zip(*last, strict=True)) if last else (0, 0)
            too_many = failures >= len(last) * EAGER.failing or delays >= len(last) * EAGER.slow
            judged = how not in {"well", "nothing"} and len(last) >= EAGER.calls
            assert (judged and too_many) == (breaker.state is BreakerState.OPEN)
            if judged and too_many:
                return
