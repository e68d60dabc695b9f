"""Many identical questions cost a source one call; one asker's going away harms nobody."""

from collections.abc import Sequence
from typing import Any

import anyio
import pytest
from starlette.requests import Request

from model.answer import Answer
from model.ask import Condition, Operator
from model.faults import SourceFault, TimedOut, Unavailable
from sources.contract import Answers
from sources.guards.single_flight import SingleFlight
from tests.sources.chaos import Chaos, Hanging, Held, always, as_json, table
from tests.sources.conftest import BY_CODE, LIST, AskFor, Declare, Serve
from tests.sources.guarding import CIRCUITS, ROWS, until

pytestmark = pytest.mark.anyio


class Shared:
    """A single flight around a chaos source, whose answers are held until they are released."""

    def __init__(self, source: Any, chaos: Chaos, ask: AskFor) -> None:
        self.chaos = chaos
        self.source = SingleFlight(source)
        self.ask = ask
        self.hold()
        self.said: list[Any] = []

    def hold(self) -> None:
        """Hold answers back, from now on."""
        self.release = release = anyio.Event()
        rows = table(ROWS)
        self.chaos.answer = lambda request, body: Held(release, rows(request, body))

    async def fetch(self, keys: Sequence[str], within: float = 20.0, **more: Any) -> None:
        """Ask, and keep what is said."""
        try:
            self.said.append(await self.source.fetch(BY_CODE, keys, self.ask(within=within, **more)))
        except SourceFault as err:
            self.said.append(type(err))

    @property
    def asked(self) -> list[str]:
        """The keys of each call that the source has had."""
        return [line.partition("code=")[2].partition("&")[0] for line in self.chaos.seen]


@pytest.fixture
async def shared(serve: Serve, declare: Declare, ask: AskFor) -> Shared:
    """A single flight around a chaos source."""
    chaos = Chaos(always(as_json([])))
    return Shared(declare(await serve(chaos), CIRCUITS, concurrency=300), chaos, ask)


async def test_two_hundred_identical_questions_are_one_call(shared: Shared) -> None:
    """Everybody gets the answer, each a mapping of their own."""
    async with anyio.create_task_group() as tasks:
        for _ in range(200):
            tasks.start_soon(shared.fetch, ["C1", "C2"])
        await until(lambda: shared.chaos.busy)
        shared.release.set()
    assert shared.asked == ["C1,C2"]
    assert [["C1", "C2"]] * 200 == [list(said) for said in shared.said]
    assert len({id(said) for said in shared.said}) == 200
    assert shared.source.counts == {"joined": 199}


async def test_who_asks_for_some_of_it_gets_these_alone(shared: Shared) -> None:
    """As a whole, as who made the call has it, where that call answers all of their keys."""
    async with anyio.create_task_group() as tasks:
        for keys in (["C1", "C2", "none"], ["C2", "none"], ["C2", "C1"]):
            tasks.start_soon(shared.fetch, keys)
            await anyio.lowlevel.checkpoint()
        await until(lambda: shared.chaos.busy)
        shared.release.set()
    assert shared.asked == ["C1,C2,none"]
    assert [["C1", "C2"], ["C2"], ["C2", "C1"]] == [list(said) for said in shared.said]
    whole, *parts = shared.said
    assert all(isinstance(said, Answers) for said in shared.said)
    assert [{key: whole[key] for key in said} for said in parts] == parts


async def test_lists_are_shared_page_by_page(shared: Shared) -> None:
    """Another page is another question."""
    async with anyio.create_task_group() as tasks:
        for _ in range(20):
            tasks.start_soon(shared.source.page, LIST, None, shared.ask())
        await until(lambda: shared.chaos.busy)
        shared.release.set()
    assert len(shared.chaos.seen) == 1


async def test_only_the_keys_that_are_not_under_way_are_asked(shared: Shared) -> None:
    """Whatever the sets of keys have in common; who is alone with a key asks for it."""
    async with anyio.create_task_group() as tasks:
        for keys in (["C1", "C2"], ["C2", "C3"], ["C3", "C1"], ["C4"], ["C1", "C4", "C5", "none"]):
            tasks.start_soon(shared.fetch, keys)
            await anyio.lowlevel.checkpoint()
        await until(lambda: shared.chaos.busy == 4)
        shared.release.set()
    assert sorted(shared.asked) == ["C1,C2", "C3", "C4", "C5,none"]
    assert [["C1", "C2"], ["C1", "C3"], ["C1", "C4", "C5"], ["C2", "C3"], ["C4"]] == sorted(
        sorted(said) for said in shared.said
    )


