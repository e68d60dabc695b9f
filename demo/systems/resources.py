"""The inventory's resources (TMF639): trails, routes, elements, links and sites, each a category of one list."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from demo.operator import Operator
from demo.tmf630 import Collection, Filter, Habits, Json
from demo.world.circuits import Circuit
from demo.world.network import Element, Link
from demo.world.parties import Site
from demo.world.routes import Hop

BASE = "/tmf-api/resourceInventoryManagement/v4"


@dataclass(frozen=True, slots=True)
class Resource:
    """One row: a thing of the world in one category."""

    id: str
    category: str
    name: str
    thing: Any
    party: str | None = None


def collection(operator: Operator, habits: Habits) -> Collection[Resource]:
    """Set up the list of all resources, by category and then in the order in which they were entered."""
    writer = _Writer(operator)
    return Collection(
        rows=list(_rows(operator)),
        name=lambda row: row.id,
        write=writer.write,
        filters={
            "id": Filter(lambda row: (row.id,)),
            "category": Filter(lambda row: (row.category,)),
            "name": Filter(lambda row: (row.name,)),
            "relatedParty.id": Filter(lambda row: (row.party,) if row.party else ()),
            "resourceRelationship.id": Filter(lambda row: _hops(operator, row)),
        },
        orders={"id": lambda row: row.id, "name": lambda row: row.name},
        habits=habits,
    )


def _hops(operator: Operator, row: Resource) -> set[str]:
    """The elements that a route passes; other resources answer to none."""
    if row.category != "route":
        return set()
    circuit, role = row.thing
    return {hop.element for hop in operator.route(circuit, role)}


def _rows(operator: Operator) -> Iterator[Resource]:
    missing = operator.planted.no_trail
    for element in operator.network.elements.values():
        yield Resource(element.id, "networkElement", element.name, element)
    for link in operator.network.links.values():
        yield Resource(link.id, "link", link.id, link)
    for element in operator.network.elements.values():
        yield Resource(element.site_id, "site", element.room, element)
    for own in operator.sites_of:
        yield from (Resource(site.id, "site", site.name, site, site.customer) for site in own)
    for circuit in operator.circuits:
        if circuit.code not in missing:
            yield Resource(circuit.trail_id, "trail", circuit.code, circuit, circuit.customer.id)
    for circuit in operator.circuits:
        route = circuit.trail_id.replace("trail", "route")
        yield Resource(f"{route}-w", "route", circuit.code, (circuit, "WORKING"), circuit.customer.id)
        if circuit.protected:
            yield Resource(f"{route}-p", "route", circuit.code, (circuit, "PROTECTION"), circuit.customer.id)


class _Writer:
    """Writes each category in its own way, over what all resources share."""

    def __init__(self, operator: Operator) -> None:
        self._operator = operator
        self._customers = {customer.id: customer.name for customer in operator.customers}
        self._ways: dict[str, Callable[[Any], Json]] = {
            "networkElement": _element,
            "link": self._link,
            "site": _site,
            "trail": self._trail,
            "route": self._route,
        }

    def write(self, row: Resource) -> Json:
        """Write one resource."""
        body = _head(row) | self._ways[row.category](row.thing)
        if row.party:
            name = self._customers[row.party]
            body["relatedParty"] = [{"id": row.party, "name": name, "role": "customer", "@referredType": "Customer"}]
        return body

    def _link(self, link: Link) -> Json:
        return _link(link, link.id not in self._operator.scene.links_down)

    def _trail(self, circuit: Circuit) -> Json:
        planted, scene = self._operator.planted, self._operator.scene
        works = circuit.state == "active" and circuit.code not in scene.down
        protection = "switched" if circuit.code in scene.switched else "standbyLost"
        touched = circuit.code in scene.switched or circuit.code in scene.standby_lost
        return {
            "administrativeState": "unlocked" if circuit.state in ("active", "inactive") else "locked",
            "operationalState": "enable" if works else "disable",
            "usageState": "active" if works else "idle",
            "resourceCharacteristic": _characteristics(
                bandwidthKbps=str(planted.trail_kbps.get(circuit.code, circuit.kbps)),
                slaClass=planted.trail_sla_class.get(circuit.code, circuit.sla_class),
                serviceId=circuit.service_id,
                **({"protectionState": protection} if touched else {}),
            ),
            "@type": "LogicalResource",
        }

    def _route(self, thing: tuple[Circuit, str]) -> Json:
        circuit, role = thing
        route = self._operator.route(circuit, role)
        elements = self._operator.network.elements
        return self._use(circuit.code, role) | {
            "resourceCharacteristic": _characteristics(role=role, complete=True),
            "resourceRelationship": [_hop(position, hop, elements[hop.element]) for position, hop in enumerate(route)],
            "@type": "LogicalResource",
        }

    def _use(self, code: str, role: str) -> Json:
        """Tell whether a route works and is used, but only while that is not as it usually is."""
        scene, working = self._operator.scene, role == "WORKING"
        if code in scene.switched:
            broken, used = working and bool(scene.links_down), not working
        elif code in scene.down or code in scene.standby_lost:
            broken = working == (code in scene.down)
            used = working and not broken
        else:
            return {}
        return {"operationalState": "disable" if broken else "enable", "usageState": "active" if used else "idle"}


def _head(row: Resource) -> Json:
    href = f"{BASE}/resource/{row.id}"
    return {"id": row.id, "href": href, "category": row.category, "name": row.name}


def _element(element: Element) -> Json:
    return {
        "administrativeState": "unlocked",
        "operationalState": "enable",
        "usageState": "active",
        "resourceStatus": "available",
        "resourceCharacteristic": _characteristics(
            vendor=element.vendor, model=element.model, role=element.role, siteId=element.site_id
        ),
        "place": {
            "id": element.site_id,
            "href": f"{BASE}/resource/{element.site_id}",
            "name": element.room,
            "role": "location",
            "@referredType": "GeographicSite",
        },
        "@type": "PhysicalResource",
    }


def _link(link: Link, works: bool) -> Json:
    return {
        "operationalState": "enable" if works else "disable",
        "resourceCharacteristic": _characteristics(
            aElement=link.a,
            aPort=link.a_port,
            zElement=link.z,
            zPort=link.z_port,
            layer=link.layer,
            riskGroup=link.risk_group,
            lengthKm=link.km,
        ),
        "resourceRelationship": [
            {"id": end, "href": f"{BASE}/resource/{end}", "relationshipType": role}
            for end, role in ((link.a, "aEnd"), (link.z, "zEnd"))
        ],
        "@type": "PhysicalResource",
    }


def _site(site: Site | Element) -> Json:
    """Write a customer's site, or the operator's own building around an element."""
    return {
        "resourceCharacteristic": _characteristics(
            address=site.address,
            city=site.city.chinese,
            cityEnglish=site.city.name,
            latitude=round(site.latitude, 5),
            longitude=round(site.longitude, 5),
        ),
        "@type": "PhysicalResource",
    }


def _hop(position: int, hop: Hop, element: Element) -> Json:
    said = _characteristics(
        sequence=position,
        elementName=element.name,
        inPort=hop.in_port,
        outPort=hop.out_port,
        layer=hop.layer,
    )
    if hop.link is not None:
        said += _characteristics(link=hop.link.id)
    return {
        "id": hop.element,
        "href": f"{BASE}/resource/{hop.element}",
        "relationshipType": "hop",
        "resourceRelationshipCharacteristic": said,
    }


def _characteristics(**said: str | int | float | bool) -> list[Json]:
    kinds = {str: "string", bool: "boolean", int: "number", float: "number"}
    return [{"name": name, "value": value, "valueType": kinds[type(value)]} for name, value in said.items()]
