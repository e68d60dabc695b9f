"""The equipment vendor's controller: elements, ports and links in the vendor's own words.

Its quirks: every answer is HTTP 200, and `code` tells whether it is one; its own ids (`NE=4711`), with ours as `alias`;
numbers are strings, dates are milliseconds since 1970; UP and DOWN; a token is got by POST and sent in X-Auth-Token;
several values by comma, at most 100, and an empty or an unknown parameter is refused; pages by `nextToken`.
"""

from dataclasses import dataclass
from datetime import datetime

from starlette.applications import Starlette
from starlette.routing import Route

from demo.operator import Operator
from demo.systems.nbi import Listing, RefusedError, Sessions, refusal
from demo.systems.system import System
from demo.tmf630 import Filter, Json
from demo.world import optics
from demo.world.circuits import Circuit
from demo.world.network import Element, Link

BASE = "/nbi/v2"
USER, PASSWORD = "demo-vendor", "demo-vendor-password"
TOKEN_LIVES_SECONDS = 1800
_LINE_KBPS = {"OTN": 100_000_000, "SDH": 9_953_280, "ETHERNET": 10_000_000}


def build(operator: Operator) -> System:
    """Set up the vendor's controller for one operator."""
    sessions, writer = Sessions(USER, PASSWORD, TOKEN_LIVES_SECONDS), _Writer(operator)
    routes = [Route(f"{BASE}/session", sessions.open, methods=["POST"])]
    for path, listing in (
        ("elements", writer.elements(sessions)),
        ("ports", writer.ports(sessions)),
        ("links", writer.links(sessions)),
    ):
        routes += [Route(f"{BASE}/{path}", listing.page), Route(f"{BASE}/{path}/{{id}}", listing.one)]
    return System(
        name="vendor",
        app=Starlette(routes=routes, exception_handlers={RefusedError: refusal}),
        paths={"nbi": BASE},
        auth={
            "kind": "session",
            "token_path": f"{BASE}/session",
            "user": USER,
            "password": PASSWORD,
            "header": "X-Auth-Token",
        },
        latency=(10, 40),
    )


@dataclass(frozen=True, slots=True)
class Port:
    """One port of an element: a link's end, or a circuit's."""

    element: str
    name: str
    link: Link | None
    circuit: Circuit | None

    @property
    def alias(self) -> str:
        """The port's name in the inventory's words."""
        return f"{self.element}:{self.name}"


