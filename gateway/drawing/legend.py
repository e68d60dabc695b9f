"""The bottom of a picture: what its colours, shapes and lines mean."""

from collections.abc import Callable, Sequence

from gateway.drawing.lettering import width
from gateway.drawing.markup import Markup, group, joined, label, node
from gateway.drawing.severity import SEVERITIES, badge
from gateway.drawing.snake import MARGIN, WIDTH
from gateway.drawing.wording import say

SIZE, LINE, SIGN, BETWEEN = 11.5, 24.0, 24.0, 22.0
Sign = Callable[[float, float], Markup]
"""Draws the sign of an entry, to the left of a point on its line."""


def way(x: float, y: float) -> Markup:
    """A working route, or a bundle of circuits."""
    return node("path", {"class": "way", "d": f"M{x - 26:.1f} {y:.1f}h22"})


def spare(x: float, y: float) -> Markup:
    """A protection route."""
    return group(way(x, y), style="spare")


def spot(x: float, y: float) -> Markup:
    """A place on a customer's map."""
    return node("circle", {"class": "spot", "cx": x - 15, "cy": y, "r": 6})


def _severity(severity: str) -> Sign:
    return lambda x, y: badge(severity, x - 13, y, 6.5)


def severities(language: str) -> list[tuple[Sign, str]]:
    """The entries for how bad alarms are."""
    return [(_severity(severity), say(language, severity)) for severity in SEVERITIES]


def drawn(entries: Sequence[tuple[Sign, str]], y: float) -> tuple[Markup, float]:
    """The legend from `y` on, and where it ends."""
    parts: list[Markup] = [
        node("path", {"class": "tie", "d": f"M{MARGIN:.1f} {y:.1f}H{WIDTH - MARGIN:.1f}"}),
    ]
    x, y = MARGIN, y + LINE
    for sign, text in entries:
        wide = SIGN + 6 + width(text, SIZE)
        if x + wide > WIDTH - MARGIN:
            x, y = MARGIN, y + LINE
        parts += [sign(x + SIGN, y - 4), label(text, x + SIGN + 6, y, SIZE, style="dim")]
        x += wide + BETWEEN
    return joined(*parts), y + LINE
