"""The top of a picture: whose it is, and how it is in one line."""

from collections.abc import Sequence

from gateway.drawing.facts import Alarm
from gateway.drawing.lettering import clipped, width, wrapped
from gateway.drawing.markup import Markup, joined, label
from gateway.drawing.severity import SEVERITIES, badge, severity_of, style_of
from gateway.drawing.snake import MARGIN, WIDTH
from gateway.drawing.wording import say

TITLE, NAME, LINE = 26.0, 15.0, 13.0
ROOM = WIDTH - 2 * MARGIN


def drawn(
    title: str, name: str, facts: Sequence[str], alarms: Sequence[Alarm] | None, language: str
) -> tuple[Markup, float]:
    """The heading, and where it ends; `alarms` is None where nobody could tell whether there are any."""
    counted, taken = _counted(alarms, language) if alarms is not None else (Markup(""), 0.0)
    parts = [label(clipped(title, TITLE, ROOM - taken - 20, bold=True), MARGIN, 52, TITLE, bold=True), counted]
    y = 80.0
    if name:
        parts.append(label(clipped(name, NAME, ROOM), MARGIN, y, NAME))
        y += 24
    for line in wrapped("   ·   ".join(facts), LINE, ROOM, lines=3):
        parts.append(label(line, MARGIN, y, LINE, style="dim"))
        y += 20
    return joined(*parts), y


def _counted(alarms: Sequence[Alarm], language: str) -> tuple[Markup, float]:
    """How many alarms of each severity, at the right; and how wide that is."""
    right, size = WIDTH - MARGIN, 13.0
    if not alarms:
        text = say(language, "no alarms")
        wide = width(text, size, bold=True)
        return label(text, right - wide, 50, size, style="okay", bold=True), wide
    found, x = [], right
    for severity in reversed(SEVERITIES):
        count = sum(severity_of(alarm) == severity for alarm in alarms)
        if count:
            text = f"{count} {say(language, severity)}"
            x -= width(text, size, bold=True)
            found.append(label(text, x, 50, size, style=style_of(severity), bold=True))
            found.append(badge(severity, x - 14, 46, 7.5))
            x -= 38
    return joined(*found), right - x
