"""The demo's clock: it stands at the world's own moment until somebody moves it, or lets it run."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from demo.world.chance import NOW

LONGEST = timedelta(days=365)
"""How far from the base the clock may be moved; beyond it nothing happens any more."""

FASTEST = 100_000
"""More than a day in a second."""


class Clock:
    """Tells the demo's time, which never is that of the wall; it can be moved to and fro, but not before its base."""

    def __init__(self, ticks: Callable[[], float] = time.monotonic) -> None:
        self._ticks = ticks
        self._at, self._since, self._speed = NOW, ticks(), 0.0

    @property
    def base(self) -> datetime:
        """The moment at which the demo stands when it starts."""
        return NOW

    @property
    def speed(self) -> float:
        """How many of the demo's seconds pass in a second; 0 while it stands."""
        return self._speed

    @property
    def now(self) -> datetime:
        """The demo's time."""
        passed = timedelta(seconds=(self._ticks() - self._since) * self._speed)
        return min(self._at + passed, NOW + LONGEST)

    def go(self, to: datetime) -> None:
        """Move it to a moment from its base on; it goes on at the speed that it has."""
        self.set(to, self._speed)

    def run(self, speed: float) -> None:
        """Let it run from where it is, so many seconds in a second; 0 stops it."""
        self.set(self.now, speed)

    def set(self, to: datetime, speed: float) -> None:
        """Move it and let it run, or refuse both with ValueError."""
        if not NOW <= to <= NOW + LONGEST:
            raise ValueError(f"the clock goes from {NOW.isoformat()} to {(NOW + LONGEST).isoformat()}")
        if not 0 <= speed <= FASTEST:
            raise ValueError(f"the speed is from 0, which stops the clock, to {FASTEST}")
        self._at, self._since, self._speed = to.astimezone(UTC), self._ticks(), speed
