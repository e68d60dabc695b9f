"""The map in a customer's picture: places as circles, bundles of circuits as curves, names where there is room."""

from collections.abc import Mapping
from math import hypot, log2

from gateway.drawing.atlas import Frame, Point, positions
from gateway.drawing.lettering import clipped, width
from gateway.drawing.markup import Markup, group, joined, label, node, number
from gateway.drawing.places import Bundle, Network, Spot
from gateway.drawing.room import Box, Room, around
from gateway.drawing.severity import badge, rank, style_of
from gateway.drawing.wording import say

NAME, COUNT = 13.0, 11.0
NAME_ROOM = 190.0
_ALONG = (0.5, 0.42, 0.58, 0.34, 0.66, 0.26, 0.74)
INNER = 46.0


def drawn(network: Network, frame: Frame, language: str) -> Markup:
    """The map, within its frame."""
    inner = Frame(frame.x + INNER, frame.y + INNER, frame.width - 2 * INNER, frame.height - 2 * INNER)
    points = positions(network.spots, inner)
    room = Room(frame)
    for spot in network.spots:
        radius = _radius(spot) + 2
        x, y = points[spot.key]
        room.take((x - radius, y - radius, 2 * radius, 2 * radius))
    by_alarm = sorted(network.bundles, key=lambda one: -rank(one.worst))  # the worst lies on top
    curves = [_curve(bundle, points) for bundle in by_alarm]
    marks = [_mark(bundle, points, room) for bundle in reversed(by_alarm)]
    spots = [_spot(spot, points[spot.key], room, language) for spot in network.spots]
    return joined(*curves, *marks, *spots)


def _radius(spot: Spot) -> float:
    return min(11 + 2.2 * log2(spot.ends + 1), 24)


def _bow(bundle: Bundle, points: Mapping[str, Point]) -> Point:
    """The point that draws the curve aside, so that what lies in between is seen."""
    (ax, ay), (zx, zy) = points[bundle.a], points[bundle.z]
    return ((ax + zx) / 2 - (zy - ay) * 0.14, (ay + zy) / 2 + (zx - ax) * 0.14)


def _curve(bundle: Bundle, points: Mapping[str, Point]) -> Markup:
    a, z, bow = points[bundle.a], points[bundle.z], _bow(bundle, points)
    bad = bundle.worst
    path = f"M{number(a[0])} {number(a[1])}Q{number(bow[0])} {number(bow[1])} {number(z[0])} {number(z[1])}"
    thick = f"stroke-width:{1.6 + 1.1 * log2(len(bundle.circuits) + 1):.1f}"
    tip = ", ".join(one.code for one in bundle.circuits[:20])
    style = f"way {style_of(bad)}" if bad else "way quiet"
    return group(node("path", {"class": style, "style": thick, "d": path}), tip=tip)


def _mark(bundle: Bundle, points: Mapping[str, Point], room: Room) -> Markup:
    """How many circuits a bundle has, and its worst alarm: on the curve, where there is room."""
    bad, count = bundle.worst, len(bundle.circuits)
    text = f"×{count}" if count > 1 else ""
    wide = (width(text, COUNT) + 6 if text else 0) + (20 if bad else 0)
    if not wide:
        return Markup("")
    a, z, bow = points[bundle.a], points[bundle.z], _bow(bundle, points)
    if hypot(z[0] - a[0], z[1] - a[1]) < 40:
        return Markup("")
    box = room.first_free(_on_curve(a, bow, z, wide, at) for at in _ALONG)
    if box is None:
        return Markup("")
    x, y = box[0], box[1] + box[3] / 2
    parts = [node("rect", {"class": "card tie", "x": x, "y": box[1], "width": wide, "height": box[3], "rx": 9})]
    if bad:
        parts.append(badge(bad, x + 10, y, 6))
    if text:
        parts.append(label(text, x + (20 if bad else 3), y + 4, COUNT))
    return group(*parts)


def _on_curve(a: Point, bow: Point, z: Point, wide: float, at: float) -> Box:
    back = 1 - at
    x = back * back * a[0] + 2 * back * at * bow[0] + at * at * z[0]
    y = back * back * a[1] + 2 * back * at * bow[1] + at * at * z[1]
    return (round(x - wide / 2, 1), round(y - 9, 1), wide, 18.0)


def _spot(spot: Spot, point: Point, room: Room, language: str) -> Markup:
    x, y = point
    radius = _radius(spot)
    style = f"spot {style_of(spot.worst)}" if spot.worst else "spot"
    within = f" · {say(language, 'within', count=spot.within)}" if spot.within else ""
    parts = [
        node("circle", {"class": style, "cx": x, "cy": y, "r": radius}),
        label(str(spot.ends), x, y + 4, COUNT, anchor="middle", bold=True),
    ]
    name = clipped(spot.name, NAME, NAME_ROOM, bold=True)
    box = room.first_free(around(point, radius, name, NAME))
    if box is not None:
        parts = [*_leader(point, radius, box), *parts]
        parts.append(label(name, box[0] + 2, box[1] + NAME, NAME, bold=True, style="name"))
    return group(*parts, tip=f"{spot.name} · {say(language, 'circuits', count=spot.ends)}{within}")


def _leader(point: Point, radius: float, box: Box) -> list[Markup]:
    """A thin line to a name that found room only farther away."""
    x = min(max(point[0], box[0]), box[0] + box[2])
    y = min(max(point[1], box[1]), box[1] + box[3])
    if hypot(x - point[0], y - point[1]) < radius + 14:
        return []
    return [node("path", {"class": "tie", "d": f"M{number(point[0])} {number(point[1])}L{number(x)} {number(y)}"})]
