"""Work orders: what of a service order somebody has to do with their hands, and how far they are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from demo.world.chance import NOW
from demo.world.circuits import Circuit
from demo.world.orders import Milestone, Order

HANDS = {"survey": "勘查班", "construction": "线务班", "configuration": "数据班", "test": "测试班"}
"""The steps of an order that are somebody's work, and whose."""
STATES = {"completed": "FINISHED", "inProgress": "DOING", "pending": "DISPATCHED", "held": "SUSPENDED",
          "failed": "RETURNED", "cancelled": "WITHDRAWN"}  # fmt: skip
"""What the state of a step is called by those who do it."""
_HOURS = {"survey": 24, "construction": 96, "configuration": 12, "test": 24}


@dataclass(frozen=True, slots=True)
class WorkOrder:
    """One piece of work; `finished` is None while it is not done."""

    id: str
    order: Order
    step: str
    team: str
    state: str
    dispatched: datetime
    due: datetime
    finished: datetime | None

    @property
    def circuit(self) -> Circuit:
        """The circuit that is worked on."""
        return self.order.circuit


def dispatch(orders: Sequence[Order]) -> list[WorkOrder]:
    """Dispatch the work of every order as far as it has got, the earliest order first."""
    return [work for order in orders for work in _of(order)]


def _of(order: Order) -> Iterator[WorkOrder]:
    """A step is dispatched when the one before it is reached; what is further ahead is nobody's yet."""
    before = order.ordered
    for number, step in enumerate(order.milestones, start=1):
        if step.name in HANDS:
            yield _work(order, number, step, before)
        if step.status != "completed":
            return
        before = step.at


def _work(order: Order, number: int, step: Milestone, dispatched: datetime) -> WorkOrder:
    done = step.status == "completed"
    return WorkOrder(
        id=f"WO{order.id.removeprefix('SO')}{number:02d}",
        order=order,
        step=step.name,
        team=f"{order.circuit.a_site.city.chinese}{HANDS[step.name]}",
        state=STATES.get(step.status, "DOING"),
        dispatched=min(dispatched, NOW),
        due=dispatched + timedelta(hours=_HOURS[step.name]),
        finished=step.at if done else None,
    )
