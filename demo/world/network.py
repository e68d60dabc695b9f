"""The transport network: the published backbone between cities, and generated access rings within them.

Every city has two exchanges with one core element each, joined by two cables in different ducts. Backbone links end
on either core in turn. An access ring leaves from the first core (its left side) and comes back to the second (its
right side), so that whatever fails once, a way remains. Links that share a duct share a risk group.
"""

import math
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise

from demo.world.chance import dice
from demo.world.cities import City, Span, chinanet

_CORE_MODELS = (("Huawei", "OSN 9800 M24"), ("ZTE", "ZXONE 9700"), ("FiberHome", "FONST 6000"))
_ACCESS_MODELS = (("Huawei", "OSN 1800 V"), ("ZTE", "ZXMP S385"), ("FiberHome", "CiTRANS 660"))
_RING_LAYERS = ("SDH", "OTN", "ETHERNET")
_SHARED_DUCT_DEGREES = 9.0
"""Two backbone links that leave a city in directions closer than this leave it in one duct."""


@dataclass(frozen=True, slots=True)
class Element:
    """One network element, and the operator's building in which it stands."""

    id: str
    name: str
    city: City
    vendor: str
    model: str
    role: str
    site_id: str
    longitude: float
    latitude: float

    @property
    def room(self) -> str:
        """What the building is called."""
        return f"{self.name.partition('-')[0]}机房"

    @property
    def address(self) -> str:
        """Where the building is."""
        town = "" if self.city.province.startswith(self.city.chinese) else f"{self.city.chinese}市"
        return f"{self.city.province}{town}电信机房{self.site_id}"


@dataclass(frozen=True, slots=True)
class Link:
    """One link between two elements' ports; `risk_group` (SRLG) is shared by all links in one duct."""

    id: str
    a: str
    z: str
    a_port: str
    z_port: str
    layer: str
    risk_group: str
    km: float

    def other(self, element_id: str) -> str:
        """Name the element at the far end, seen from one of the two."""
        return self.z if element_id == self.a else self.a

    def port(self, element_id: str) -> str:
        """Name the port by which the link ends on one of its two elements."""
        return self.a_port if element_id == self.a else self.z_port


@dataclass(frozen=True, slots=True)
class Ring:
    """An access ring: its nodes and links in order, the first link from the left core, the last to the right one."""

    id: str
    nodes: tuple[str, ...]
    links: tuple[Link, ...]


@dataclass(slots=True)
class Network:
    """All elements and links, and the rings of each city."""

    cities: tuple[City, ...]
    elements: dict[str, Element] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)
    rings: dict[str, list[Ring]] = field(default_factory=lambda: defaultdict(list))
    place: dict[str, tuple[Ring, int]] = field(default_factory=dict)
    core_links: dict[str, list[Link]] = field(default_factory=lambda: defaultdict(list))
    _ports: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def cores(self, city: City) -> tuple[str, str]:
        """Name the left and the right core element of a city."""
        return _cores(city.code)

    def access_nodes(self, city: City) -> list[str]:
        """List a city's access elements, ring by ring."""
        return [node for ring in self.rings[city.code] for node in ring.nodes]

    def add_element(self, element: Element) -> None:
        """Put an element into the network."""
        self.elements[element.id] = element

    def add_link(self, link_id: str, a: str, z: str, layer: str, risk_group: str, km: float) -> Link:
        """Lay a link between two elements, on the next free port of each."""
        link = Link(link_id, a, z, self._next_port(a), self._next_port(z), layer, risk_group, round(km, 2))
        self.links[link_id] = link
        return link

    def _next_port(self, element_id: str) -> str:
        self._ports[element_id] += 1
        used = self._ports[element_id] - 1
        return f"1/{used // 4 + 1}/{used % 4 + 1}"


@cache
def _cores(code: str) -> tuple[str, str]:
    return f"ne-{code.lower()}-c1", f"ne-{code.lower()}-c2"


def build_network(seed: int) -> Network:
    """Lay out the whole network; only the rings' sizes and lengths depend on the seed."""
    cities, spans = chinanet()
    network = Network(cities)
    for position, city in enumerate(cities):
        _add_cores(network, city, position)
    _add_backbone(network, {city.name: city for city in cities}, spans)
    for position, city in enumerate(cities):
        _add_rings(network, city, position, seed)
    return network


