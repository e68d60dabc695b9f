"""A wave: what can be asked at the same time."""

import asyncio
from collections.abc import Coroutine, Sequence
from typing import Any, TypeVar

T = TypeVar("T")


async def at_once(works: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """What comes of works that are done at the same time, in their order; a single one needs no task of its own."""
    if len(works) == 1:
        return [await works[0]]
    return await asyncio.gather(*works) if works else []
