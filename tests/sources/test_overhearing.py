"""What a call has just said serves a crowd that comes to it late; who asks alone is told what the source says now."""

from collections.abc import Sequence
from typing import Any

import anyio
import pytest
from starlette.requests import Request

from model.answer import Answer
from model.faults import SourceFault, Unavailable
from sources.controls import Controls
from sources.grammar.guards import CacheDeclaration
from sources.guards.cache import Cache
from sources.guards.single_flight import SingleFlight
from sources.present import being_answered
from tests.sources.chaos import Chaos, Held, always, as_json, table
from tests.sources.conftest import BY_CODE, LIST, AskFor, Declare, Serve
from tests.sources.guarding import CIRCUITS, ROWS, until

pytestmark = pytest.mark.anyio
LONG, NEVER = 1e9, 0.0


class Guest:
    """A request that asks, and stays until it is sent away."""

    def __init__(self, source: Any, ask: AskFor) -> None:
        self.source, self.ask = source, ask
        self.may_ask, self.may_go = anyio.Event(), anyio.Event()
        self.said: Any = None
        self.there = False

    async def come(self, keys: Sequence[str]) -> None:
        """Be there, ask when that is allowed, and stay."""
        with being_answered():
            self.there = True
            await self.may_ask.wait()
            try:
                self.said = await self.source.fetch(BY_CODE, keys, self.ask())
            except SourceFault as err:
                self.said = type(err)
            await self.may_go.wait()


@pytest.fixture
async def chaos() -> Chaos:
    """A source of circuits."""
    return Chaos(table(ROWS))


@pytest.fixture
def flight(chaos: Chaos, serve: Serve, declare: Declare) -> Any:
    """Give the way to put a single flight around it, which remembers for so long."""

    async def around(moment: float) -> SingleFlight:
        return SingleFlight(declare(await serve(chaos), CIRCUITS), moment)

    return around


async def alone(source: Any, ask: AskFor, *keys: str) -> Any:
    """Ask as a request that comes, is answered and goes."""
    with being_answered():
        return await source.fetch(BY_CODE, keys, ask())


async def test_who_comes_a_moment_later_is_told_the_same(flight: Any, chaos: Chaos, ask: AskFor) -> None:
    """As long as one of those who heard it is there; only what nobody has heard is asked."""
    source = await flight(LONG)
    guest = Guest(source, ask)
    guest.may_ask.set()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(guest.come, ["C1", "C2", "none"])
        await until(lambda: guest.said)
        said = await alone(source, ask, "C2", "C3", "none")
        assert {"C2": guest.said["C2"]}.items() <= said.items()
        assert ["C2", "C3"] == sorted(said)
        guest.may_go.set()
    assert ["code=C1,C2,none", "code=C3"] == [line.partition("?")[2] for line in chaos.seen]
    assert {"overheard": 1} == source.counts


async def test_the_age_of_what_was_heard_is_told_truly(flight: Any, ask: AskFor) -> None:
    """It says when the source said it, not when it was passed on."""
    source = await flight(LONG)
    guest = Guest(source, ask)
    guest.may_ask.set()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(guest.come, ["C1"])
        await until(lambda: guest.said)
        assert guest.said["C1"].as_of == (await alone(source, ask, "C1"))["C1"].as_of
        guest.may_go.set()


async def test_who_asks_alone_is_told_anew(flight: Any, chaos: Chaos, ask: AskFor) -> None:
    """One after the other, however soon; and nothing is remembered of them."""
    source = await flight(LONG)
    for _ in range(3):
        await alone(source, ask, "C1")
        await source.fetch(BY_CODE, ["C1"], ask())
    assert 6 == len(chaos.seen)
    assert {} == source.counts
    assert {} == source.flights._by_kind


