"""Several things at the same time."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

import anyio

from model.faults import SourceFault

T = TypeVar("T")
R = TypeVar("R")


async def at_once(work: Callable[[T], Awaitable[R]], things: Sequence[T]) -> list[R]:
    """The work on each thing, all at the same time; results in order."""
    if len(things) == 1:
        return [await work(things[0])]
    results: dict[int, R] = {}

    async def one(place: int, thing: T) -> None:
        results[place] = await work(thing)

    async with anyio.create_task_group() as group:
        for place, thing in enumerate(things):
            group.start_soon(one, place, thing)
    return [results[place] for place in range(len(things))]


async def all_at_once(work: Callable[[T], Awaitable[R]], things: Sequence[T]) -> list[R]:
    """As `at_once`; raises the first of the faults that the work on some of them meets with, once all has ended."""

    async def caught(thing: T) -> R | SourceFault:
        try:
            return await work(thing)
        except SourceFault as err:
            return err

    results: list[R] = []
    for result in await at_once(caught, things):
        if isinstance(result, SourceFault):
            raise result
        results.append(result)
    return results
