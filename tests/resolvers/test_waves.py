"""Works that are done at the same time: none is left behind, whatever becomes of another."""

import asyncio

import pytest

from resolvers.waves import at_once

pytestmark = pytest.mark.anyio


class Works:
    """Works that note when they begin, and how they end."""

    def __init__(self) -> None:
        self.begun: list[int] = []
        self.ended: list[int] = []
        self.gates = [asyncio.Event() for _ in range(3)]
        self.all_begun = asyncio.Event()

    async def work(self, number: int, error: Exception | None = None) -> int:
        """Wait for the gate, then fail or give back the number."""
        self.begun.append(number)
        if len(self.begun) == len(self.gates):
            self.all_begun.set()
        try:
            await self.gates[number].wait()
            if error is not None:
                raise error
            return number
        finally:
            self.ended.append(number)


async def test_works_go_on_at_the_same_time_and_come_back_in_their_order(anyio_backend):
    """Whoever ends first, each result stands where its work stood."""
    works = Works()
    together = asyncio.ensure_future(at_once([works.work(number) for number in range(3)]))
    await works.all_begun.wait()
    for number in (1, 2, 0):
        works.gates[number].set()
        await asyncio.sleep(0)
    assert await together == [0, 1, 2]


async def test_nothing_to_do_is_done(anyio_backend):
    """A wave in which nobody is asked."""
    assert await at_once([]) == []


@pytest.mark.parametrize("failing", [0, 1, 2])
async def test_where_one_fails_the_others_are_given_up(anyio_backend, failing):
    """The error is told when no work is left that still goes on."""
    works = Works()
    errors = [ValueError("no") if number == failing else None for number in range(3)]
    together = asyncio.ensure_future(at_once([works.work(number, error) for number, error in enumerate(errors)]))
    await works.all_begun.wait()
    works.gates[failing].set()
    for number in range(failing):  # results are taken in order, the last work's first
        works.gates[number].set()
    works.gates[2].set()
    with pytest.raises(ValueError, match="no"):
        await together
    assert sorted(works.ended) == [0, 1, 2]


async def test_who_stops_waiting_stops_all(anyio_backend):
    """A request that is given up leaves nothing going on."""
    works = Works()
    together = asyncio.ensure_future(at_once([works.work(number) for number in range(3)]))
    await works.all_begun.wait()
    together.cancel()
    with pytest.raises(asyncio.CancelledError):
        await together
    assert sorted(works.ended) == [0, 1, 2]


async def test_the_last_of_them_begins_after_the_others(anyio_backend):
    """What comes of all is gone on with in the turn in which it ends, if it ends last."""
    works = Works()
    together = asyncio.ensure_future(at_once([works.work(number) for number in range(3)]))
    await works.all_begun.wait()
    assert works.begun == [0, 1, 2]
    for gate in works.gates:
        gate.set()
    await asyncio.sleep(0)
    assert works.ended == [0, 1, 2]
    assert together.done()
    assert await together == [0, 1, 2]


async def test_what_has_not_begun_when_all_are_given_up_never_does(anyio_backend):
    """Nor is it told of as something that nobody has waited for."""
    works = Works()
    together = asyncio.ensure_future(at_once([works.work(number) for number in range(3)]))
    await asyncio.sleep(0)
    together.cancel()
    with pytest.raises(asyncio.CancelledError):
        await together
    assert 2 not in works.begun
    assert sorted(works.ended) == works.begun
