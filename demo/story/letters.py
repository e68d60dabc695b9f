"""The tickets of the story: complaints, one for each customer that is hit, and the notice of a planned work."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from demo.world.circuits import Circuit
from demo.world.tickets import PRIORITY, REASONS, RESTORE_HOURS, Change, Note, Ticket


@dataclass(frozen=True, slots=True)
class Form:
    """What all tickets about one trouble have in common; `due` is None where the SLA class says it."""

    kind: str
    description: str
    severity: str
    steps: tuple[tuple[timedelta, str], ...]
    """What is noted, and how long after the opening."""
    due: datetime | None = None


@dataclass(frozen=True, slots=True)
class Times:
    """When the first ticket is opened, when work on it begins, and when it is solved and closed."""

    opened: datetime
    begun: datetime
    solved: datetime
    closed: datetime
    apart: timedelta = timedelta(seconds=20)


_ROUND = 60
"""So many tickets are opened one after the other; then again from the start, by another clerk."""


def write(form: Form, circuits: Sequence[Circuit], times: Times, numbers: "count[int]") -> Iterator[Ticket]:
    """Write a ticket for each customer, about all of its circuits."""
    owned: dict[str, list[Circuit]] = {}
    for circuit in circuits:
        owned.setdefault(circuit.customer.id, []).append(circuit)
    for position, own in enumerate(owned.values()):
        yield _ticket(form, own, times, times.apart * (position % _ROUND), f"TT2026{next(numbers):08d}")


def _ticket(form: Form, circuits: list[Circuit], times: Times, late: timedelta, number: str) -> Ticket:
    customer, first = circuits[0].customer, circuits[0]
    opened, resolved = times.opened + late, times.solved + late
    changes = (
        (opened + timedelta(minutes=2), "acknowledged"),
        (max(times.begun, opened + timedelta(minutes=4)), "inProgress"),
        (resolved, "resolved"),
        (times.closed + late, "closed"),
    )
    others = f"等{len(circuits)}条电路" if len(circuits) > 1 else ""
    restore = min(RESTORE_HOURS[circuit.sla_class] for circuit in circuits)
    return Ticket(
        id=number,
        title=f"{first.code}{others} {form.kind}",
        description=form.description,
        kind=form.kind,
        status="closed",
        severity=form.severity,
        priority=PRIORITY[customer.tier],
        opened=opened,
        changed=changes[-1][0],
        due=form.due or opened + timedelta(hours=restore),
        resolved=resolved,
        customer=customer,
        circuits=tuple(circuits),
        notes=tuple(Note(opened + after, customer.account_manager, text) for after, text in form.steps),
        history=tuple(Change(at, status, REASONS[status]) for at, status in changes),
    )
