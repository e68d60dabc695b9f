"""Circuits and customers to draw, made up here: of any length, with alarms, in the words of a real operator."""

from collections.abc import Callable
from itertools import combinations
from xml.etree import ElementTree

import pytest

from gateway.drawing.facts import (
    Alarm,
    Alarms,
    Circuit,
    Circuits,
    Customer,
    Element,
    ElementId,
    End,
    Hop,
    Leaseholder,
    Link,
    Place,
    Route,
)
from gateway.drawing.lettering import width

SEVERITIES = ("CRITICAL", "MAJOR", "MINOR", "WARNING", "INDETERMINATE")
CITIES = (
    ("北京", 39.9, 116.4),
    ("上海", 31.2, 121.5),
    ("广州", 23.1, 113.3),
    ("成都", 30.7, 104.1),
    ("天津", 39.1, 117.2),
)


def _hop(at: int, count: int, role: str) -> Hop:
    element = f"ne-{role}-{at}"
    alarms = [
        Alarm(f"alarms:{role}{at}", SEVERITIES[at // 4 % 5], "LOS", "1/1/1", element=ElementId(element)),
        Alarm(f"alarms:{role}{at}x", "MINOR", "TEMPERATURE", None, element=ElementId(element)),
    ]
    link = Link(f"lk-{at}", f"link {at}", "OTN" if at % 2 else "SDH", f"SRLG-{role[0]}-{at}", 15.25 * (at + 1))
    return Hop(
        at,
        "1/1/1",
        "GigabitEthernet0/0/0/1" if at % 5 == 3 else "1/1/2",
        Element(element, f"沈阳第{at}枢纽节点-OSN1800V", "Huawei", "OSN 1800 V", "access", "ENABLED"),
        link if at < count - 1 else None,
        Alarms(nodes=alarms if at % 4 == 1 else ()),
    )


def _route(count: int, role: str) -> Route:
    return Route(role, True, [_hop(at, count, role) for at in range(count)])


@pytest.fixture
def circuit() -> Callable[..., Circuit]:
    """A circuit of so many hops: `circuit(60)`, with a protection route of so many: `circuit(12, 7)`."""

    def _circuit(hops: int, protecting: int = 0, **changes: object) -> Circuit:
        routes = [_route(hops, "WORKING"), *([_route(protecting, "PROTECTION")] if protecting else [])]
        facts = {
            "code": "SYBJ-OTN-000042",
            "name": "屿林汽车制造沈阳-北京OTN专线00042",
            "category": "OTN",
            "bandwidth_bps": 2_500_000_000,
            "state": "ACTIVE",
            "sla_class": "AAA",
            "customer": Customer("C100012", "屿林汽车制造"),
            "a_end": End(Place("s1", "屿林汽车制造沈阳经开区网点69", "沈阳", 41.8, 123.4), "2/1/1"),
            "z_end": End(Place("s2", "屿林汽车制造北京总部", "北京", 39.9, 116.4), "2/1/1"),
            "routes": routes,
        }
        return Circuit(**{**facts, **changes})

    return _circuit


@pytest.fixture
def customer() -> Callable[..., Leaseholder]:
    """A customer of so many circuits, each between two of five cities; every seventh has an alarm."""

    def _ended(at: int) -> End:
        city, north, east = CITIES[at % 5]
        return End(Place(f"s{at % 5}-{at % 11}", f"屿林汽车制造{city}网点{at % 11}", city, north, east), "2/1/1")

    def _circuit_of(at: int) -> Circuit:
        alarms = [Alarm(f"alarms:{at}", SEVERITIES[at // 7 % 5], "LOS")] if at % 7 == 0 else []
        return Circuit(
            f"C-OTN-{at:06}",
            bandwidth_bps=155_000_000,
            state="ACTIVE",
            a_end=_ended(at),
            z_end=_ended(at * 3 + 1),
            alarms=Alarms(nodes=alarms),
        )

    def _customer(circuits: int, **changes: object) -> Leaseholder:
        facts = {
            "customer_id": "C100012",
            "name": "屿林汽车制造",
            "tier": "GOLD",
            "circuits": Circuits(total_count=circuits, nodes=[_circuit_of(at) for at in range(circuits)]),
        }
        return Leaseholder(**{**facts, **changes})

    return _customer


Box = tuple[float, float, float, float]
SVG = "{http://www.w3.org/2000/svg}"


class Geometry:
    """Where things are in a picture: its texts (but for the letters in symbols), cards, and its own size."""

    def __init__(self, picture: bytes) -> None:
        self.root = ElementTree.fromstring(picture)  # noqa: S314 - it is ours, and its being well-formed is the test
        self.texts = [
            (text.text or "", _box_of(text))
            for text in self.root.iter(f"{SVG}text")
            if "letter" not in text.get("class", "") or len(text.text or "") > 1
        ]
        self.cards = [
            _rectangle(rectangle)
            for rectangle in self.root.iter(f"{SVG}rect")
            if rectangle.get("class", "").split()[:1] in (["card"], ["end"])
        ]
        self.size = tuple(map(float, self.root.get("viewBox", "").split()[2:]))

    def collisions(self) -> list[str]:
        """Tell which texts cover each other, leave the picture, or are half on a card."""
        found = [f"{one} | {other}" for (one, a), (other, b) in combinations(self.texts, 2) if _overlap(a, b)]
        found += [f"card | card {a} {b}" for a, b in combinations(self.cards, 2) if _overlap(a, b)]
        whole = (0.0, 0.0, *self.size)
        found += [f"outside: {text}" for text, box in self.texts if not _within(box, whole)]
        return found + [
            f"across a card's edge: {text}"
            for text, box in self.texts
            for card in self.cards
            if _overlap(box, card) and not _within(box, card)
        ]


def _rectangle(node: ElementTree.Element) -> Box:
    x, y, wide, high = (float(node.get(name, "0")) for name in ("x", "y", "width", "height"))
    return (x, y, wide, high)


def _box_of(text: ElementTree.Element) -> Box:
    size = float(text.get("font-size", "0"))
    wide = width(text.text or "", size, bold=text.get("font-weight") == "bold")
    shift = {"start": 0.0, "middle": wide / 2, "end": wide}[text.get("text-anchor", "start")]
    return (float(text.get("x", "0")) - shift, float(text.get("y", "0")) - 0.85 * size, wide, 1.05 * size)


def _overlap(a: Box, b: Box) -> bool:
    apart = a[0] + a[2] <= b[0] or b[0] + b[2] <= a[0] or a[1] + a[3] <= b[1] or b[1] + b[3] <= a[1]
    return not apart


def _within(a: Box, b: Box) -> bool:
    return b[0] <= a[0] and a[0] + a[2] <= b[0] + b[2] and b[1] <= a[1] and a[1] + a[3] <= b[1] + b[3]


@pytest.fixture
def geometry() -> type[Geometry]:
    """The way to measure a picture: `geometry(picture).collisions()`."""
    return Geometry
