"""Which alarm goes where on a route: on an element, on a port of it, on the link that a port faces; or nowhere."""

from collections.abc import Iterable, Sequence

from msgspec import Struct

from gateway.drawing.facts import Alarm, Circuit, Hop, Route
from gateway.drawing.severity import rank, severity_of

ECHOES = frozenset({"AIS", "SSF", "LCK", "RDI", "BDI"})
"""Causes that tell of a fault elsewhere: the link that the port faces is not to blame [G.798, G.783]."""


class Placed(Struct, frozen=True):
    """The alarms of one hop: those of the element as such, of its ports, and of the link towards the next hop."""

    element: Sequence[Alarm] = ()
    in_port: Sequence[Alarm] = ()
    out_port: Sequence[Alarm] = ()
    link: Sequence[Alarm] = ()

    @property
    def here(self) -> list[Alarm]:
        """All on this element, the worst first."""
        return worst_first((*self.element, *self.in_port, *self.out_port))


def worst_first(alarms: Iterable[Alarm]) -> list[Alarm]:
    """Each alarm once, in an order that does not depend on who told of it first."""
    once = {alarm.alarm_id: alarm for alarm in alarms}
    return sorted(once.values(), key=lambda one: (rank(severity_of(one)), one.probable_cause or "", one.alarm_id))


def on_route(circuit: Circuit, route: Route) -> list[Placed]:
    """For each hop its alarms: the circuit's own, and the element's where they are not about other circuits' ports."""
    placed = [_on_hop(circuit, hop) for hop in route.hops]
    return [
        Placed(one.element, one.in_port, one.out_port, _on_link(one, after))
        for one, after in zip(placed, [*placed[1:], Placed()], strict=False)  # a route may have no hops
    ]


def _on_hop(circuit: Circuit, hop: Hop) -> Placed:
    if hop.element is None:
        return Placed()
    own = (
        alarm for alarm in circuit.alarms.nodes if alarm.element and alarm.element.element_id == hop.element.element_id
    )
    alarms = worst_first((*own, *hop.alarms.nodes))
    return Placed(
        [alarm for alarm in alarms if not alarm.port],
        [alarm for alarm in alarms if alarm.port and alarm.port == hop.in_port],
        [alarm for alarm in alarms if alarm.port and alarm.port == hop.out_port and hop.out_port != hop.in_port],
    )


def _on_link(near: Placed, far: Placed) -> list[Alarm]:
    facing = (*near.out_port, *far.in_port)
    return worst_first(alarm for alarm in facing if (alarm.probable_cause or "").upper() not in ECHOES)


def elsewhere(circuit: Circuit, placed: Iterable[Placed]) -> list[Alarm]:
    """The circuit's alarms that no drawn hop shows."""
    shown = {alarm.alarm_id for one in placed for alarm in one.here}
    return worst_first(alarm for alarm in circuit.alarms.nodes if alarm.alarm_id not in shown)
