"""What joins two cards: the link between them with what is known of it, straight on or around the end of a row."""

from collections.abc import Sequence

from msgspec import Struct

from gateway.drawing.facts import Alarm, Link
from gateway.drawing.lettering import clipped
from gateway.drawing.markup import Markup, group, label, node, number
from gateway.drawing.severity import badge, style_of, worst
from gateway.drawing.snake import CARD, GAP, TURN, Spot
from gateway.drawing.wording import kilometres, say

SIZE, LINE = 10.5, 13.5


class Joint(Struct, frozen=True):
    """A link as it is drawn; None where the circuit is handed over. `gap`: what lies between is not known."""

    link: Link | None = None
    alarms: Sequence[Alarm] = ()
    gap: bool = False

    def lines(self, language: str) -> list[str]:
        """What is written at it."""
        if self.gap:
            return [say(language, "gap")]
        if self.link is None:
            return []
        length = self.link.length_km
        km = say(language, "length", km=kilometres(length)) if length is not None else ""
        return [line for line in (self.link.layer or "", km, self.link.risk_group or "") if line]


def drawn(joint: Joint, before: Spot, after: Spot, language: str) -> Markup:
    """A joint between two neighbours."""
    bad = worst(joint.alarms)
    style = " ".join(["way", *(["gap"] if joint.gap else []), *([style_of(bad)] if bad else [])])
    straight = before.y == after.y
    parts = [node("path", {"class": style, "d": _path(before, after)}), _tip(after, bad)]
    lines = joint.lines(language)
    parts += _straight(lines, before, after, bad) if straight else _turned(lines, before, bad)
    return group(*parts, tip=" · ".join([*filter(None, [joint.link.name if joint.link else ""]), *lines]))


def _path(before: Spot, after: Spot) -> str:
    if before.y == after.y:
        return f"M{number(before.exit)} {number(before.line)}H{number(after.entry)}"
    side = TURN if before.forward else -TURN
    bend, down = 12 if side > 0 else -12, 12
    return (
        f"M{number(before.exit)} {number(before.line)}h{number(side - bend)}q{bend} 0 {bend} {down}"
        f"V{number(after.line - down)}q0 {down} {-bend} {down}H{number(after.entry)}"
    )


def _tip(after: Spot, bad: str | None) -> Markup:
    """An arrowhead where the route enters a card."""
    back = -9 if after.forward else 9
    x, y = after.entry, after.line
    points = f"{number(x)},{number(y)} {number(x + back)},{number(y - 5)} {number(x + back)},{number(y + 5)}"
    return node("polygon", {"class": f"tip {style_of(bad)}" if bad else "tip", "points": points})


def _straight(lines: Sequence[str], before: Spot, after: Spot, bad: str | None) -> list[Markup]:
    """Text above the line and the alarm on it."""
    middle, room = (before.exit + after.entry) / 2, GAP - 8
    y = before.line - (18 if bad else 8) - (len(lines) - 1) * LINE
    parts = [
        label(clipped(line, SIZE, room), middle, y + at * LINE, SIZE, style="dim", anchor="middle")
        for at, line in enumerate(lines)
    ]
    if bad:
        parts += [badge(bad, middle, before.line, 8)]
    return parts


def _turned(lines: Sequence[str], before: Spot, bad: str | None) -> list[Markup]:
    """Text under the card where the row ends, and the alarm on the bend."""
    inner = before.exit - 4 if before.forward else before.exit + 4
    anchor = "end" if before.forward else "start"
    y = before.y + before.height + 17
    parts = [
        label(clipped(line, SIZE, CARD - 8), inner, y + at * LINE, SIZE, style="dim", anchor=anchor)
        for at, line in enumerate(lines)
    ]
    if bad:
        side = TURN if before.forward else -TURN
        parts.append(badge(bad, before.exit + side, y + LINE - 4, 8))
    return parts
