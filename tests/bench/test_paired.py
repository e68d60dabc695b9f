"""Two ways of doing the same are told apart by slices that take turns."""

import gc

import pytest

from bench.paired import fours, ratio

pytestmark = pytest.mark.anyio


class Way:
    """Writes down its turns."""

    def __init__(self, name, turns):
        self.name, self.turns, self.prepared = name, turns, 0

    def prepare(self):
        """Count it."""
        self.prepared += 1

    async def run(self):
        """Do a little."""
        assert not gc.isenabled()
        self.turns.append(self.name)
        sum(range(20_000))


async def test_each_goes_first_as_often_as_last():
    """So that what drifts evenly meets both alike."""
    turns = []
    base, other = Way("A", turns), Way("B", turns)
    found = await fours(base, other, 3)
    assert "BAABABBABAAB" == "".join(turns)
    assert (3, 6, 6) == (len(found), base.prepared, other.prepared)
    assert all(one > 0 for one in found)
    assert gc.isenabled()


def test_the_median_is_told_with_the_ranks_around_it():
    """Of a hundred, those that are ten away from the middle [binomial, 95 %]; of few, the least and the largest."""
    told = ratio([float(number) for number in range(100, 0, -1)])
    assert (50.5, 41.0, 60.0) == (told.median, told.low, told.high)
    few = ratio([3.0, 1.0, 2.0])
    assert (2.0, 1.0, 3.0) == (few.median, few.low, few.high)
