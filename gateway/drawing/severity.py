"""How bad an alarm is, as it is drawn: by colour, shape and letter, so that none of them is needed alone."""

from collections.abc import Iterable

from gateway.drawing.facts import Alarm
from gateway.drawing.markup import Markup, label, node

SEVERITIES = ("CRITICAL", "MAJOR", "MINOR", "WARNING", "INDETERMINATE")
"""The worst first [ITU-T X.733]."""
UNKNOWN = "INDETERMINATE"

_LETTERS = {"CRITICAL": "C", "MAJOR": "M", "MINOR": "m", "WARNING": "w", "INDETERMINATE": "?"}
_SHAPES = {
    "CRITICAL": ((0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0)),
    "MAJOR": ((0, -1.4), (1.55, 1.1), (-1.55, 1.1)),
    "MINOR": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "WARNING": (),  # a circle
    "INDETERMINATE": ((-0.55, -1), (0.55, -1), (1.1, 0), (0.55, 1), (-0.55, 1), (-1.1, 0)),
}


def severity_of(alarm: Alarm) -> str:
    """One of ours; an alarm whose severity nobody tells is as bad as an indeterminate one."""
    return alarm.perceived_severity if alarm.perceived_severity in SEVERITIES else UNKNOWN


def rank(severity: str | None) -> int:
    """The worse, the smaller; no alarm at all is the largest."""
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def worst(alarms: Iterable[Alarm]) -> str | None:
    """The worst severity among them; None if there are none."""
    return min(map(severity_of, alarms), key=rank, default=None)


def style_of(severity: str) -> str:
    """The class by which the picture's style sheet colours it."""
    return f"s{rank(severity)}"


def badge(severity: str, x: float, y: float, size: float = 8) -> Markup:
    """The severity's symbol around a point; `size` is half its height, or a little less."""
    corners = _SHAPES[severity]
    drawn = {"class": f"badge {style_of(severity)}"}
    shape = (
        node("polygon", {**drawn, "points": " ".join(f"{x + dx * size:.1f},{y + dy * size:.1f}" for dx, dy in corners)})
        if corners
        else node("circle", {**drawn, "cx": x, "cy": y, "r": size})
    )
    lowered = 0.7 if severity == "MAJOR" else 0.36
    letter = label(_LETTERS[severity], x, y + size * lowered, size * 1.15, style="letter", anchor="middle", bold=True)
    return Markup(shape + letter)
