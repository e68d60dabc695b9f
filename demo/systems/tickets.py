"""The ticket system (TMF621): what customers complained of, newest first.

Its quirks: never more than 100 rows, whatever the limit says, though X-Total-Count is right; dates are written at
+08:00; the case of a status depends on which of its two front ends wrote it.
"""

from datetime import datetime, timedelta, timezone

from demo.operator import Operator
from demo.systems.system import Editions, System, application, demand_header, resource
from demo.tmf630 import Collection, Filter, Habits, Json
from demo.world.tickets import Ticket

BASE = "/tmf-api/troubleTicket/v4"
TOKEN = "demo-tickets-token"  # noqa: S105 (a demo's fixed credential)
_BEIJING = timezone(timedelta(hours=8))


def build(operator: Operator) -> System:
    """Set up the ticket system for one operator."""
    tickets = Editions(operator, lambda: _tickets(operator))
    guard = demand_header("Authorization", f"Bearer {TOKEN}", "Bearer")
    return System(
        name="tickets",
        app=application(resource(f"{BASE}/troubleTicket", tickets, guard)),
        paths={"tmf621": BASE},
        auth={"kind": "bearer", "token": TOKEN},
        latency=(10, 30),
    )


def _tickets(operator: Operator) -> Collection[Ticket]:
    return Collection(
        rows=sorted(operator.tickets_now, key=lambda ticket: (ticket.opened, ticket.id), reverse=True),
        name=lambda ticket: ticket.id,
        write=_write,
        filters={
            "id": Filter(lambda ticket: (ticket.id,)),
            "status": Filter(lambda ticket: (ticket.status,), str.lower),
            "relatedParty.id": Filter(lambda ticket: (ticket.customer.id,)),
            "relatedEntity.id": Filter(lambda ticket: (circuit.code for circuit in ticket.circuits)),
        },
        orders={
            "creationDate": lambda ticket: (ticket.opened, ticket.id),
            "id": lambda ticket: ticket.id,
        },
        habits=Habits(page=100, most=100),
    )


def _write(ticket: Ticket) -> Json:
    second_front_end = int(ticket.id[-1]) % 3 == 0
    body: Json = {
        "id": ticket.id,
        "href": f"{BASE}/troubleTicket/{ticket.id}",
        "name": ticket.title,
        "description": ticket.description,
        "ticketType": ticket.kind,
        "status": ticket.status[0].upper() + ticket.status[1:] if second_front_end else ticket.status,
        "severity": ticket.severity,
        "priority": ticket.priority,
        "creationDate": _time(ticket.opened),
        "lastUpdate": _time(ticket.changed),
        "statusChangeDate": _time(ticket.changed),
        "requestedResolutionDate": _time(ticket.due),
        "expectedResolutionDate": _time(ticket.due),
        "statusChange": [
            {
                "changeDate": _time(change.at),
                "changeReason": change.reason,
                "status": change.status,
                "@type": "StatusChange",
            }
            for change in ticket.history
        ],
        "note": [
            {
                "id": f"{ticket.id}-{number}",
                "author": note.author,
                "date": _time(note.at),
                "text": note.text,
                "@type": "Note",
            }
            for number, note in enumerate(ticket.notes, start=1)
        ],
        "relatedEntity": [
            {"id": circuit.code, "name": circuit.name, "role": "affected", "@referredType": "Circuit"}
            for circuit in ticket.circuits
        ],
        "relatedParty": [
            {
                "id": ticket.customer.id,
                "name": ticket.customer.name,
                "role": "customer",
                "@referredType": "Customer",
            }
        ],
        "@type": "TroubleTicket",
    }
    if ticket.resolved:
        body["resolutionDate"] = _time(ticket.resolved)
    return body


def _time(moment: datetime) -> str:
    return moment.astimezone(_BEIJING).isoformat(timespec="seconds")
