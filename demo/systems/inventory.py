"""The inventory: services (TMF638) and the resources that carry them (TMF639), in one server.

Its quirks: its own ids for services; several values of a filter are joined by commas; a page that is not all is
answered with 206; request lines of more than 4,094 bytes are refused.
"""

import base64

from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from demo.operator import Operator
from demo.systems import resources
from demo.systems.system import System, application, demand_header, resource
from demo.tmf630 import Collection, Filter, Habits, Json, json_response
from demo.world.circuits import PRODUCTS, Circuit, bandwidth

SERVICES = "/tmf-api/serviceInventory/v4"
RESOURCES = resources.BASE
USER, PASSWORD = "demo-inventory", "demo-inventory-password"
LONGEST_REQUEST_LINE = 4094
HABITS = Habits(page=20, most=200, comma=True, partial_is_206=True)


def build(operator: Operator) -> System:
    """Set up the inventory for one operator."""
    secret = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    guard = demand_header("Authorization", f"Basic {secret}", 'Basic realm="inventory"')
    app = application(
        resource(f"{SERVICES}/service", _services(operator), guard)
        + resource(f"{RESOURCES}/resource", resources.collection(operator, HABITS), guard)
    )
    app.user_middleware.append(Middleware(_ShortLines))
    return System(
        name="inventory",
        app=app,
        paths={"tmf638": SERVICES, "tmf639": RESOURCES},
        auth={"kind": "basic", "user": USER, "password": PASSWORD},
        latency=(8, 30),
    )


class _ShortLines:
    """Refuses a request line that is longer than this system's buffer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and _request_line(scope) > LONGEST_REQUEST_LINE:
            refusal = json_response({"code": "414", "reason": "URI Too Long", "@type": "Error"}, 414)
            await refusal(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _request_line(scope: Scope) -> int:
    query = len(scope["query_string"])
    return len(scope["method"]) + 1 + len(scope["raw_path"]) + (query + 1 if query else 0) + len(" HTTP/1.1")


def _services(operator: Operator) -> Collection[Circuit]:
    def write(circuit: Circuit) -> Json:
        return _write(circuit, circuit.code not in operator.planted.no_trail)

    return Collection(
        rows=operator.circuits,
        name=lambda circuit: circuit.service_id,
        write=write,
        filters={
            "id": Filter(lambda circuit: (circuit.service_id,)),
            "name": Filter(lambda circuit: (circuit.name,)),
            "state": Filter(lambda circuit: (circuit.state,)),
            "relatedParty.id": Filter(lambda circuit: (circuit.customer.id,)),
            "place.id": Filter(lambda circuit: {circuit.a_site.id, circuit.z_site.id}),
            "serviceCharacteristic.circuitCode": Filter(lambda circuit: (circuit.code,)),
        },
        orders={
            "id": lambda circuit: circuit.service_id,
            "relatedParty.id": lambda circuit: circuit.customer.id,
            "name": lambda circuit: circuit.name,
            "state": lambda circuit: circuit.state,
            "startDate": lambda circuit: circuit.start,
            "serviceCharacteristic.circuitCode": lambda circuit: circuit.code,
        },
        habits=HABITS,
    )


def _write(circuit: Circuit, has_trail: bool) -> Json:
    said = {
        "circuitCode": circuit.code,
        "category": circuit.category,
        "bandwidth": bandwidth(circuit.kbps),
        "slaClass": circuit.sla_class,
        "product": PRODUCTS[circuit.category],
        "aPort": circuit.a_port,
        "zPort": circuit.z_port,
    }
    body: Json = {
        "id": circuit.service_id,
        "href": f"{SERVICES}/service/{circuit.service_id}",
        "name": circuit.name,
        "category": "CFS",
        "serviceType": PRODUCTS[circuit.category],
        "state": circuit.state,
        "isServiceEnabled": circuit.state == "active",
        "startDate": f"{circuit.start.isoformat()}T00:00:00.000Z",
        "serviceCharacteristic": [
            {"name": name, "value": value, "valueType": "string"} for name, value in said.items()
        ],
        "relatedParty": [
            {
                "id": circuit.customer.id,
                "name": circuit.customer.name,
                "role": "customer",
                "@referredType": "Customer",
            }
        ],
        "place": [
            {"id": site.id, "name": site.address, "role": role, "@referredType": "GeographicSite"}
            for role, site in (("aEnd", circuit.a_site), ("zEnd", circuit.z_site))
        ],
        "@type": "Service",
    }
    if has_trail:
        body["supportingResource"] = [
            {"id": circuit.trail_id, "name": circuit.code, "@referredType": "LogicalResource"}
        ]
    return body