async def test_what_is_asked_on_nobodys_behalf_is_told_anew(flight: Any, chaos: Chaos, ask: AskFor) -> None:
    """A cache that renews what is old wants no answer from before, though somebody is there who has heard it."""
    source = await flight(LONG)
    guest = Guest(source, ask)
    guest.may_ask.set()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(guest.come, ["C1"])
        await until(lambda: guest.said)
        assert guest.said["C1"] is not (await source.fetch(BY_CODE, ["C1"], ask()))["C1"]
        guest.may_go.set()
    assert 2 == len(chaos.seen)
    assert {} == source.flights._by_kind


async def test_after_the_moment_it_is_asked_again(flight: Any, chaos: Chaos, ask: AskFor) -> None:
    """But for those who were there when the answer came: to them it is no older than their own question."""
    source = await flight(NEVER)
    first, second = Guest(source, ask), Guest(source, ask)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(first.come, ["C1"])
        tasks.start_soon(second.come, ["C1"])
        await until(lambda: first.there and second.there)
        first.may_ask.set()
        await until(lambda: first.said)
        second.may_ask.set()
        await until(lambda: second.said)
        assert 1 == len(chaos.seen)
        await alone(source, ask, "C1")
        assert 2 == len(chaos.seen)
        first.may_go.set()
        second.may_go.set()
    assert {} == source.flights._by_kind


async def test_lists_are_overheard_page_by_page(flight: Any, chaos: Chaos, ask: AskFor) -> None:
    """As keys are."""
    source = await flight(LONG)
    with being_answered():
        one = await source.page(LIST, None, ask())
        assert one is await source.page(LIST, None, ask())
    assert 1 == len(chaos.seen)
    assert {} == source.flights._by_kind


async def test_a_failure_is_not_remembered(flight: Any, chaos: Chaos, ask: AskFor) -> None:
    """Neither of a whole call nor of one key: who comes after it tries again."""
    source = await flight(LONG)
    rows = table(ROWS)
    chaos.answer = always(as_json({}, 500))
    guest = Guest(source, ask)
    guest.may_ask.set()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(guest.come, ["C1"])
        await until(lambda: guest.said)
        assert guest.said is Unavailable
        chaos.answer = rows
        assert isinstance((await alone(source, ask, "C1"))["C1"], Answer)
        guest.may_go.set()
    assert {} == source.flights._by_kind


async def test_who_goes_away_before_the_answer_leaves_nothing(flight: Any, chaos: Chaos, ask: AskFor) -> None:
    """Whoever made the call."""
    source = await flight(LONG)
    release = anyio.Event()
    chaos.answer = always(Held(release, as_json(ROWS[:1])))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(alone, source, ask, "C1")
        await until(lambda: chaos.busy)
        tasks.cancel_scope.cancel()
    release.set()
    assert {} == source.flights._by_kind


async def test_what_was_asked_for_before_it_was_told_out_of_date_serves_nobody_after(
    flight: Any, chaos: Chaos, ask: AskFor
) -> None:
    """Neither a call under way nor one that has landed; and a cache does not keep as new what such a call says."""
    single, controls = await flight(LONG), Controls()
    keep = CacheDeclaration.model_validate({"lookups": {"circuit by code": {"ttl": "10m"}}})
    source = Cache(single, keep, 5.0)
    for holding in (single.flights, source.kept):
        controls.watch(holding)
    guest, release, rows = Guest(source, ask), anyio.Event(), table(ROWS)

    def answer(request: Request, body: bytes) -> Any:
        return Held(release, rows(request, body))

    chaos.answer = answer
    guest.may_ask.set()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(guest.come, ["C1"])
        await until(lambda: chaos.busy == 1)
        await controls.forget(["circuit:C1"])
        tasks.start_soon(alone, source, ask, "C1")
        await until(lambda: chaos.busy == 2)
        release.set()
        await until(lambda: guest.said)
        await controls.forget(["circuit:C1"])
        await alone(source, ask, "C1")
        guest.may_go.set()
    assert 3 == len(chaos.seen)
    assert {} == single.flights._by_kind
