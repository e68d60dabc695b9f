"""A wave: what can be asked at the same time; and its long loops, in which others get their turn."""

import asyncio
from collections.abc import Coroutine, Generator, Sequence
from itertools import pairwise
from time import monotonic
from types import coroutine
from typing import Any, TypeVar

T = TypeVar("T")

AT_ONCE = 2_000
"""So many records are looked at in one turn, where that takes a microsecond or two each."""

SLICE = 0.004
"""Seconds after which others get their turn."""


@coroutine
def next_turn() -> Generator[None]:
    """Let others have their turn of the event loop: `asyncio.sleep(0)`, without a look at how long."""
    yield


async def at_once(works: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """What comes of works that are done at the same time, in their order; when one is given up, all are.

    The last needs no task of its own: it has this one. It begins after the others, and so mostly ends after them: what
    comes of them all is then gone on with at once, and not after what else there is to do.
    """
    if not works:
        return []
    loop = asyncio.get_running_loop()
    tasks = [loop.create_task(work) for work in works[:-1]]
    try:
        if tasks:
            await next_turn()
        last = await works[-1]
        return [*[await task for task in tasks], last]
    except BaseException:
        works[-1].close()
        await _give_up(tasks)
        tasks.clear()  # an error holds this frame, which must not hold what holds the error
        raise


async def _give_up(tasks: Sequence["asyncio.Task[T]"]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def parts(sizes: Sequence[int]) -> list[slice]:
    """Stretches of a column, of which each can be done in one turn, by how much there is at each of its places."""
    if sum(sizes) <= AT_ONCE:
        return [slice(None)]
    ends, filled = [0], 0
    for place, size in enumerate(sizes):
        if filled and filled + size > AT_ONCE:
            ends.append(place)
            filled = 0
        filled += size
    return [slice(start, end) for start, end in pairwise([*ends, len(sizes)])]


class Turns:
    """A loop's turns at the processor: it looks now and then whether its own is over, and then lets others go on."""

    __slots__ = ("_until",)

    def __init__(self) -> None:
        self._until = monotonic() + SLICE

    def over(self) -> bool:
        """Whether it is time to let others go on."""
        return monotonic() >= self._until

    async def pass_on(self) -> None:
        """Let others go on."""
        await next_turn()
        self._until = monotonic() + SLICE
