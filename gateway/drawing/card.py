"""The cards of a route: an element with its ports and alarms, and the two ends where the circuit is handed over."""

from collections.abc import Sequence

from msgspec import Struct

from gateway.drawing.facts import Alarm, End, Hop
from gateway.drawing.lettering import clipped, width, wrapped
from gateway.drawing.markup import Markup, Value, group, label, node
from gateway.drawing.placing import Placed
from gateway.drawing.severity import badge, severity_of, style_of, worst
from gateway.drawing.snake import CARD, FOOT, Spot
from gateway.drawing.wording import say

PAD = 10.0
ROOM = CARD - 2 * PAD
NAME, SMALL = 13.0, 11.0
NAME_LINE, SMALL_LINE, ALARM_LINE = 17.0, 15.0, 19.0
CHIP_HEIGHT, CHIP_ROOM = 18.0, (CARD - 2 * PAD - 8) / 2
ALARMS_AT_MOST = 3


class Port(Struct, frozen=True):
    """A port as a card shows it, with what is wrong with it."""

    name: str | None
    alarms: Sequence[Alarm] = ()


class Card(Struct, frozen=True):
    """What stands on a card. `tip`: all of it, unshortened."""

    name: Sequence[str]
    lines: Sequence[str]
    alarms: Sequence[Alarm] = ()
    into: Port = Port(None)
    out: Port = Port(None)
    style: str = "card"
    tip: str = ""

    @property
    def height(self) -> float:
        """How high it has to be."""
        shown = min(len(self.alarms), ALARMS_AT_MOST) + (len(self.alarms) > ALARMS_AT_MOST)
        texts = len(self.name) * NAME_LINE + len(self.lines) * SMALL_LINE
        return PAD + texts + shown * ALARM_LINE + 8 + CHIP_HEIGHT + FOOT - CHIP_HEIGHT / 2


def hop_card(hop: Hop, placed: Placed, language: str) -> Card:
    """The card of one hop."""
    element = hop.element
    name = (element.name or element.element_id) if element else say(language, "nameless")
    made = " ".join(part for part in (element.vendor, element.model) if part) if element else ""
    state = element.operational_state if element and element.operational_state not in (None, "ENABLED") else None
    role = say(language, (element.role or "").lower()) if element and element.role else ""
    about = " · ".join(part for part in (role, say(language, state) if state else "") if part)
    lines = [clipped(line, SMALL, ROOM) for line in (made, about) if line]
    tip = " · ".join(part for part in (f"{hop.sequence + 1}", name, made, about, hop.in_port, hop.out_port) if part)
    return Card(
        wrapped(name, NAME, ROOM, lines=2, bold=True),
        lines,
        placed.here,
        Port(hop.in_port, placed.in_port),
        Port(hop.out_port, placed.out_port),
        tip=tip,
    )


def end_card(end: End | None, key: str, prefix: str, language: str) -> Card:
    """The card of an end: the site, without the customer's name before it, and where it is."""
    site = end.site if end else None
    name = (site.name if site else None) or (end.address if end else None) or say(language, "placeless")
    city = site.city if site and site.city else ""
    title = " · ".join(part for part in (say(language, key), city) if part)
    lines = wrapped(name.removeprefix(prefix) or name, SMALL, ROOM, lines=3)
    return Card([clipped(title, NAME, ROOM, bold=True)], lines, style="end", tip=f"{title} · {name}")


def drawn(card: Card, spot: Spot, language: str) -> Markup:
    """A card at its place."""
    bad = worst(card.alarms)
    style = f"{card.style} {style_of(bad)}" if bad else card.style
    radius = 18 if card.style == "end" else 7
    box: dict[str, Value] = {
        "class": style,
        "x": spot.x,
        "y": spot.y,
        "width": CARD,
        "height": spot.height,
        "rx": radius,
    }
    x, y = spot.x + PAD, spot.y + PAD + NAME - 2
    parts = [node("rect", box)]
    for line in card.name:
        parts.append(label(line, x, y, NAME, bold=True))
        y += NAME_LINE
    for line in card.lines:
        parts.append(label(line, x, y - 2, SMALL, style="dim"))
        y += SMALL_LINE
    for alarm in card.alarms[:ALARMS_AT_MOST]:
        severity = severity_of(alarm)
        text = clipped(cause(alarm, language, port=True), SMALL, ROOM - 22)
        parts += [
            badge(severity, x + 8, y - 1, 6.5),
            label(text, x + 22, y + 3, SMALL, style=style_of(severity), bold=True),
        ]
        y += ALARM_LINE
    if len(card.alarms) > ALARMS_AT_MOST:
        more = say(language, "more alarms", count=len(card.alarms) - ALARMS_AT_MOST)
        parts.append(label(more, x + 22, y + 2, SMALL, style="dim"))
    left, right = (card.into, card.out) if spot.forward else (card.out, card.into)
    parts += [_chip(left, spot, left=True), _chip(right, spot, left=False)]
    return group(*parts, tip=card.tip)


def cause(alarm: Alarm, language: str, *, port: bool = False) -> str:
    """What an alarm says, in a few words."""
    planned = f"({say(language, 'planned')})" if alarm.planned_work else ""
    said = alarm.probable_cause or say(language, "causeless")
    return " ".join(part for part in (said, alarm.port if port else "", planned) if part)


def _chip(port: Port, spot: Spot, *, left: bool) -> Markup:
    if not port.name:
        return Markup("")
    bad = worst(port.alarms)
    text = clipped(port.name, SMALL, CHIP_ROOM - 10)
    wide = width(text, SMALL) + 10
    x = spot.x + 4 if left else spot.x + CARD - 4 - wide
    style = f"chip {style_of(bad)}" if bad else "chip"
    box: dict[str, Value] = {
        "class": style,
        "x": x,
        "y": spot.line - CHIP_HEIGHT / 2,
        "width": wide,
        "height": CHIP_HEIGHT,
        "rx": 4,
    }
    written = label(text, x + wide / 2, spot.line + 4, SMALL, style="letter" if bad else "", anchor="middle")
    return Markup(node("rect", box) + written)
