"""A NetBox in small, with cables in it: it answers lists as NetBox 4.7 does, its traps included."""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from tests.sources.chaos import as_json

Row = dict[str, Any]
KINDS = {
    "interfaces": "dcim.interface",
    "front-ports": "dcim.frontport",
    "rear-ports": "dcim.rearport",
    "circuit-terminations": "circuits.circuittermination",
}
FILTERS: dict[str, Callable[[Row], str]] = {
    "id": lambda row: str(row["id"]),
    "cid": lambda row: str(row.get("cid")),
    "device_id": lambda row: str(row["device"]["id"]),
    "circuit_id": lambda row: str(row["circuit"]["id"]),
}
"""What is known of filters; all others are passed over, as are those that say nothing."""


@dataclass
class Plant:
    """What is installed, and the requests that were made."""

    tables: dict[str, list[Row]] = field(default_factory=lambda: {name: [] for name in ("circuits", *KINDS)})
    devices: dict[str, int] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)
    most: int = 1000
    broken: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Number rows and cables from one."""
        self._ids, self._cables = count(1), count(1)

    def port(self, device: str, name: str, kind: str = "interfaces", **more: Any) -> Row:
        """A port of a device, which is there from then on."""
        number = self.devices.setdefault(device, len(self.devices) + 1)
        row = {"id": next(self._ids), "device": {"id": number, "name": device}, "name": name, "description": ""}
        return self._add(kind, {**row, **({"rear_ports": []} if kind == "front-ports" else {}), **more})

    def front(self, rear: Row, name: str, position: int = 1) -> Row:
        """A front port before a position of a rear port."""
        behind = [{"position": 1, "rear_port": rear["id"], "rear_port_position": position}]
        return self.port(rear["device"]["name"], name, "front-ports", rear_ports=behind)

    def panel(self, device: str) -> tuple[Row, Row]:
        """A front port and the rear port behind it."""
        rear = self.port(device, "R1", "rear-ports")
        return self.front(rear, "F1"), rear

    def circuit(self, cid: str) -> tuple[Row, Row]:
        """The A and the Z termination of a new circuit."""
        circuit = {"id": next(self._ids), "cid": cid}
        self.tables["circuits"].append(circuit)
        a, z = ({"id": next(self._ids), "circuit": circuit, "term_side": side} for side in "AZ")
        return self._add("circuit-terminations", a), self._add("circuit-terminations", z)

    def cable(self, *ends: Row) -> str:
        """A cable from the first port to the others; gives its id. Which end is its A end says nothing."""
        cable = {"id": next(self._cables), "label": ""}
        first, *others = ends
        for one, peers in [(first, others), *((other, [first]) for other in others)]:
            kind = next(name for name, rows in self.tables.items() if peers[0] in rows)
            nested = [
                {name: peer[name] for name in ("id", "device", "circuit", "name") if name in peer} for peer in peers
            ]
            one.update(cable=cable, cable_end="B", link_peers=nested, link_peers_type=KINDS[kind])
        return str(cable["id"])

    def answer(self, request: Request, body: bytes) -> Response:
        """One page of a list."""
        *_, name, _ = request.url.path.split("/")
        query = request.query_params
        if name in self.broken:
            return as_json({}, 500)
        if len(f"GET {request.url.path}?{request.url.query} HTTP/1.1\r\n") > 4094:
            return Response("Request Line is too large", 400)
        rows = self.tables[name]
        for filter_, of in FILTERS.items():
            if any(wanted := query.getlist(filter_)):
                rows = [row for row in rows if of(row) in wanted]
        if query.get("cabled") == "true":
            rows = [row for row in rows if row["cable"] is not None]
        start, size = int(query.get("offset", 0)), min(self.most, int(query.get("limit", 50)))
        more = "http://elsewhere.example/?offset=7" if start + size < len(rows) else None
        wanted_fields = query["fields"].split(",")
        shown = [{name: row[name] for name in wanted_fields if name in row} for row in rows[start : start + size]]
        return as_json({"count": len(rows), "next": more, "previous": None, "results": shown})

    def _add(self, table: str, row: Row) -> Row:
        uncabled = {"cable": None, "cable_end": "", "link_peers": [], "link_peers_type": None}
        self.tables[table].append({**uncabled, **row})
        return self.tables[table][-1]
