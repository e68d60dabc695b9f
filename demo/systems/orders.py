"""The order system (TMF641): what is being built and changed, with its milestones.

Its quirks: several values of a filter are joined by commas; a page that is not all is answered with 206; dates are
written at +08:00; a milestone that is not reached carries the date on which it is planned; a time in which the order
waited for the customer is told as two jeopardy alerts, `held` and `resumed`.
"""

import base64
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone

from demo.operator import Operator
from demo.systems.system import System, application, demand_header, resource
from demo.tmf630 import Collection, Filter, Habits, Json
from demo.world.circuits import PRODUCTS, bandwidth
from demo.world.orders import Milestone, Order

BASE = "/tmf-api/serviceOrdering/v4"
USER, PASSWORD = "demo-orders", "demo-orders-password"
STEPS = {
    "survey": "现场勘查",
    "design": "方案设计",
    "construction": "线路施工",
    "configuration": "数据配置",
    "test": "开通测试",
    "handover": "客户交付",
}
_CATEGORIES = {"add": "新装", "modify": "变更"}
_BEIJING = timezone(timedelta(hours=8))


def build(operator: Operator) -> System:
    """Set up the order system for one operator."""
    secret = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    guard = demand_header("Authorization", f"Basic {secret}", 'Basic realm="orders"')
    orders = Collection(
        rows=operator.orders,
        name=lambda order: order.id,
        write=_write,
        filters={
            "id": Filter(lambda order: (order.id,)),
            "state": Filter(lambda order: (order.state,)),
            "category": Filter(lambda order: (_CATEGORIES[order.action],)),
            "externalId": Filter(lambda order: (order.circuit.code,)),
            "relatedParty.id": Filter(lambda order: (order.circuit.customer.id,)),
        },
        orders={
            "id": lambda order: order.id,
            "orderDate": lambda order: (order.ordered, order.id),
            "requestedCompletionDate": lambda order: (order.requested, order.id),
            "priority": lambda order: (order.priority, order.id),
        },
        habits=Habits(page=50, most=200, comma=True, partial_is_206=True),
    )
    return System(
        name="orders",
        app=application(resource(f"{BASE}/serviceOrder", orders, guard)),
        paths={"tmf641": BASE},
        auth={"kind": "basic", "user": USER, "password": PASSWORD},
        latency=(10, 30),
    )


def _write(order: Order) -> Json:
    circuit = order.circuit
    body: Json = {
        "id": order.id,
        "href": f"{BASE}/serviceOrder/{order.id}",
        "externalId": circuit.code,
        "state": order.state,
        "category": _CATEGORIES[order.action],
        "description": f"{circuit.code} {PRODUCTS[circuit.category]}{_CATEGORIES[order.action]}",
        "priority": order.priority,
        "orderDate": _time(order.ordered),
        "requestedStartDate": _time(order.ordered),
        "requestedCompletionDate": _time(order.requested),
        "expectedCompletionDate": _time(order.expected),
        "relatedParty": [
            {
                "id": circuit.customer.id,
                "name": circuit.customer.name,
                "role": "customer",
                "@type": "RelatedParty",
                "@referredType": "Customer",
            }
        ],
        "serviceOrderItem": [_item(order)],
        "milestone": [_milestone(order, number, step) for number, step in enumerate(order.milestones, start=1)],
        "note": [
            {"id": f"{order.id}-{number}", "author": note.author, "date": _time(note.at), "text": note.text}
            for number, note in enumerate(order.notes, start=1)
        ],
        "@type": "ServiceOrder",
    }
    if order.pauses:
        body["jeopardyAlert"] = list(_alerts(order))
    if order.ended and order.state == "completed":
        body["completionDate"] = _time(order.ended)
    if order.ended and order.state == "cancelled":
        body |= {"cancellationDate": _time(order.ended), "cancellationReason": "客户撤单"}
    return body


def _item(order: Order) -> Json:
    circuit = order.circuit
    return {
        "id": "1",
        "action": order.action,
        "state": order.state,
        "quantity": 1,
        "service": {
            "id": circuit.service_id,
            "href": f"/tmf-api/serviceInventory/v4/service/{circuit.service_id}",
            "name": circuit.name,
            "state": circuit.state,
            "serviceType": PRODUCTS[circuit.category],
            "serviceCharacteristic": [
                {"name": "circuitCode", "value": circuit.code, "valueType": "string"},
                {"name": "bandwidth", "value": bandwidth(order.kbps), "valueType": "string"},
            ],
            "@type": "Service",
        },
        "@type": "ServiceOrderItem",
    }


def _milestone(order: Order, number: int, step: Milestone) -> Json:
    return {
        "id": f"{order.id}-M{number}",
        "name": step.name,
        "description": STEPS[step.name],
        "milestoneDate": _time(step.at),
        "status": step.status,
        "@type": "ServiceOrderMilestone",
    }


def _alerts(order: Order) -> Iterator[Json]:
    for pause in order.pauses:
        yield _alert("held", pause.began, pause.reason)
        if pause.ended:
            yield _alert("resumed", pause.ended, f"{pause.reason}：已解除")


def _alert(name: str, at: datetime, message: str) -> Json:
    return {"name": name, "alertDate": _time(at), "jeopardyType": "customerCaused", "message": message}


def _time(moment: datetime) -> str:
    return moment.astimezone(_BEIJING).isoformat(timespec="seconds")
