"""Seconds that pass, for what is kept so long: a wall clock that is set back makes nothing young again.

Nor does a machine that sleeps: while it does, the clock that only goes forward stands.
"""

from collections.abc import Callable
from time import monotonic, time

LEAP = 1.0
"""Seconds that the wall clock is before the other one, since both were looked at, from which on it is believed."""


class Onward:
    """A clock that goes as the steady one does, and leaps with the wall's where that leaps forward; never back."""

    def __init__(self, steady: Callable[[], float] = monotonic, wall: Callable[[], float] = time) -> None:
        self._steady, self._wall = steady, wall
        self._steadily, self._on_the_wall = steady(), wall()
        self._now = self._steadily

    def __call__(self) -> float:
        """Tell the time, in seconds since some moment."""
        steadily, on_the_wall = self._steady(), self._wall()
        passed = steadily - self._steadily
        leapt = on_the_wall - self._on_the_wall - passed
        self._now += passed + (leapt if leapt > LEAP else 0.0)
        self._steadily, self._on_the_wall = steadily, on_the_wall
        return self._now


onward = Onward()
"""The clock of this process, by which it is told how old something is."""
