"""What can be seen of a chapter in the systems: a request, where to look in the answer, and what stands there."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

import msgspec

from demo.story.scene import Scene
from demo.world import optics
from demo.world.circuits import Circuit
from demo.world.kpis import has_gaps
from demo.world.network import Link

if TYPE_CHECKING:
    from demo.operator import Operator


class Fact(msgspec.Struct, frozen=True):
    """Ask `path`, beyond the base path of this API of this system, and find `value` at `where` in the answer's JSON.

    `where` is a list of names and positions; `length` at its end counts a list.
    """

    system: str
    api: str
    path: str
    where: Sequence[str | int]
    value: str | int


class Witness:
    """Knows what the systems say of a link and its circuits at one moment of the story."""

    def __init__(self, operator: "Operator", scene: Scene, at: datetime) -> None:
        self._operator, self._scene, self._at = operator, scene, at

    def facts(self, link: Link, circuits: Sequence[Circuit]) -> Iterator[Fact]:
        """Tell of the link, and of one circuit of each kind: one that has no protection, and one that has."""
        up = "DOWN" if link.id in self._scene.links_down else "UP"
        yield Fact("vendor", "nbi", f"/links?aliases={link.id}", ("data", "items", 0, "operState"), up)
        operation = "disable" if link.id in self._scene.links_down else "enable"
        yield Fact("inventory", "tmf639", f"/resource?id={link.id}", (0, "operationalState"), operation)
        yield self._light(link)
        for protected in (False, True):
            served = (c for c in circuits if c.state == "active" and c.protected is protected)
            if one := next(served, None):
                yield from self._of(one)

    def _light(self, link: Link) -> Fact:
        """Tell what the receiver at the link's Z end reads."""
        port = f"{link.z}:{link.z_port}"
        light = optics.received_dbm(self._operator.seed, port, link.km)
        light -= self._operator.story.faded_db(f"{port}:rx", self._at)
        dbm = optics.DARK_DBM if port in self._scene.ports_dark else light
        return Fact("vendor", "nbi", f"/ports?aliases={port}", ("data", "items", 0, "rxPower"), f"{dbm:.2f}")

    def _of(self, circuit: Circuit) -> Iterator[Fact]:
        active = [
            alarm
            for alarm in (*self._operator.alarms, *self._scene.alarms)
            if alarm.active and any(circuit is one for one in alarm.circuits)
        ]
        path = f"/alarm?affectedService.id={circuit.service_id}&state=raised&state=updated"
        yield Fact("alarms", "tmf642", path, ("length",), len(active))
        tickets = [
            ticket
            for ticket in (*self._operator.tickets, *self._scene.tickets)
            if any(circuit is one for one in ticket.circuits)
        ]
        yield Fact("tickets", "tmf621", f"/troubleTicket?relatedEntity.id={circuit.code}", ("length",), len(tickets))
        if circuit.code not in self._operator.planted.no_trail:
            works = "disable" if circuit.code in self._scene.down else "enable"
            path = f"/resource?category=trail&name={circuit.code}"
            yield Fact("inventory", "tmf639", path, (0, "operationalState"), works)
        if not self._suffered_before(circuit):
            query = "/api/v1/query?query=" + quote(f'availability{{circuit="{circuit.code}"}}')
            value = "0" if circuit.code in self._scene.down else "1"
            yield Fact("metrics", "prometheus", query, ("data", "result", 0, "value", 1), value)

    def _suffered_before(self, circuit: Circuit) -> bool:
        """Whether the circuit has troubles of its own, or is not measured all the time."""
        return has_gaps(circuit.number) or any(
            circuit is one for alarm in self._operator.alarms for one in alarm.circuits
        )
