"""Two ways of doing the same, told apart by small slices that take turns: A B B A, over and over.

A slice takes a few milliseconds at most, so that whatever else goes on in the machine meets both alike; what drifts
evenly cancels out within the four. What is told is the median of their ratios, and between which bounds it lies.
"""

import asyncio
import gc
import statistics
import time
from collections.abc import Sequence
from math import sqrt
from typing import Protocol

import msgspec


class Way(Protocol):
    """One way of doing something."""

    def prepare(self) -> None:
        """Do what is to be done before a slice, and not timed."""
        ...

    async def run(self) -> None:
        """Do a slice of work, always the same."""
        ...


class Ratio(msgspec.Struct, frozen=True):
    """A ratio of processor times, and the bounds between which it lies with a confidence of 95 %."""

    median: float
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.median:.4f}  ({self.low:.4f} to {self.high:.4f})"


async def fours(base: Way, other: Way, times: int) -> list[float]:
    """The ratios of the other's processor time to the base's, one for each time that both had two turns.

    Nothing is left to the cyclic collector meanwhile.
    """
    gc.collect()
    gc.freeze()
    gc.disable()
    found = []
    for turn in range(times):
        order = (base, other, other, base) if turn % 2 else (other, base, base, other)
        took = {base: 0.0, other: 0.0}
        for way in order:
            way.prepare()
            began = time.process_time()
            await way.run()
            took[way] += time.process_time() - began
        found.append(took[other] / took[base])
        await asyncio.sleep(0)
    gc.enable()
    gc.unfreeze()
    return found


def ratio(found: Sequence[float]) -> Ratio:
    """Their median, with bounds that need nothing to be known of how they are spread: the ranks around it."""
    ranked, half = sorted(found), 0.98 * sqrt(len(found))
    low, high = int(len(found) / 2 - half), int(len(found) / 2 + half)
    return Ratio(statistics.median(ranked), ranked[max(low, 0)], ranked[min(high, len(found) - 1)])
