"""Arguments that many fields share: paging, filters, orders."""

from datetime import datetime
from enum import Enum
from typing import Annotated, Any

import strawberry

from model.ask import Condition, Operator, Sort
from model.ids import decode_id
from resolvers.listing import BadInput, Paging
from resolvers.matching import ACTIVE_ALARMS
from schema.enums import (
    AlarmState,
    CircuitCategory,
    CustomerTier,
    PerceivedSeverity,
    ServiceState,
    SessionState,
    TicketKind,
    TicketState,
)
from schema.scalars import BigInt

FIRST_AT_MOST = 1000

First = Annotated[int, strawberry.argument(description=f"How many at most: 0 to {FIRST_AT_MOST}.")]
After = Annotated[
    str | None, strawberry.argument(description="Go on behind this cursor, which an earlier answer of this list gave.")
]
Fields = Annotated[
    list[str] | None, strawberry.argument(description="Only about these fields, by their GraphQL names; all if null.")
]


@strawberry.enum(description="In which direction a list is ordered.")
class OrderDirection(Enum):
    ASC = strawberry.enum_value("ASC", description="The least first; what is unknown last.")
    DESC = strawberry.enum_value("DESC", description="The greatest first; what is unknown last.")


def paging(noun: str, first: int, after: str | None, where: Any = None, order_by: Any = None) -> Paging:
    """What part of a list of this noun is wanted; BadInput if that makes no sense."""
    if not 0 <= first <= FIRST_AT_MOST:
        raise BadInput(f"first must be from 0 to {FIRST_AT_MOST}, not {first}")
    order = order_by.sorts() if order_by is not None else _DEFAULT_ORDERS.get(noun, ())
    return Paging(first, after, where.conditions() if where is not None else (), order)


_DEFAULT_ORDERS = {
    "alarm": (Sort("raised_at", descending=True),),
    "ticket": (Sort("opened_at", descending=True),),
    "session": (Sort("started_at", descending=True),),
    "tunnel": (Sort("started_at", descending=True),),
}
"""What comes and goes comes with the newest first, everything else by its key or as its authority lists it."""


def key_of(noun: str, given: str) -> str | None:
    """The business key in an argument that takes a global id or the key; None for an id of another noun."""
    decoded = decode_id(given)
    if decoded is None:
        return given or None
    return decoded[1] if decoded[0] == noun else None


def _conditions(*named: tuple[str, Operator, Any]) -> tuple[Condition, ...]:
    return tuple(Condition(field, operator, value) for field, operator, value in named if value is not None)


def _one_of(values: list[Any] | None) -> frozenset[Any] | None:
    return None if values is None else frozenset(values)


def _id(noun: str, given: strawberry.ID | None) -> str | None:
    """An id that names no such thing is met by nothing."""
    return None if given is None else key_of(noun, str(given)) or ""


@strawberry.input(description="Which customers.")
class CustomerFilter:
    name_prefix: str | None = strawberry.field(default=None, description="The name begins so.")
    tier: list[CustomerTier] | None = strawberry.field(default=None, description="Served in one of these tiers.")
    status: str | None = strawberry.field(default=None, description="The status is this.")

    def conditions(self) -> tuple[Condition, ...]:
        return _conditions(
            ("name", Operator.PREFIX, self.name_prefix),
            ("tier", Operator.IN, _one_of(self.tier)),
            ("status", Operator.EQ, self.status),
        )


