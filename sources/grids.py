"""The moments at which a measurement is told: evenly spaced, and no more of them than a source gives."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from model.ask import Window

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_POINTS_WANTED = 300
"""How many points a span is divided into when nobody says how long a step is."""


class Grid(Struct, frozen=True):
    """`count` moments from `start` on, `step` apart, in milliseconds: Prometheus tells time no finer."""

    start: int
    step: int
    count: int

    @classmethod
    def of(cls, window: Window, step_at_least: float, points_at_most: int) -> "Grid":
        """The moments of a window, its end excluded; a step that is too short is made as long as it must be."""
        start, end = _milliseconds(window.start), _milliseconds(window.end)
        span = max(0, end - start)
        wanted = window.step * 1000 if window.step is not None else span / _POINTS_WANTED
        step = max(1, round(max(wanted, step_at_least * 1000)))
        if _steps(span, step) > points_at_most:
            step = _steps(_steps(span, points_at_most), 1000) * 1000
        return cls(start, step, _steps(span, step))

    @property
    def end(self) -> int:
        """The last moment."""
        return self.start + self.step * (self.count - 1)

    @property
    def moments(self) -> list[datetime]:
        """The moments as times."""
        step = self.step * _MILLISECOND
        first = _EPOCH + self.start * _MILLISECOND
        return [first + number * step for number in range(self.count)]

    def placed(self, values: Iterable[tuple[float, float | None]], into: list[float | None]) -> None:
        """Put values, each with its time in seconds, at the nearest moment; what is there already stays."""
        start, step, half = self.start, self.step, self.step // 2
        for at, value in values:
            place = (round(at * 1000) - start + half) // step
            if 0 <= place < self.count and into[place] is None:
                into[place] = value


def _milliseconds(moment: datetime) -> int:
    """Since 1970, rounded up: what is before the start of a window is not in it."""
    return -((_EPOCH - moment) // _MILLISECOND)


def _steps(span: int, step: int) -> int:
    """How many steps, the first at the very start, begin within a span."""
    return -(-span // step)
