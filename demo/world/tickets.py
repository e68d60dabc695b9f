"""Trouble tickets: what customers complained of, and what the operator did about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from demo.world.chance import NOW, dice
from demo.world.circuits import Circuit
from demo.world.parties import Customer

TICKET_SHARE = 0.08
"""Tickets for each circuit."""
STATUSES = {"acknowledged": 15, "inProgress": 25, "pending": 12, "held": 5, "resolved": 13, "closed": 25,
            "rejected": 2, "cancelled": 3}  # fmt: skip
OVER = frozenset({"resolved", "closed", "rejected", "cancelled"})
WAITED_SHARE = 0.25
"""Of the tickets that went on or are over, those that waited for the customer in between."""
REASONS = {
    "acknowledged": "已受理",
    "inProgress": "维护人员处理中",
    "pending": "等待客户配合测试",
    "held": "等待客户开放机房",
    "resolved": "业务已恢复",
    "closed": "客户确认",
    "rejected": "非本网故障",
    "cancelled": "客户撤销申告",
}
_COMPLAINTS = (
    ("电路中断", "客户申告电路中断，业务不通。", "Critical"),
    ("时延偏高", "客户反映往返时延明显高于承诺值。", "Minor"),
    ("频繁闪断", "客户反映电路每小时闪断数次。", "Major"),
    ("误码告警", "客户侧设备持续上报误码。", "Major"),
    ("带宽不足", "客户测速未达到签约带宽。", "Minor"),
)
_STEPS = ("已受理，正在核查传输告警。", "已派维护人员赴现场测试光功率。", "更换光模块后观察中。", "客户确认业务恢复。")
RESTORE_HOURS = {"AAA": 4, "AA": 6, "A": 8, "STANDARD": 24}
PRIORITY = {"PLATINUM": "1", "GOLD": "2", "SILVER": "3", "BRONZE": "4"}


@dataclass(frozen=True, slots=True)
class Note:
    """What somebody wrote on a ticket."""

    at: datetime
    author: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A ticket got another status; the first one tells when somebody answered."""

    at: datetime
    status: str
    reason: str


@dataclass(frozen=True, slots=True)
class Ticket:
    """One trouble ticket; `due` is when service should be restored, by the circuit's SLA class.

    Its history begins with the answer, and ends with the status it has; while it is pending or held, its clock stands.
    """

    id: str
    title: str
    description: str
    kind: str
    status: str
    severity: str
    priority: str
    opened: datetime
    changed: datetime
    due: datetime
    resolved: datetime | None
    customer: Customer
    circuits: tuple[Circuit, ...]
    notes: tuple[Note, ...]
    history: tuple[Change, ...]


def open_tickets(seed: int, circuits: Sequence[Circuit]) -> list[Ticket]:
    """Open every ticket, numbered in the order of opening; a few speak of two or three circuits of one customer."""
    draw, past = dice(seed, "tickets"), dice(seed, "histories")
    about = draw.sample(circuits, max(1, round(len(circuits) * TICKET_SHARE)))
    opened = sorted(NOW - timedelta(minutes=20 + int(draw.random() ** 2 * 129_600)) for _ in about)
    siblings: dict[str, list[Circuit]] = {}
    for circuit in circuits:
        siblings.setdefault(circuit.customer.id, []).append(circuit)
    return [
        _ticket(draw, past, number, at, circuit, siblings[circuit.customer.id])
        for number, (at, circuit) in enumerate(zip(opened, about, strict=True), start=1)
    ]


def _ticket(
    draw: Random, past: Random, number: int, opened: datetime, circuit: Circuit, siblings: list[Circuit]
) -> Ticket:
    complaint, description, severity = draw.choice(_COMPLAINTS)
    status = draw.choices(tuple(STATUSES), tuple(STATUSES.values()))[0]
    others = draw.sample(siblings, min(len(siblings), draw.choice((0, 0, 0, 0, 1, 2))))
    together = (circuit, *(other for other in others if other is not circuit))
    changed = (opened + (NOW - opened) * draw.uniform(0.1, 0.95)).replace(microsecond=0)
    return Ticket(
        id=f"TT2026{number:08d}",
        title=f"{circuit.code} {complaint}",
        description=description,
        kind=complaint,
        status=status,
        severity=severity,
        priority=PRIORITY[circuit.customer.tier],
        opened=opened,
        changed=changed,
        due=opened + timedelta(hours=RESTORE_HOURS[circuit.sla_class]),
        resolved=changed if status in ("resolved", "closed") else None,
        customer=circuit.customer,
        circuits=together,
        notes=_notes(draw, opened, changed, circuit.customer.account_manager),
        history=_history(past, status, opened, changed),
    )


def _history(draw: Random, status: str, opened: datetime, changed: datetime) -> tuple[Change, ...]:
    """Tell how a ticket came to its status: answered, worked on, for one in four after a wait, and so on."""
    before = [] if status == "acknowledged" else ["acknowledged"]
    if status not in ("acknowledged", "rejected", "inProgress"):
        before.append("inProgress")
    if status in ("inProgress", "resolved", "closed") and draw.random() < WAITED_SHARE:
        before = ["acknowledged", "inProgress", draw.choice(("pending", "held"))]
        before += [] if status == "inProgress" else ["inProgress"]
    moments = sorted(opened + (changed - opened) * draw.uniform(0.02, 0.9) for _ in before)
    past = [Change(at.replace(microsecond=0), name, REASONS[name]) for at, name in zip(moments, before, strict=True)]
    last = ["resolved", "closed"] if status == "closed" else [status]
    return (*past, *(Change(changed, name, REASONS[name]) for name in last))


def _notes(draw: Random, opened: datetime, changed: datetime, author: str) -> tuple[Note, ...]:
    count = draw.randint(1, len(_STEPS))
    step = (changed - opened) / count
    moments = ((opened + step * position).replace(microsecond=0) for position in range(count))
    return tuple(Note(at, author, text) for at, text in zip(moments, _STEPS, strict=False))
