"""Where places are drawn: as on a map, pushed apart where they would cover each other; in a circle if nobody knows."""

from collections.abc import Mapping, Sequence
from math import cos, hypot, pi, radians, sin

from msgspec import Struct

from gateway.drawing.places import Spot

APART = 62.0
ROUNDS = 120

Point = tuple[float, float]


class Frame(Struct, frozen=True):
    """The part of a picture in which a map is drawn."""

    x: float
    y: float
    width: float
    height: float

    def holds(self, x: float, y: float, width: float, height: float) -> bool:
        """Whether a box lies in it."""
        inside_x = self.x <= x and x + width <= self.x + self.width
        return inside_x and self.y <= y and y + height <= self.y + self.height


def positions(spots: Sequence[Spot], frame: Frame) -> Mapping[str, Point]:
    """A point for each place; the order of the places decides nothing but who stands where in a circle."""
    known = {spot.key: spot.where for spot in sorted(spots, key=lambda one: one.key) if spot.where is not None}
    lost = sorted(spot.key for spot in spots if spot.where is None)
    placed = _projected(known, frame) if known else {}
    return _spread({**placed, **_around(lost, frame)}, frame)


def _projected(known: Mapping[str, Point], frame: Frame) -> dict[str, Point]:
    """Degrees to points: a plate carrée, true in the middle, as large as the frame allows."""
    middle = sum(north for _, north in known.values()) / len(known)
    flat = {key: (east * cos(radians(middle)), -north) for key, (east, north) in known.items()}
    left, right = min(x for x, _ in flat.values()), max(x for x, _ in flat.values())
    top, bottom = min(y for _, y in flat.values()), max(y for _, y in flat.values())
    scale = min(frame.width / max(right - left, 1e-6), frame.height / max(bottom - top, 1e-6))
    scale = scale if right - left > 1e-6 or bottom - top > 1e-6 else 0.0
    x0 = frame.x + (frame.width - (right - left) * scale) / 2
    y0 = frame.y + (frame.height - (bottom - top) * scale) / 2
    return {key: (round(x0 + (x - left) * scale, 3), round(y0 + (y - top) * scale, 3)) for key, (x, y) in flat.items()}


def _around(lost: Sequence[str], frame: Frame) -> dict[str, Point]:
    x, y = frame.x + frame.width / 2, frame.y + frame.height / 2
    angles = [2 * pi * at / len(lost) - pi / 2 for at in range(len(lost))]
    return {
        key: (round(x + frame.width * 0.46 * cos(angle), 3), round(y + frame.height * 0.46 * sin(angle), 3))
        for key, angle in zip(lost, angles, strict=True)
    }


def _spread(points: dict[str, Point], frame: Frame) -> dict[str, Point]:
    """Push apart what is too near, little by little, and never out of the frame."""
    keys = list(points)
    for _ in range(ROUNDS):
        moved = False
        for at, one in enumerate(keys):
            for other in keys[at + 1 :]:
                if (push := _push(points[one], points[other], at)) is not None:
                    points[one] = _held(points[one], -push[0], -push[1], frame)
                    points[other] = _held(points[other], *push, frame)
                    moved = True
        if not moved:
            break
    return points


def _push(one: Point, other: Point, at: int) -> Point | None:
    dx, dy = other[0] - one[0], other[1] - one[1]
    far = hypot(dx, dy)
    if far >= APART:
        return None
    if far < 0.01:  # one upon the other: apart by the golden angle
        dx, dy, far = cos(2.4 * at), sin(2.4 * at), 1.0
    half = (APART - min(far, APART)) / 4 + 0.5
    return (round(dx / far * half, 3), round(dy / far * half, 3))


def _held(point: Point, dx: float, dy: float, frame: Frame) -> Point:
    x = min(max(point[0] + dx, frame.x), frame.x + frame.width)
    y = min(max(point[1] + dy, frame.y), frame.y + frame.height)
    return (round(x, 3), round(y, 3))
