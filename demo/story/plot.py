"""Where the story takes place: which links are cut, worked upon and fading, chosen so that there is much to see."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from demo.world.circuits import Circuit
from demo.world.network import Link

if TYPE_CHECKING:
    from demo.operator import Operator

_FEW = 12


@dataclass(frozen=True, slots=True)
class Plot:
    """The three links of the story."""

    cut: Link
    worked_upon: Link
    fading: Link


def choose(operator: "Operator") -> Plot:
    """Choose the links; the same operator always gives the same three."""
    spans = [link for link in operator.network.links.values() if _is_between_cities(operator, link)]
    rings = [
        link for link in operator.network.links.values() if link.id.rpartition("-")[0].rpartition("-")[2][:1] == "r"
    ]
    cut = _best(operator, spans, max(_FEW, len(operator.circuits) // 50), frozenset())
    known = _codes(operator.crossing(cut))
    worked_upon = _best(operator, rings, _FEW // 2, known)
    known |= _codes(operator.crossing(worked_upon))
    fading = _best(operator, [link for link in spans if link is not cut], _FEW, known)
    return Plot(cut, worked_upon, fading)


def _is_between_cities(operator: "Operator", link: Link) -> bool:
    elements = operator.network.elements
    return elements[link.a].city is not elements[link.z].city


def _best(operator: "Operator", links: Sequence[Link], wanted: int, known: frozenset[str]) -> Link:
    """Choose a link over which there are about as many circuits in service as wanted.

    What counts first is that some are protected and some are not, then that few of them are in the story already, then
    that the first customer is among them.
    """
    first = operator.customers[0]

    def unfitness(link: Link) -> tuple[bool, int, bool, int, str]:
        circuits = [circuit for circuit in operator.crossing(link) if circuit.state == "active"]
        kinds = {circuit.protected for circuit in circuits}
        again = len(known & _codes(circuits))
        hers = any(circuit.customer is first for circuit in circuits)
        return len(kinds) < 2, again, not hers, abs(len(circuits) - wanted), link.id

    return min(links, key=unfitness)


def _codes(circuits: Sequence[Circuit]) -> frozenset[str]:
    return frozenset(circuit.code for circuit in circuits)
