"""A wave: what can be asked at the same time; and its long loops, in which others get their turn."""

import asyncio
from collections.abc import Coroutine, Sequence
from time import monotonic
from typing import Any, TypeVar

T = TypeVar("T")

SLICE = 0.004
"""Seconds after which others get their turn."""


async def at_once(works: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """What comes of works that are done at the same time, in their order; a single one needs no task of its own."""
    if len(works) == 1:
        return [await works[0]]
    return await asyncio.gather(*works) if works else []


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
        await asyncio.sleep(0)
        self._until = monotonic() + SLICE