def _add_cores(network: Network, city: City, position: int) -> None:
    vendor, model = _CORE_MODELS[position % 3]
    for number, (core, ordinal) in enumerate(zip(network.cores(city), "一二", strict=True)):
        name = f"{city.chinese}第{ordinal}枢纽-{model.replace(' ', '')}"
        site = f"P-{city.code}-C{number + 1}"
        east = 0.01 - 0.02 * number
        network.add_element(
            Element(core, name, city, vendor, model, "core", site, city.longitude + east, city.latitude)
        )
    code = city.code.lower()
    left, right = network.cores(city)
    for duct, km in (("n", 6.4), ("s", 8.1)):
        link = network.add_link(f"lk-{code}-metro-{duct}", left, right, "OTN", f"SRLG-{city.code}-{duct}", km)
        _join_cores(network, link)


def _join_cores(network: Network, link: Link) -> None:
    network.core_links[link.a].append(link)
    network.core_links[link.z].append(link)


def _add_backbone(network: Network, cities: dict[str, City], spans: tuple[Span, ...]) -> None:
    groups = _ducts(cities, spans)
    turn: dict[str, int] = defaultdict(int)
    for span in spans:
        ends = []
        for name in (span.a, span.z):
            ends.append(network.cores(cities[name])[turn[name] % 2])
            turn[name] += 1
        link_id = f"lk-{cities[span.a].code}-{cities[span.z].code}".lower()
        link = network.add_link(link_id, ends[0], ends[1], "OTN", groups[span], span.km)
        _join_cores(network, link)


def _ducts(cities: dict[str, City], spans: tuple[Span, ...]) -> dict[Span, str]:
    """Tell each backbone link's risk group: two at a time, links that leave a city side by side share one."""
    groups: dict[Span, str] = {}
    for city in cities.values():
        leaving = sorted((_bearing(city, _far(span, city, cities)), span.a, span.z, span) for span in spans
                         if city.name in (span.a, span.z))  # fmt: skip
        for (one, _, _, first), (two, _, _, second) in pairwise(leaving):
            if two - one < _SHARED_DUCT_DEGREES and first not in groups and second not in groups:
                groups[first] = groups[second] = f"SRLG-{city.code}-{round(one):03d}"
    for span in spans:
        groups.setdefault(span, f"SRLG-{cities[span.a].code}-{cities[span.z].code}")
    return groups


def _far(span: Span, city: City, cities: dict[str, City]) -> City:
    return cities[span.z if span.a == city.name else span.a]


def _bearing(here: City, there: City) -> float:
    east = (there.longitude - here.longitude) * math.cos(math.radians(here.latitude))
    return math.degrees(math.atan2(east, there.latitude - here.latitude)) % 360


def _add_rings(network: Network, city: City, position: int, seed: int) -> None:
    draw = dice(seed, f"rings/{city.code}")
    for number in range(1, 2 + min(3, city.weight // 5)):
        vendor, model = _ACCESS_MODELS[(position + number) % 3]
        nodes = []
        for step in range(draw.randint(4, 8)):
            node = f"ne-{city.code.lower()}-r{number}-{step + 1}"
            name = f"{city.chinese}环{number}节点{step + 1}-{model.replace(' ', '')}"
            lon, lat = city.longitude + draw.uniform(-0.3, 0.3), city.latitude + draw.uniform(-0.2, 0.2)
            site = f"P-{city.code}-R{number}-{step + 1}"
            network.add_element(Element(node, name, city, vendor, model, "access", site, round(lon, 4), round(lat, 4)))
            nodes.append(node)
        links = tuple(_ring_links(network, city, number, nodes, [draw.uniform(3, 25) for _ in range(9)]))
        ring = Ring(f"{city.code}-R{number}", tuple(nodes), links)
        network.rings[city.code].append(ring)
        network.place.update({node: (ring, step) for step, node in enumerate(nodes)})


def _ring_links(network: Network, city: City, number: int, nodes: list[str], lengths: list[float]) -> Iterator[Link]:
    left, right = network.cores(city)
    layer = _RING_LAYERS[(number - 1) % 3]
    chain = [left, *nodes, right]
    last = len(chain) - 2
    for step, (a, z) in enumerate(pairwise(chain)):
        duct = {0: f"SRLG-{city.code}-L{(number + 1) // 2}", last: f"SRLG-{city.code}-R{(number + 1) // 2}"}
        group = duct.get(step, f"SRLG-{city.code}-{number}-{step}")
        link_id = f"lk-{city.code.lower()}-r{number}-{step}"
        yield network.add_link(link_id, a, z, layer, group, lengths[step])