@strawberry.input(description="Which circuits.")
class CircuitFilter:
    code_prefix: str | None = strawberry.field(default=None, description="The code begins so.")
    state: list[ServiceState] | None = strawberry.field(default=None, description="In one of these states.")
    category: list[CircuitCategory] | None = strawberry.field(default=None, description="Of one of these categories.")
    site: strawberry.ID | None = strawberry.field(default=None, description="Ending at this site (global id or key).")
    customer: strawberry.ID | None = strawberry.field(default=None, description="Of this customer (global id or key).")
    bandwidth_at_least: BigInt | None = strawberry.field(default=None, description="Bits a second, at least.")
    bandwidth_at_most: BigInt | None = strawberry.field(default=None, description="Bits a second, at most.")
    with_active_alarms: bool | None = strawberry.field(
        default=None, description="If true: only circuits that have an alarm which is not cleared."
    )

    def conditions(self) -> tuple[Condition, ...]:
        return _conditions(
            ("code", Operator.PREFIX, self.code_prefix),
            ("state", Operator.IN, _one_of(self.state)),
            ("category", Operator.IN, _one_of(self.category)),
            ("site", Operator.EQ, _id("site", self.site)),
            ("customer", Operator.EQ, _id("customer", self.customer)),
            ("bandwidth_bps", Operator.AT_LEAST, self.bandwidth_at_least),
            ("bandwidth_bps", Operator.AT_MOST, self.bandwidth_at_most),
            (ACTIVE_ALARMS, Operator.EQ, self.with_active_alarms or None),
        )


@strawberry.input(description="Which alarms.")
class AlarmFilter:
    severity_at_least: PerceivedSeverity | None = strawberry.field(
        default=None, description="As bad as this, or worse."
    )
    state: list[AlarmState] | None = strawberry.field(default=None, description="In one of these states.")
    probable_cause: str | None = strawberry.field(default=None, description="The probable cause is this.")
    raised_from: datetime | None = strawberry.field(default=None, description="Raised then or later.")
    raised_to: datetime | None = strawberry.field(default=None, description="Raised then or earlier.")

    def conditions(self) -> tuple[Condition, ...]:
        return _conditions(
            ("perceived_severity", Operator.AT_LEAST, self.severity_at_least),
            ("state", Operator.IN, _one_of(self.state)),
            ("probable_cause", Operator.EQ, self.probable_cause),
            ("raised_at", Operator.AT_LEAST, self.raised_from),
            ("raised_at", Operator.AT_MOST, self.raised_to),
        )


@strawberry.input(description="Which tickets.")
class TicketFilter:
    kind: TicketKind | None = strawberry.field(default=None, description="About trouble, or about provisioning.")
    state: list[TicketState] | None = strawberry.field(default=None, description="In one of these states.")
    opened_from: datetime | None = strawberry.field(default=None, description="Opened then or later.")
    opened_to: datetime | None = strawberry.field(default=None, description="Opened then or earlier.")
    overdue: bool | None = strawberry.field(default=None, description="Whether it is open past its due time.")

    def conditions(self) -> tuple[Condition, ...]:
        return _conditions(
            ("kind", Operator.EQ, self.kind),
            ("state", Operator.IN, _one_of(self.state)),
            ("opened_at", Operator.AT_LEAST, self.opened_from),
            ("opened_at", Operator.AT_MOST, self.opened_to),
            ("overdue", Operator.EQ, self.overdue),
        )


@strawberry.input(description="Which VPDN sessions.")
class SessionFilter:
    state: list[SessionState] | None = strawberry.field(default=None, description="In one of these states.")
    lac: str | None = strawberry.field(default=None, description="Come in through this LAC.")
    lns: str | None = strawberry.field(default=None, description="Handed over to this LNS.")
    started_from: datetime | None = strawberry.field(default=None, description="Started then or later.")
    started_to: datetime | None = strawberry.field(default=None, description="Started then or earlier.")

    def conditions(self) -> tuple[Condition, ...]:
        return _conditions(
            ("state", Operator.IN, _one_of(self.state)),
            ("lac", Operator.EQ, self.lac),
            ("lns", Operator.EQ, self.lns),
            ("started_at", Operator.AT_LEAST, self.started_from),
            ("started_at", Operator.AT_MOST, self.started_to),
        )


@strawberry.input(description="Which tunnels.")
class TunnelFilter:
    lac: str | None = strawberry.field(default=None, description="Begin at this LAC.")
    lns: str | None = strawberry.field(default=None, description="End at this LNS.")

    def conditions(self) -> tuple[Condition, ...]:
        return _conditions(("lac", Operator.EQ, self.lac), ("lns", Operator.EQ, self.lns))


@strawberry.enum(description="By what customers are ordered.")
class CustomerOrderField(Enum):
    CUSTOMER_ID = strawberry.enum_value("customer_id", description="The business id.")
    NAME = strawberry.enum_value("name", description="The name.")
    TIER = strawberry.enum_value("tier", description="The tier.")


