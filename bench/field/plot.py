"""Axes as a picture: SVG, both scales logarithmic, a straight line of slope 1 beside what should grow so."""

from collections.abc import Iterable, Sequence
from math import ceil, floor, log10

from bench.field.scaling import Axis

WIDTH, HEIGHT, MARGIN = 380, 280, 48
STYLE = "font: 11px sans-serif; fill: #333"
Place = tuple[float, float]


def plot(axes: Sequence[Axis]) -> str:
    """One picture, a panel an axis."""
    panels = "\n".join(
        f'<g transform="translate({number * WIDTH},0)">{"".join(_panel(axis))}</g>' for number, axis in enumerate(axes)
    )
    size = f'width="{WIDTH * len(axes)}" height="{HEIGHT}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size}><rect {size} fill="white"/>\n{panels}\n</svg>\n'


def _panel(axis: Axis) -> Iterable[str]:
    seen = [(float(point.at), point.cpu_ms) for point in axis.points]
    scale = _Scale([x for x, _ in seen], [y for _, y in seen])
    yield _text(WIDTH / 2, 16, f"CPU ms a request, by {axis.name}", "middle")
    yield from scale.grid()
    if axis.fixed_ms is not None and axis.each_us is not None:
        fit = [(x, axis.fixed_ms + axis.each_us * x / 1000) for x, _ in seen]
        yield _line([scale.place(x, y) for x, y in fit if y > 0], "#bbb")
    places = [scale.place(x, y) for x, y in seen]
    yield _line(places, "#06c")
    for (x, y), (at, cpu_ms) in zip(places, seen, strict=True):
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="#06c"><title>{at:g}: {cpu_ms:.3f} ms</title></circle>'


class _Scale:
    """Where a value stands in a panel."""

    def __init__(self, xs: Sequence[float], ys: Sequence[float]) -> None:
        self._x, self._y = _decades(xs), _decades(ys)

    def place(self, x: float, y: float) -> Place:
        across = (log10(x) - self._x[0]) / (self._x[1] - self._x[0])
        up = (log10(y) - self._y[0]) / (self._y[1] - self._y[0])
        return MARGIN + across * (WIDTH - 1.5 * MARGIN), HEIGHT - MARGIN / 1.5 - up * (HEIGHT - 1.5 * MARGIN)

    def grid(self) -> Iterable[str]:
        """A line and a label for each power of ten."""
        for power in range(self._x[0], self._x[1] + 1):
            x, bottom = self.place(10.0**power, 10.0 ** self._y[0])
            yield _line([(x, bottom), self.place(10.0**power, 10.0 ** self._y[1])], "#eee")
            yield _text(x, bottom + 16, f"{10.0**power:g}", "middle")
        for power in range(self._y[0], self._y[1] + 1):
            left, y = self.place(10.0 ** self._x[0], 10.0**power)
            yield _line([(left, y), self.place(10.0 ** self._x[1], 10.0**power)], "#eee")
            yield _text(left - 6, y + 4, f"{10.0**power:g}", "end")


def _decades(values: Sequence[float]) -> tuple[int, int]:
    low, high = floor(log10(min(values))), ceil(log10(max(values)))
    return low, max(high, low + 1)


def _line(places: Sequence[Place], colour: str) -> str:
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    return f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.5"/>'


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" style="{STYLE}">{text}</text>'
