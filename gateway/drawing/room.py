"""Room for texts on a map: what has been placed keeps its place, and what comes later looks for a free one."""

from collections.abc import Iterable, Iterator
from math import cos, pi, sin

from gateway.drawing.atlas import Frame, Point
from gateway.drawing.lettering import width

Box = tuple[float, float, float, float]
"""Left, top, width, height."""

_DISTANCES = (0.0, 14.0, 30.0, 52.0, 84.0, 120.0)
_DIRECTIONS = 12


class Room:
    """The boxes that are taken within a frame."""

    def __init__(self, frame: Frame) -> None:
        self._frame = frame
        self._taken: list[Box] = []

    def take(self, box: Box) -> None:
        """Take a box, whatever else is there."""
        self._taken.append(box)

    def is_free(self, box: Box) -> bool:
        """Whether nothing is there yet."""
        return self._frame.holds(*box) and not any(_overlap(box, other) for other in self._taken)

    def first_free(self, boxes: Iterable[Box]) -> Box | None:
        """Take the first box that is free; None if none is."""
        found = next((box for box in boxes if self.is_free(box)), None)
        if found is not None:
            self.take(found)
        return found


def _overlap(one: Box, other: Box) -> bool:
    apart_x = one[0] + one[2] <= other[0] or other[0] + other[2] <= one[0]
    return not (apart_x or one[1] + one[3] <= other[1] or other[1] + other[3] <= one[1])


def around(point: Point, radius: float, text: str, size: float) -> Iterator[Box]:
    """Boxes for a text beside a circle: below and beside it first, then farther and farther away."""
    wide, high = width(text, size, bold=True) + 4, size * 1.35
    for distance in _DISTANCES:
        for step in range(_DIRECTIONS):
            angle = pi / 2 + 2 * pi * step / _DIRECTIONS
            away = radius + 3 + distance
            x, y = point[0] + away * cos(angle), point[1] + away * sin(angle)
            left = x - wide / 2 + cos(angle) * wide / 2
            yield (round(left, 1), round(y - high / 2 + sin(angle) * high / 2, 1), wide, high)