class _Writer:
    """Knows the vendor's own ids, and writes each kind of thing."""

    def __init__(self, operator: Operator) -> None:
        self._operator = operator
        network = operator.network
        self._elements = {element: f"NE={4001 + number}" for number, element in enumerate(network.elements)}
        self._links = {link: f"LNK={9001 + number}" for number, link in enumerate(network.links)}

    def elements(self, sessions: Sessions) -> Listing[Element]:
        """List the elements."""
        filters: dict[str, Filter[Element]] = {
            "ids": Filter(lambda element: (self._elements[element.id],)),
            "aliases": Filter(lambda element: (element.id,)),
        }
        return Listing(lambda: list(self._operator.network.elements.values()), self._element, filters, sessions.guard)

    def ports(self, sessions: Sessions) -> Listing[Port]:
        """List the ports."""
        filters: dict[str, Filter[Port]] = {
            "ids": Filter(lambda port: (self._port_id(port.element, port.name),)),
            "aliases": Filter(lambda port: (port.alias,)),
            "elementIds": Filter(lambda port: (self._elements[port.element],)),
            "elementAliases": Filter(lambda port: (port.element,)),
        }
        return Listing(self._all_ports, self._port, filters, sessions.guard)

    def links(self, sessions: Sessions) -> Listing[Link]:
        """List the links."""
        filters: dict[str, Filter[Link]] = {
            "ids": Filter(lambda link: (self._links[link.id],)),
            "aliases": Filter(lambda link: (link.id,)),
            "elementIds": Filter(lambda link: (self._elements[link.a], self._elements[link.z])),
            "elementAliases": Filter(lambda link: (link.a, link.z)),
        }
        return Listing(lambda: list(self._operator.network.links.values()), self._link, filters, sessions.guard)

    def _all_ports(self) -> list[Port]:
        """List the ports element by element, in the order in which each hands them out: the links' first."""
        ports: dict[str, list[Port]] = {element: [] for element in self._elements}
        for link in self._operator.network.links.values():
            for end in (link.a, link.z):
                ports[end].append(Port(end, link.port(end), link, None))
        for circuit in self._operator.circuits:
            for end, name in ((circuit.a_site.element, circuit.a_port), (circuit.z_site.element, circuit.z_port)):
                ports[end].append(Port(end, name, None, circuit))
        return [port for own in ports.values() for port in own]

    def _element(self, element: Element) -> Json:
        seed, now = self._operator.seed, self._operator.clock.now
        booted = optics.booted(seed, element.id)
        return {
            "id": self._elements[element.id],
            "alias": element.id,
            "name": element.name,
            "vendorName": element.vendor,
            "productName": element.model,
            "softwareVersion": optics.software(seed, element.vendor, element.id),
            "adminState": "UNLOCKED",
            "operState": "UP",
            "temperature": f"{optics.celsius(seed, element.id, now):.1f}",
            "uptimeSeconds": str(int((now - booted).total_seconds())),
            "bootTime": _milliseconds(booted),
            "collectTime": _milliseconds(now),
        }

    def _port(self, port: Port) -> Json:
        seed, now = self._operator.seed, self._operator.clock.now
        km = port.link.km if port.link else 0.5
        kbps = _LINE_KBPS[port.link.layer] if port.link else port.circuit.kbps if port.circuit else 0
        body: Json = {
            "id": self._port_id(port.element, port.name),
            "alias": port.alias,
            "elementId": self._elements[port.element],
            "elementAlias": port.element,
            "name": port.name,
            "type": "LINE" if port.link else "CLIENT",
            "operState": "DOWN" if port.alias in self._operator.scene.ports_dark else "UP",
            "speedKbps": str(kbps),
            "txPower": f"{optics.sent_dbm(seed, port.alias) - self._faded(port.alias, 'tx'):.2f}",
            "rxPower": f"{self._received(port.alias, km):.2f}",
            "rxPowerLowThreshold": f"{optics.RECEIVER_LIMIT_DBM:.2f}",
            "collectTime": _milliseconds(now),
        }
        if port.link:
            far = port.link.other(port.element)
            body |= {"linkId": self._links[port.link.id], "peerPortId": self._port_id(far, port.link.port(far))}
        return body

    def _received(self, port: str, km: float) -> float:
        if port in self._operator.scene.ports_dark:
            return optics.DARK_DBM
        return optics.received_dbm(self._operator.seed, port, km) - self._faded(port, "rx")

    def _faded(self, port: str, side: str) -> float:
        operator = self._operator
        return operator.story.faded_db(f"{port}:{side}", operator.clock.now) if operator.has_moved else 0.0

    def _link(self, link: Link) -> Json:
        now = self._operator.clock.now
        down = link.id in self._operator.scene.links_down
        return {
            "id": self._links[link.id],
            "alias": link.id,
            "aPortId": self._port_id(link.a, link.a_port),
            "zPortId": self._port_id(link.z, link.z_port),
            "layerRate": link.layer,
            "operState": "DOWN" if down else "UP",
            "capacityKbps": str(_LINE_KBPS[link.layer]),
            "utilisation": "0.0" if down else f"{100 * optics.load(self._operator.seed, link.id, now):.1f}",
            "lengthKm": f"{link.km:.2f}",
            "collectTime": _milliseconds(now),
        }

    def _port_id(self, element: str, port: str) -> str:
        return f"PTP={self._elements[element].removeprefix('NE=')}:{port}"


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
