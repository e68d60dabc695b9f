"""Routes over the network: the shortest way for WORKING, and for PROTECTION one that shares no link and no duct.

Access traffic is groomed at a core: a working route always passes one. Ways between cores are worked out once for
each pair and kept, so that a route costs a few look-ups.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from heapq import heappop, heappush

from demo.world.network import Link, Network, Ring


@dataclass(frozen=True, slots=True)
class Path:
    """Elements in order, and the links between them: one fewer; the length is summed up once, in kilometres."""

    elements: tuple[str, ...]
    links: tuple[Link, ...]
    km: float = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "km", sum(link.km for link in self.links))

    def then(self, other: "Path") -> "Path":
        """Go on along another path that starts where this one ends."""
        return Path(self.elements + other.elements[1:], self.links + other.links)

    def reversed(self) -> "Path":
        """Walk the same path the other way."""
        return Path(self.elements[::-1], self.links[::-1])


@dataclass(frozen=True, slots=True)
class Hop:
    """One element of a route; `link` leads to the next hop and is None at the last."""

    element: str
    in_port: str
    out_port: str
    link: Link | None
    layer: str


_SAME_SIDES = ((0, 0), (1, 1))
_ALL_SIDES = ((0, 0), (0, 1), (1, 0), (1, 1))


class Router:
    """Finds the ways between access nodes; knows the network and nothing of circuits."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self.working = lru_cache(maxsize=None)(self._working)
        self.protection = lru_cache(maxsize=None)(self._protection)
        self._between = lru_cache(maxsize=None)(self._shortest)
        self._around = lru_cache(maxsize=None)(self._detour)
        self._side = lru_cache(maxsize=None)(self._to_core)

    def _working(self, a: str, z: str) -> Path:
        sides = self._best_sides(a, z)
        return self._joined(a, z, sides, self._between(*self._core_ends(a, z, sides)))

    def _protection(self, a: str, z: str) -> Path | None:
        """Give a way that shares no link and no risk group with the working one, or None where there is none."""
        ring, start = self._network.place[a]
        if ring is self._network.place[z][0]:
            return _arc(ring, start, self._network.place[z][1])
        sides = self._best_sides(a, z)
        others = (1 - sides[0], 1 - sides[1])
        core = self._around(*self._core_ends(a, z, sides), *self._core_ends(a, z, others))
        return None if core is None else self._joined(a, z, others, core)

    def _best_sides(self, a: str, z: str) -> tuple[int, int]:
        (ring, start), (other, end) = self._network.place[a], self._network.place[z]
        if ring is other:
            return (0, 1) if start < end else (1, 0)
        same_city = self._network.elements[a].city is self._network.elements[z].city
        choices = _SAME_SIDES if same_city else _ALL_SIDES
        return min(choices, key=lambda sides: self._length(a, z, sides))

    def _length(self, a: str, z: str, sides: tuple[int, int]) -> float:
        core = self._between(*self._core_ends(a, z, sides))
        return self._side(a, sides[0]).km + core.km + self._side(z, sides[1]).km

    def _core_ends(self, a: str, z: str, sides: tuple[int, int]) -> tuple[str, str]:
        elements = self._network.elements
        cores_a, cores_z = self._network.cores(elements[a].city), self._network.cores(elements[z].city)
        return cores_a[sides[0]], cores_z[sides[1]]

    def _joined(self, a: str, z: str, sides: tuple[int, int], core: Path) -> Path:
        return self._side(a, sides[0]).then(core).then(self._side(z, sides[1]).reversed())

    def _to_core(self, node: str, side: int) -> Path:
        ring, step = self._network.place[node]
        core = self._network.cores(self._network.elements[node].city)[side]
        if side == 0:
            return Path((*ring.nodes[step::-1], core), ring.links[step::-1])
        return Path((*ring.nodes[step:], core), ring.links[step + 1 :])

    def _shortest(self, a: str, z: str) -> Path:
        path = self._search(a, z, frozenset(), frozenset())
        if path is None:
            raise LookupError(f"the backbone does not join {a} and {z}")
        return path

    def _detour(self, a: str, z: str, other_a: str, other_z: str) -> Path | None:
        taken = self._between(a, z)
        groups = frozenset(link.risk_group for link in taken.links)
        elements = frozenset(taken.elements) - {other_a, other_z}
        return self._search(other_a, other_z, groups, elements) or self._search(other_a, other_z, groups, frozenset())

    def _search(self, a: str, z: str, groups: frozenset[str], avoided: frozenset[str]) -> Path | None:
        """Dijkstra's shortest path by length over the cores, without some risk groups and elements."""
        frontier: list[tuple[float, str, tuple[str, ...], tuple[Link, ...]]] = [(0.0, a, (a,), ())]
        settled: set[str] = set()
        while frontier:
            km, here, elements, links = heappop(frontier)
            if here == z:
                return Path(elements, links)
            if here in settled:
                continue
            settled.add(here)
            for link in self._network.core_links[here]:
                there = link.other(here)
                if there in settled or there in avoided or link.risk_group in groups:
                    continue
                heappush(frontier, (km + link.km, there, (*elements, there), (*links, link)))
        return None


def _arc(ring: Ring, start: int, end: int) -> Path:
    """Go along a ring between two of its nodes, without passing a core."""
    if start > end:
        return _arc(ring, end, start).reversed()
    return Path(ring.nodes[start : end + 1], ring.links[start + 1 : end + 1])


def hops(path: Path, a_port: str, z_port: str) -> list[Hop]:
    """Tell a path hop by hop, from the customer's port at the A end to the one at the Z end."""
    found: list[Hop] = []
    for position, element in enumerate(path.elements):
        last = position == len(path.links)
        link = None if last else path.links[position]
        in_port = path.links[position - 1].port(element) if position else a_port
        out_port = z_port if link is None else link.port(element)
        layer = path.links[position - 1].layer if link is None else link.layer
        found.append(Hop(element, in_port, out_port, link, layer))
    return found
