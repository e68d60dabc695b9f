"""A customer's network as a graph: places, and the circuits between them in bundles."""

from collections.abc import Mapping, Sequence

from msgspec import Struct

from gateway.drawing.facts import Circuit, End, Place
from gateway.drawing.severity import rank, worst

PLACES_AT_MOST = 36
"""Places that are drawn: those where most circuits end."""


class Spot(Struct, frozen=True):
    """A place. `where`: degrees east and north, None where nobody tells. `ends`: how many circuits end there."""

    key: str
    name: str
    ends: int
    within: int
    where: tuple[float, float] | None
    worst: str | None


class Bundle(Struct, frozen=True):
    """The circuits between two places, whichever way they run."""

    a: str
    z: str
    circuits: Sequence[Circuit]

    @property
    def worst(self) -> str | None:
        """The worst of all alarms on them."""
        return min((worst(one.alarms.nodes) for one in self.circuits), key=rank, default=None)


class Network(Struct, frozen=True):
    """What is drawn. `cities`: places are cities, not sites. `hidden`: places for which there is no room."""

    spots: Sequence[Spot]
    bundles: Sequence[Bundle]
    cities: bool
    hidden: int


def place_of(end: End | None) -> Place | None:
    """Where a circuit ends, as far as that is known."""
    return end.site if end else None


def network_of(circuits: Sequence[Circuit], prefix: str = "") -> Network:
    """The graph of these circuits; `prefix` is left out of the sites' names: usually the customer's own."""
    places = [place for one in circuits for place in (place_of(one.a_end), place_of(one.z_end)) if place]
    cities = len({place.city for place in places if place.city}) > 1
    by_key: dict[str, list[Place]] = {}
    for place in places:
        by_key.setdefault(_key(place, cities=cities), []).append(place)
    found = [_spot(key, same, circuits, prefix, cities=cities) for key, same in by_key.items()]
    found.sort(key=lambda spot: (-spot.ends, spot.name, spot.key))
    spots = found[:PLACES_AT_MOST]
    drawn = {spot.key for spot in spots}
    bundles = [bundle for bundle in _bundles(circuits, cities=cities) if {bundle.a, bundle.z} <= drawn]
    return Network(spots, bundles, cities, len(found) - len(spots))


def _key(place: Place, *, cities: bool) -> str:
    return (place.city if cities else None) or place.id or place.name or ""


def _keys(circuit: Circuit, *, cities: bool) -> list[str]:
    places = place_of(circuit.a_end), place_of(circuit.z_end)
    return [_key(place, cities=cities) for place in places if place]


def _spot(key: str, same: Sequence[Place], circuits: Sequence[Circuit], prefix: str, *, cities: bool) -> Spot:
    ending = [(one, keys) for one in circuits if key in (keys := _keys(one, cities=cities))]
    sites = sorted({place.id or place.name or "": place for place in same}.items())
    known = [
        (one.longitude, one.latitude) for _, one in sites if one.longitude is not None and one.latitude is not None
    ]
    where = (sum(x for x, _ in known) / len(known), sum(y for _, y in known) / len(known)) if known else None
    name = (same[0].city if cities else None) or same[0].name or ""
    return Spot(
        key,
        name.removeprefix(prefix).strip() or name or "?",
        len(ending),
        sum(keys == [key, key] for _, keys in ending),
        where,
        min((worst(one.alarms.nodes) for one, _ in ending), key=rank, default=None),
    )


def _bundles(circuits: Sequence[Circuit], *, cities: bool) -> list[Bundle]:
    found: dict[tuple[str, str], list[Circuit]] = {}
    for one in circuits:
        keys = sorted(_keys(one, cities=cities))
        if len(set(keys)) == 2:
            found.setdefault((keys[0], keys[1]), []).append(one)
    return [Bundle(a, z, same) for (a, z), same in sorted(found.items(), key=lambda item: (len(item[1]), item[0]))]


def named(network: Network) -> Mapping[str, Spot]:
    """The places by their keys."""
    return {spot.key: spot for spot in network.spots}
