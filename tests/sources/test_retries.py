"""What failed for a moment is asked again, within a budget and the deadline."""

from typing import Any

import anyio
import pytest

from model.answer import Answer
from model.faults import SourceFault, TimedOut, Unavailable
from sources.grammar.guards import RetriesDeclaration
from sources.guards.retries import Retries
from tests.sources.chaos import Chaos, Hanging, always, as_json, in_turn
from tests.sources.conftest import BY_CODE, LIST, AskFor, Declare, Serve
from tests.sources.guarding import CIRCUITS, GOOD, ROWS

pytestmark = pytest.mark.anyio
SOON = RetriesDeclaration(wait=0.001)
DOWN = as_json({}, 500)


@pytest.fixture
async def retried(serve: Serve, declare: Declare) -> Any:
    """Make retries around a chaos source that gives these answers."""

    async def make(*answers: Any, declared: RetriesDeclaration = SOON, circuits: str = CIRCUITS) -> Any:
        chaos = Chaos(in_turn(*answers))
        return Retries(declare(await serve(chaos), circuits, timeout="1s"), declared), chaos

    return make


async def test_a_failure_of_a_moment_is_not_noticed(retried: Any, ask: AskFor) -> None:
    """Asked again, the source answers: keys and lists alike."""
    source, chaos = await retried(DOWN, as_json({}, 503), GOOD, DOWN, GOOD)
    assert list(await source.fetch(BY_CODE, ["C0"], ask())) == ["C0"]
    assert len((await source.page(LIST, None, ask())).records) == 1
    assert (5, {"repeated": 3}) == (len(chaos.seen), source.counts)


async def test_a_failure_that_lasts_is_told(retried: Any, ask: AskFor) -> None:
    """After so many times the last failure is the answer."""
    source, chaos = await retried(DOWN)
    with pytest.raises(Unavailable):
        await source.fetch(BY_CODE, ["C0"], ask())
    assert len(chaos.seen) == 3


@pytest.mark.parametrize(
    "answer",
    [as_json({}, 400), as_json({}, 401), as_json([1]), as_json({}, 409)],
    ids=["bad request", "unauthorised", "malformed", "rejected"],
)
async def test_what_will_not_change_is_not_asked_again(retried: Any, ask: AskFor, answer: Any) -> None:
    """It would only be told the same."""
    source, chaos = await retried(answer)
    with pytest.raises(SourceFault):
        await source.fetch(BY_CODE, ["C0"], ask())
    assert len(chaos.seen) == 1


async def test_a_source_that_hangs_is_not_given_its_time_twice(retried: Any, ask: AskFor) -> None:
    """Who waits for it waits once."""
    source, chaos = await retried(Hanging())
    with pytest.raises(TimedOut):
        await source.fetch(BY_CODE, ["C0"], ask())
    assert len(chaos.seen) == 1


async def test_only_the_keys_that_failed_are_asked_again(retried: Any, ask: AskFor) -> None:
    """What is known is not fetched twice; what fails for good is told for its key."""
    source, chaos = await retried(GOOD, circuits=CIRCUITS.replace("join: comma", "join: one"))
    failing = {"C1": 1, "C2": 99}

    def answer(request: Any, _: bytes) -> Any:
        code = request.query_params["code"]
        failing[code] = failing.get(code, 0) - 1
        return DOWN if failing[code] >= 0 else as_json([row for row in ROWS if row["code"] == code])

    chaos.answer = answer
    said = await source.fetch(BY_CODE, ["C0", "C1", "C2"], ask())
    assert {"C0": Answer, "C1": Answer, "C2": Unavailable} == {key: type(one) for key, one in said.items()}
    assert ["C0", "C1", "C1", "C2", "C2"] == sorted(line[-2:] for line in chaos.seen)


async def test_a_source_says_itself_when_to_come_again(retried: Any, ask: AskFor) -> None:
    """Retry-After counts more than our own wait; later than the deadline it is not waited for."""
    source, chaos = await retried(as_json({}, 429, retry_after="1"), GOOD, as_json({}, 503, retry_after="60"), GOOD)
    began = anyio.current_time()
    await source.fetch(BY_CODE, ["C0"], ask())
    assert anyio.current_time() - began >= 1
    with pytest.raises(Unavailable):
        await source.fetch(BY_CODE, ["C0"], ask())
    assert len(chaos.seen) == 3


async def test_nothing_is_asked_again_after_the_deadline(retried: Any, ask: AskFor) -> None:
    """Nor is anything waited for that would come too late."""
    source, chaos = await retried(DOWN, declared=RetriesDeclaration(wait=60.0))
    with pytest.raises(Unavailable):
        await source.fetch(BY_CODE, ["C0"], ask())
    assert len(chaos.seen) == 1


async def test_an_outage_is_not_answered_by_more_load(retried: Any, ask: AskFor) -> None:
    """Beyond a reserve, only one call in ten may be a repetition."""
    source, chaos = await retried(DOWN)
    for _ in range(100):
        with pytest.raises(Unavailable):
            await source.fetch(BY_CODE, ["C0"], ask())
    repeated = len(chaos.seen) - 100
    assert 18 <= repeated <= 20
    assert source.counts["repeated"] == repeated
    assert source.counts["over budget"] > 0
    chaos.answer = always(GOOD)
    assert list(await source.fetch(BY_CODE, ["C0"], ask())) == ["C0"]
