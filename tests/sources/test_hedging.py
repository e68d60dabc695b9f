"""A call that takes longer than most gets a second one beside it."""

from itertools import count
from typing import Any

import anyio
import pytest

from model.faults import Unavailable
from sources.grammar.guards import HedgeDeclaration
from sources.guards.hedging import Hedging, Usual
from tests.sources.chaos import Chaos, Hanging, Held, always, as_json
from tests.sources.conftest import BY_CODE, AskFor, Declare, Serve
from tests.sources.guarding import CIRCUITS, GOOD, until

pytestmark = pytest.mark.anyio
HEDGE = HedgeDeclaration(at_least=0.01)


class Raced:
    """A hedge around a chaos source, of which it is known what is usual."""

    def __init__(self, source: Any, chaos: Chaos) -> None:
        self.chaos = chaos
        self.hedge = Hedging(source, HEDGE)

    def first_then(self, first: Any, then: Any) -> None:
        """Answer the next call in one way, all others in another."""
        self.chaos.seen.clear()
        numbers = count()
        self.chaos.answer = lambda request, body: first if next(numbers) == 0 else then


@pytest.fixture
async def raced(serve: Serve, declare: Declare, ask: AskFor) -> Raced:
    """A hedge around a chaos source that has answered quickly so far."""
    chaos = Chaos(always(GOOD), hung_up=anyio.Event())
    one = Raced(declare(await serve(chaos), CIRCUITS), chaos)
    for _ in range(32):
        await one.hedge.fetch(BY_CODE, ["C0"], ask())
    return one


async def test_a_call_that_hangs_is_overtaken(raced: Raced, ask: AskFor) -> None:
    """The second answer counts, and the first call is given up, upstream too."""
    raced.first_then(Hanging(), GOOD)
    assert list(await raced.hedge.fetch(BY_CODE, ["C0"], ask())) == ["C0"]
    assert (2, {"sent": 1, "won": 1}) == (len(raced.chaos.seen), raced.hedge.counts)
    assert raced.chaos.hung_up is not None
    with anyio.fail_after(10):
        await raced.chaos.hung_up.wait()


async def test_a_second_call_that_hangs_is_given_up(raced: Raced, ask: AskFor) -> None:
    """When the first one comes after all."""
    release = anyio.Event()
    raced.first_then(Held(release, GOOD), Hanging())

    async def let_go() -> None:
        await until(lambda: len(raced.chaos.seen) == 2)
        release.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(let_go)
        assert list(await raced.hedge.fetch(BY_CODE, ["C0"], ask())) == ["C0"]
    assert raced.hedge.counts == {"sent": 1}
    assert raced.chaos.hung_up is not None
    with anyio.fail_after(10):
        await raced.chaos.hung_up.wait()


async def test_the_second_answers_for_a_first_that_fails(raced: Raced, ask: AskFor) -> None:
    """It is under way already; no need to tell a failure."""
    release = anyio.Event()
    raced.first_then(Held(release, as_json({}, 500)), Held(release, GOOD))

    async def let_go() -> None:
        await until(lambda: len(raced.chaos.seen) == 2)
        release.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(let_go)
        assert list(await raced.hedge.fetch(BY_CODE, ["C0"], ask())) == ["C0"]


async def test_two_failures_are_one(raced: Raced, ask: AskFor) -> None:
    """The first one's."""
    release = anyio.Event()
    raced.first_then(Held(release, as_json({}, 500)), as_json({}, 401))

    async def let_go() -> None:
        await until(lambda: len(raced.chaos.seen) == 2)
        release.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(let_go)
        with pytest.raises(Unavailable):
            await raced.hedge.fetch(BY_CODE, ["C0"], ask())
    assert raced.hedge.counts == {"sent": 1}


async def test_who_gives_up_gives_up_both(raced: Raced, ask: AskFor) -> None:
    """Nothing goes on upstream for somebody who has left."""
    raced.first_then(Hanging(), Hanging())
    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(raced.hedge.fetch, BY_CODE, ["C0"], ask(within=20.0))
            await until(lambda: len(raced.chaos.seen) == 2)
            scope.cancel()
    await until(lambda: raced.chaos.busy == 0)


async def test_a_source_that_is_slow_altogether_is_not_asked_twice(raced: Raced, ask: AskFor) -> None:
    """Beyond a few in a row, only so many of a hundred calls get a second one."""
    for _ in range(40):
        release = anyio.Event()
        raced.chaos.answer = always(Held(release, GOOD))
        raced.chaos.seen.clear()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(raced.hedge.fetch, BY_CODE, ["C0"], ask(within=20.0))
            await until(lambda: raced.chaos.seen)
            await anyio.sleep(0.03)
            release.set()
    assert 1 <= raced.hedge.counts["sent"] <= 3 + 40 * 0.06


def test_where_one_in_twenty_hangs_the_usual_is_not_a_hanging_one() -> None:
    """The p95 would be; twice the p90 bounds it."""
    usual = Usual()
    for number in range(256):
        usual.note(1.0 if number % 16 == 0 else 0.02 + number * 1e-6)
    assert usual.patience is not None
    assert usual.patience < 0.05


def test_the_usual_is_the_p95() -> None:
    """Of the last 256 calls; unknown while there were few."""
    usual = Usual()
    for _ in range(31):
        usual.note(1.0)
    assert usual.patience is None
    for number in range(257):
        usual.note(0.1 + (number % 100) / 1000)
    assert usual.patience == pytest.approx(0.195, abs=0.003)