@pytest.mark.parametrize(
    "other",
    [
        {"fields": frozenset({"name"})},
        {"raw": True},
        {"limit": 3},
        {"filter": (Condition("name", Operator.EQ, "x"),)},
    ],
    ids=["fields", "raw", "limit", "filter"],
)
async def test_another_question_is_another_call(shared: Shared, other: dict[str, Any]) -> None:
    """What of an ask decides the answer keeps questions apart."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: shared.fetch(["C1"]))
        tasks.start_soon(lambda: shared.fetch(["C1"], **other))
        await until(lambda: shared.chaos.busy == 2)
        shared.release.set()
    assert shared.asked == ["C1", "C1"]


@pytest.mark.parametrize("leaving", [0, 1, 7], ids=["the first", "the second", "another"])
async def test_one_who_goes_away_harms_nobody(shared: Shared, leaving: int) -> None:
    """If it was who made the call, another makes it again; the source is asked once more, not by everybody."""
    scopes = [anyio.CancelScope() for _ in range(10)]

    async def wait(scope: anyio.CancelScope) -> None:
        with scope:
            await shared.fetch(["C1", "C2"])

    async with anyio.create_task_group() as tasks:
        for scope in scopes:
            tasks.start_soon(wait, scope)
        await until(lambda: shared.chaos.busy)
        scopes[leaving].cancel()
        await until(lambda: len(shared.chaos.seen) == (1 if leaving else 2))
        shared.release.set()
    assert [["C1", "C2"]] * 9 == [list(said) for said in shared.said]
    assert len(shared.chaos.seen) == (1 if leaving else 2)


async def test_everybody_going_away_ends_the_call(shared: Shared) -> None:
    """Nothing goes on upstream that nobody waits for, and nothing is left of it here."""
    shared.chaos.answer = always(Hanging())
    with anyio.CancelScope() as scope:
        async with anyio.create_task_group() as tasks:
            for _ in range(5):
                tasks.start_soon(shared.fetch, ["C1"])
            await until(lambda: shared.chaos.busy)
            scope.cancel()
    await until(lambda: shared.chaos.busy == 0)
    shared.hold()
    shared.release.set()
    await shared.fetch(["C1"])
    assert list(shared.said[0]) == ["C1"]


async def test_who_has_more_time_is_not_told_of_anothers_lack_of_it(shared: Shared) -> None:
    """The first one's deadline passes; those with more time get an answer, those with less are told in theirs."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(shared.fetch, ["C1"], 0.2)
        await until(lambda: shared.chaos.busy)
        tasks.start_soon(shared.fetch, ["C1", "C2"], 20.0)
        await until(lambda: len(shared.chaos.seen) == 3)
        shared.release.set()
    assert shared.said[0] is TimedOut
    assert sorted(shared.said[1]) == ["C1", "C2"]


async def test_a_failure_is_shared_too(shared: Shared) -> None:
    """Nobody asks again what has just failed for all; the next question is another call."""
    release = anyio.Event()
    shared.chaos.answer = always(Held(release, as_json({}, 500)))
    async with anyio.create_task_group() as tasks:
        for _ in range(10):
            tasks.start_soon(shared.fetch, ["C1"])
        tasks.start_soon(shared.fetch, ["C1", "C2"])
        await until(lambda: shared.chaos.busy == 2)
        release.set()
    faults = [said if isinstance(said, type) else type(said["C1"]) for said in shared.said]
    assert [Unavailable] * 11 == faults
    assert sorted(shared.asked) == ["C1", "C2"]
    with pytest.raises(Unavailable):
        await shared.source.page(LIST, None, shared.ask())


async def test_a_failure_of_some_keys_leaves_the_others(shared: Shared) -> None:
    """What one call lost, the other call's keys do not lose."""
    releases = {"C1": anyio.Event(), "C2": anyio.Event()}
    rows = table(ROWS)

    def answer(request: Request, body: bytes) -> Any:
        code = request.query_params["code"]
        return Held(releases[code], as_json({}, 500) if code == "C1" else rows(request, body))

    shared.chaos.answer = answer
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(shared.fetch, ["C1"])
        await until(lambda: shared.chaos.busy)
        tasks.start_soon(shared.fetch, ["C1", "C2"])
        await until(lambda: shared.chaos.busy == 2)
        releases["C1"].set()
        await until(lambda: shared.said)
        releases["C2"].set()
    assert {"C1": Unavailable, "C2": Answer} == {key: type(one) for key, one in shared.said[1].items()}


async def test_a_bug_in_a_connector_is_everybodys_fault_at_once(ask: AskFor) -> None:
    """Those who wait do not each try it in turn."""
    gone = anyio.Event()
    tried = 0

    class Buggy:
        name = "buggy"
        lookups: dict[Any, Any] = {}  # noqa: RUF012 - never changed

        async def fetch(self, *_: object) -> dict[str, Any]:
            nonlocal tried
            tried += 1
            await gone.wait()
            raise KeyError

    source: Any = Buggy()
    flight = SingleFlight(source)
    codes: list[str] = []

    async def call() -> None:
        try:
            said = await flight.fetch(BY_CODE, ["C1"], ask())
            codes.extend(one.code for one in said.values() if isinstance(one, SourceFault))
        except KeyError:
            codes.append("bug")

    async with anyio.create_task_group() as tasks:
        for _ in range(5):
            tasks.start_soon(call)
        await until(lambda: flight.counts["joined"] == 4)
        gone.set()
    assert (["bug", *["SOURCE_FAILED"] * 4], 1) == (sorted(codes, key=lambda code: code != "bug"), tried)
