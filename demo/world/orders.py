"""Service orders: circuits that are being built, and those that are being changed, milestone by milestone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from demo.world.chance import NOW, dice
from demo.world.circuits import RATES_KBPS, Circuit
from demo.world.products import given_up
from demo.world.tickets import PRIORITY, Note

CHANGED_SHARE = 0.01
"""Orders that change an active circuit, for each circuit; every circuit that is not yet active has an order, too."""
NEW_STEPS = ("survey", "design", "construction", "configuration", "test", "handover")
CHANGE_STEPS = ("survey", "design", "configuration", "test", "handover")
_REACHED = {"feasibilityChecked": (0, 1), "reserved": (1, 2), "designed": (2, 5)}
"""How many milestones may lie behind an order whose circuit is in this state."""
_LEAD_DAYS = {"AAA": 15, "AA": 20, "A": 30, "STANDARD": 45}
_REMARKS = {
    "survey": "已现场勘查，机房空间与电源满足要求。",
    "design": "已完成路由设计，端口资源已预占。",
    "construction": "光缆已熔接，等待物业开放弱电井。",
    "configuration": "业务数据已下发，正在核对时隙。",
    "test": "24小时误码测试通过。",
    "handover": "客户已签署开通确认单。",
}
_HOLDS = ("客户机房未具备安装条件", "物业施工许可未批复", "客户要求推迟开通")


@dataclass(frozen=True, slots=True)
class Milestone:
    """One step of an order; `at` is when it was reached, or when it is planned to be."""

    name: str
    status: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which the order waited for the customer; without an end, it still does."""

    began: datetime
    ended: datetime | None
    reason: str


@dataclass(frozen=True, slots=True)
class Order:
    """One service order about one circuit; `kbps` is the rate it is to have, `ended` when all work on it stopped."""

    id: str
    action: str
    state: str
    circuit: Circuit
    kbps: int
    priority: str
    ordered: datetime
    requested: datetime
    expected: datetime
    ended: datetime | None
    milestones: tuple[Milestone, ...]
    pauses: tuple[Pause, ...]
    notes: tuple[Note, ...]


def take_orders(seed: int, circuits: Sequence[Circuit]) -> list[Order]:
    """Take every order, numbered in the order of their dates."""
    draw = dice(seed, "orders")
    early = [circuit for circuit in circuits if circuit.state in _REACHED]
    active = [circuit for circuit in circuits if circuit.state == "active"]
    changed = draw.sample(active, min(len(active), max(2, round(len(circuits) * CHANGED_SHARE))))
    drafts = [(_order_date(draw, circuit), circuit) for circuit in (*early, *changed)]
    drafts.sort(key=lambda draft: (draft[0], draft[1].code))
    return [_order(draw, number, at, circuit) for number, (at, circuit) in enumerate(drafts, start=1)]


def _order_date(draw: Random, circuit: Circuit) -> datetime:
    lead = _LEAD_DAYS[circuit.sla_class]
    return _whole(NOW - timedelta(days=2 + draw.random() * lead * 1.15, hours=draw.uniform(0, 9)))


def _order(draw: Random, number: int, ordered: datetime, circuit: Circuit) -> Order:
    new = circuit.state in _REACHED
    steps = NEW_STEPS if new else CHANGE_STEPS
    state, done = _progress(draw, circuit, len(steps))
    requested = ordered + timedelta(days=_LEAD_DAYS[circuit.sla_class])
    until = _whole(ordered + (NOW - ordered) * draw.uniform(0.6, 0.95))
    pauses = tuple(_pauses(draw, state, ordered, until))
    waited = sum(((pause.ended or NOW) - pause.began for pause in pauses), timedelta())
    over = state in ("completed", "cancelled", "failed")
    expected = (
        requested + waited if over else max(requested + waited, NOW + timedelta(days=1 + 2 * (len(steps) - done)))
    )
    milestones = tuple(_milestones(steps, state, done, (ordered, until, _whole(expected))))
    return Order(
        id=f"SO2026{number:08d}",
        action="add" if new else "modify",
        state=state,
        circuit=circuit,
        kbps=circuit.kbps if new else max(RATES_KBPS[circuit.category]),
        priority=PRIORITY[circuit.customer.tier],
        ordered=ordered,
        requested=requested,
        expected=_whole(expected),
        ended=until if state in ("completed", "cancelled", "failed") else None,
        milestones=milestones,
        pauses=pauses,
        notes=tuple(_notes(milestones, pauses, circuit.customer.account_manager)),
    )


def _progress(draw: Random, circuit: Circuit, steps: int) -> tuple[str, int]:
    """Draw the order's state, and how many of its milestones are reached."""
    if circuit.state not in _REACHED:
        state = draw.choices(("completed", "inProgress", "failed", "partial"), (50, 38, 7, 5))[0]
        return state, steps if state == "completed" else draw.randint(1, steps - 1)
    done = draw.randint(*_REACHED[circuit.state])
    if given_up(circuit):
        return "cancelled", done
    if done == 0:
        return draw.choices(("acknowledged", "pending"), (3, 1))[0], done
    return draw.choices(("inProgress", "held", "pending"), (80, 12, 8))[0], done


def _pauses(draw: Random, state: str, ordered: datetime, until: datetime) -> Iterator[Pause]:
    if state in ("held", "pending"):
        yield Pause(until, None, draw.choice(_HOLDS))
    elif draw.random() < 0.15:
        began = _whole(ordered + (until - ordered) * draw.uniform(0.1, 0.4))
        yield Pause(began, _whole(began + (until - began) * draw.uniform(0.2, 0.6)), draw.choice(_HOLDS))


def _milestones(
    steps: Sequence[str], state: str, done: int, times: tuple[datetime, datetime, datetime]
) -> Iterator[Milestone]:
    """Spread what is done evenly up to the latest step, and what is to come up to the expected end."""
    ordered, until, expected = times
    waiting = {"cancelled": "cancelled", "failed": "cancelled"}.get(state, "pending")
    for position, name in enumerate(steps):
        if position < done:
            yield Milestone(name, "completed", _whole(ordered + (until - ordered) * (position + 1) / done))
        else:
            at = _whole(until + (expected - until) * (position + 1 - done) / (len(steps) - done))
            yield Milestone(name, _doing(state) if position == done else waiting, at)


def _doing(state: str) -> str:
    """Tell how the milestone stands that is next in an order of this state."""
    return {"acknowledged": "pending", "partial": "inProgress"}.get(state, state)


def _notes(milestones: Sequence[Milestone], pauses: Sequence[Pause], author: str) -> Iterator[Note]:
    reached = [Note(step.at, author, _REMARKS[step.name]) for step in milestones if step.status == "completed"]
    held = [Note(pause.began, author, f"{pause.reason}，工单挂起。") for pause in pauses]
    yield from sorted([*reached, *held], key=lambda note: note.at)


def _whole(moment: datetime) -> datetime:
    return moment.replace(microsecond=0)