@strawberry.enum(description="By what circuits are ordered.")
class CircuitOrderField(Enum):
    CODE = strawberry.enum_value("code", description="The code.")
    NAME = strawberry.enum_value("name", description="The name.")
    BANDWIDTH_BPS = strawberry.enum_value("bandwidth_bps", description="The bandwidth.")
    STATE = strawberry.enum_value("state", description="The state.")
    START_DATE = strawberry.enum_value("start_date", description="Since when it is in service.")


@strawberry.enum(description="By what alarms are ordered.")
class AlarmOrderField(Enum):
    RAISED_AT = strawberry.enum_value("raised_at", description="When it was raised.")
    CHANGED_AT = strawberry.enum_value("changed_at", description="When it last changed.")
    PERCEIVED_SEVERITY = strawberry.enum_value("perceived_severity", description="How bad it is.")


@strawberry.enum(description="By what tickets are ordered.")
class TicketOrderField(Enum):
    OPENED_AT = strawberry.enum_value("opened_at", description="When it was opened.")
    UPDATED_AT = strawberry.enum_value("updated_at", description="When it last changed.")
    PRIORITY = strawberry.enum_value("priority", description="The priority, as text.")
    STATE = strawberry.enum_value("state", description="The state.")


@strawberry.enum(description="By what VPDN sessions are ordered.")
class SessionOrderField(Enum):
    STARTED_AT = strawberry.enum_value("started_at", description="When it started.")
    SESSION_TIME = strawberry.enum_value("session_time", description="How long it has lasted.")
    INPUT_OCTETS = strawberry.enum_value("input_octets", description="How much came from the user.")
    OUTPUT_OCTETS = strawberry.enum_value("output_octets", description="How much went to the user.")


class _Order:
    field: Any
    direction: OrderDirection

    def sorts(self) -> tuple[Sort, ...]:
        """The order as the resolvers understand it."""
        return (Sort(self.field.value, descending=self.direction is OrderDirection.DESC),)


_BY = "By what."
_DIRECTION = "In which direction."


@strawberry.input(description="In which order customers come.")
class CustomerOrder(_Order):
    field: CustomerOrderField = strawberry.field(description=_BY)
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description=_DIRECTION)


@strawberry.input(description="In which order circuits come.")
class CircuitOrder(_Order):
    field: CircuitOrderField = strawberry.field(description=_BY)
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description=_DIRECTION)


@strawberry.input(description="In which order alarms come.")
class AlarmOrder(_Order):
    field: AlarmOrderField = strawberry.field(description=_BY)
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description=_DIRECTION)


@strawberry.input(description="In which order tickets come.")
class TicketOrder(_Order):
    field: TicketOrderField = strawberry.field(description=_BY)
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description=_DIRECTION)


@strawberry.input(description="In which order VPDN sessions come.")
class SessionOrder(_Order):
    field: SessionOrderField = strawberry.field(description=_BY)
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description=_DIRECTION)


Where = "Only those that meet all of this."
OrderBy = "In this order, instead of the list's own."
CircuitWhere = Annotated[CircuitFilter | None, strawberry.argument(description=Where)]
CircuitsBy = Annotated[CircuitOrder | None, strawberry.argument(description=OrderBy)]
AlarmWhere = Annotated[AlarmFilter | None, strawberry.argument(description=Where)]
AlarmsBy = Annotated[AlarmOrder | None, strawberry.argument(description=OrderBy)]
TicketWhere = Annotated[TicketFilter | None, strawberry.argument(description=Where)]
TicketsBy = Annotated[TicketOrder | None, strawberry.argument(description=OrderBy)]
CustomerWhere = Annotated[CustomerFilter | None, strawberry.argument(description=Where)]
CustomersBy = Annotated[CustomerOrder | None, strawberry.argument(description=OrderBy)]
SessionWhere = Annotated[SessionFilter | None, strawberry.argument(description=Where)]
SessionsBy = Annotated[SessionOrder | None, strawberry.argument(description=OrderBy)]
TunnelWhere = Annotated[TunnelFilter | None, strawberry.argument(description=Where)]
