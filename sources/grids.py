"""The moments at which a measurement is told: evenly spaced, and no more of them than a source gives."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from model.ask import Window

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_POINTS_WANTED = 300
"""How many points a span is divided into when nobody says how long a step is."""


class Grid(Struct, frozen=True):
    """`count` moments from `start` on, `step` apart, in milliseconds: Prometheus tells time no finer.

    A step of 0 is no step: the one moment at which the latest values are told.
    """

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

    @classmethod
    def at(cls, seconds: float) -> "Grid":
        """One moment alone, in seconds since 1970."""
        return cls(round(seconds * 1000), 0, 1)

    @property
    def parameters(self) -> Mapping[str, str]:
        """As a range query says it; an instant query says nothing, for what is now the source knows best."""
        if not self.step:
            return {}
        return {"start": _seconds(self.start), "end": _seconds(self.end), "step": _seconds(self.step)}

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
            place = (round(at * 1000) - start + half) // step if step else 0
            if 0 <= place < self.count and into[place] is None:
                into[place] = value


def _milliseconds(moment: datetime) -> int:
    """Since 1970, rounded up: what is before the start of a window is not in it."""
    return -((_EPOCH - moment) // _MILLISECOND)


def _steps(span: int, step: int) -> int:
    """How many steps, the first at the very start, begin within a span."""
    return -(-span // step)


def _seconds(milliseconds: int) -> str:
    whole, rest = divmod(milliseconds, 1000)
    return f"{whole}.{rest:03d}" if rest else str(whole)
