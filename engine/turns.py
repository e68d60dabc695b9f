"""Long loops, done a part at a time: whoever else has something to do in this process gets a turn in between."""

import asyncio
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any

from engine.positions import Behind, Scope

FEW = 32
"""So many objects are not worth a look at the clock; with so many, a longer loop begins."""
SLICE = 0.004
"""Seconds after which others get their turn."""


async def in_turns(loop: Callable[..., list[Any]], run: Any, scope: Scope, *lists: Sequence[Any]) -> list[Any]:
    """What a generated loop makes of lists of the same length, as if it had been given them whole."""
    length = len(lists[0])
    made: list[Any] = []
    size, began = FEW, monotonic()
    turn = began
    while len(made) < length:
        start = len(made)
        made += loop(run, Behind(scope, start), *[one[start : start + size] for one in lists])
        now = monotonic()
        size = _next(size, now - began)
        if now - turn >= SLICE and len(made) < length:
            await asyncio.sleep(0)
            turn = now = monotonic()
        began = now
    return made


def _next(size: int, took: float) -> int:
    """How many objects the next part has: few if they are large."""
    if took > SLICE:
        return max(1, size // 4)
    return size * 2 if took < SLICE / 4 else size
