"""The nouns as records. A record is what one source says, or what several say, merged.

A field that a source does not speak of is UNSET, which is not None: None is the statement that there is
nothing. References to other things are business keys, or `Foreign` keys that a translation has yet to resolve.
Times are aware datetimes in UTC; bandwidths are bits a second.

The cyclic collector does not look at records (`gc=False`): what is frozen is made from the inside out, and holds
nothing that holds it.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, TypeAlias, TypeVar

from msgspec import UNSET, Struct, UnsetType

from model.enums import (
    AckState,
    AdministrativeState,
    AlarmState,
    CircuitCategory,
    CustomerTier,
    EventType,
    Kpi,
    MilestoneState,
    OperationalState,
    PerceivedSeverity,
    RouteRole,
    ServiceState,
    SessionState,
    TicketKind,
    TicketState,
    TransportLayer,
    TunnelType,
    UsageState,
)
from model.keys import NO_KEYS, Ref

T = TypeVar("T")
Maybe: TypeAlias = T | UnsetType | None
"""What a source says, that there is nothing, or that the source does not speak of it."""

NO_RAW: Mapping[str, Any] = MappingProxyType({})


class Record(Struct, frozen=True, kw_only=True, gc=False):
    """What all records share: how the thing is known elsewhere, and who said what of it."""

    native_id: str | UnsetType = UNSET
    """The id under which the source that made this record keeps the thing."""
    keys: Mapping[str, str] = NO_KEYS
    """Keys of the same thing in the key spaces of systems, that of who made the record among them: {space: key}."""
    raw: Mapping[str, Any] = NO_RAW
    """Field -> the value as the source wrote it; filled only when asked for."""
    said: Sequence["Statement"] = ()
    """On a merged record: the statements it was made from, in the order in which sources were declared."""


class Statement(Struct, frozen=True, gc=False):
    """One source's record of a thing, and when the source said it; `place`: in whose place, if in another's."""

    source: str
    record: Record
    as_of: datetime
    stale: bool = False
    place: str | None = None


class Contact(Struct, frozen=True, kw_only=True, gc=False):
    """Somebody, or some address, through which a customer or the operator is reached."""

    name: Maybe[str] = UNSET
    role: Maybe[str] = UNSET
    phone: Maybe[str] = UNSET
    email: Maybe[str] = UNSET
    address: Maybe[str] = UNSET
    preferred: Maybe[bool] = UNSET


class Customer(Record, frozen=True, kw_only=True):
    """An enterprise that leases circuits [TMF629]."""

    customer_id: str | UnsetType = UNSET
    name: Maybe[str] = UNSET
    trading_name: Maybe[str] = UNSET
    tier: Maybe[CustomerTier] = UNSET
    status: Maybe[str] = UNSET
    parent: Maybe[Ref] = UNSET
    contacts: Maybe[Sequence[Contact]] = UNSET
    account_manager: Maybe[Contact] = UNSET


class Site(Record, frozen=True, kw_only=True):
    """A place where circuits end or elements stand."""

    site_id: str | UnsetType = UNSET
    name: Maybe[str] = UNSET
    customer: Maybe[Ref] = UNSET
    address: Maybe[str] = UNSET
    city: Maybe[str] = UNSET
    latitude: Maybe[float] = UNSET
    longitude: Maybe[float] = UNSET


class CircuitEnd(Struct, frozen=True, kw_only=True, gc=False):
    """Where a circuit ends."""

    site: Maybe[Ref] = UNSET
    port: Maybe[str] = UNSET
    address: Maybe[str] = UNSET


class Circuit(Record, frozen=True, kw_only=True):
    """A leased circuit as the customer knows it [TMF638 service, TMF639 trail]."""

    code: str | UnsetType = UNSET
    name: Maybe[str] = UNSET
    product: Maybe[str] = UNSET
    category: Maybe[CircuitCategory] = UNSET
    bandwidth_bps: Maybe[int] = UNSET
    state: Maybe[ServiceState] = UNSET
    operational_state: Maybe[OperationalState] = UNSET
    administrative_state: Maybe[AdministrativeState] = UNSET
    usage_state: Maybe[UsageState] = UNSET
    sla_class: Maybe[str] = UNSET
    start_date: Maybe[date] = UNSET
    customer: Maybe[Ref] = UNSET
    a_end: Maybe[CircuitEnd] = UNSET
    z_end: Maybe[CircuitEnd] = UNSET


class Hop(Struct, frozen=True, kw_only=True, gc=False):
    """One element that a route passes; `link` leads from it to the next one."""

    sequence: int
    element: Maybe[Ref] = UNSET
    in_port: Maybe[str] = UNSET
    out_port: Maybe[str] = UNSET
    link: Maybe[Ref] = UNSET
    layer: Maybe[TransportLayer] = UNSET


class Route(Record, frozen=True, kw_only=True):
    """The way of a circuit through the network, hop by hop from its A end to its Z end."""

    circuit: Maybe[Ref] = UNSET
    role: RouteRole | UnsetType = UNSET
    complete: bool | UnsetType = UNSET
    hops: Maybe[Sequence[Hop]] = UNSET


class Element(Record, frozen=True, kw_only=True):
    """A network element [TMF639]."""

    element_id: str | UnsetType = UNSET
    name: Maybe[str] = UNSET
    vendor: Maybe[str] = UNSET
    model: Maybe[str] = UNSET
    role: Maybe[str] = UNSET
    site: Maybe[Ref] = UNSET
    operational_state: Maybe[OperationalState] = UNSET


class Link(Record, frozen=True, kw_only=True):
    """A link between the ports of two elements [TMF639]."""

    link_id: str | UnsetType = UNSET
    name: Maybe[str] = UNSET
    a_element: Maybe[Ref] = UNSET
    a_port: Maybe[str] = UNSET
    z_element: Maybe[Ref] = UNSET
    z_port: Maybe[str] = UNSET
    layer: Maybe[TransportLayer] = UNSET
    risk_group: Maybe[str] = UNSET
    length_km: Maybe[float] = UNSET


class Alarm(Record, frozen=True, kw_only=True):
    """An alarm on an element, a port or a circuit [ITU-T X.733, TMF642]."""

    alarm_id: str | UnsetType = UNSET
    event_type: Maybe[EventType] = UNSET
    perceived_severity: Maybe[PerceivedSeverity] = UNSET
    probable_cause: Maybe[str] = UNSET
    specific_problem: Maybe[str] = UNSET
    state: Maybe[AlarmState] = UNSET
    ack_state: Maybe[AckState] = UNSET
    raised_at: Maybe[datetime] = UNSET
    changed_at: Maybe[datetime] = UNSET
    cleared_at: Maybe[datetime] = UNSET
    is_root_cause: Maybe[bool] = UNSET
    planned_work: Maybe[bool] = UNSET
    circuits: Maybe[Sequence[Ref]] = UNSET
    element: Maybe[Ref] = UNSET
    port: Maybe[str] = UNSET


class Note(Struct, frozen=True, kw_only=True, gc=False):
    """What somebody wrote on a ticket."""

    author: Maybe[str] = UNSET
    at: Maybe[datetime] = UNSET
    text: Maybe[str] = UNSET


class StateChange(Struct, frozen=True, kw_only=True, gc=False):
    """A ticket came to stand here, then."""

    state: Maybe[TicketState] = UNSET
    at: Maybe[datetime] = UNSET


class Milestone(Struct, frozen=True, kw_only=True, gc=False):
    """A step of a provisioning order [TMF641]."""

    name: Maybe[str] = UNSET
    state: Maybe[MilestoneState] = UNSET
    due_at: Maybe[datetime] = UNSET
    reached_at: Maybe[datetime] = UNSET


class Ticket(Record, frozen=True, kw_only=True):
    """A trouble ticket [TMF621] or a provisioning order [TMF641].

    `respond_by` is until when somebody shall have taken it up, `due_at` until when it shall be done (repaired, or
    delivered); `changes` are its states in the course of time, the oldest first.
    """

    ticket_id: str | UnsetType = UNSET
    title: Maybe[str] = UNSET
    kind: Maybe[TicketKind] = UNSET
    state: Maybe[TicketState] = UNSET
    priority: Maybe[str] = UNSET
    severity: Maybe[str] = UNSET
    resolution: Maybe[str] = UNSET
    opened_at: Maybe[datetime] = UNSET
    updated_at: Maybe[datetime] = UNSET
    closed_at: Maybe[datetime] = UNSET
    respond_by: Maybe[datetime] = UNSET
    due_at: Maybe[datetime] = UNSET
    changes: Maybe[Sequence[StateChange]] = UNSET
    milestones: Maybe[Sequence[Milestone]] = UNSET
    customer: Maybe[Ref] = UNSET
    circuits: Maybe[Sequence[Ref]] = UNSET
    notes: Maybe[Sequence[Note]] = UNSET


class KpiPoint(Struct, frozen=True, gc=False):
    """One measured value; None is a gap, which is not zero."""

    at: datetime
    value: float | None


class KpiSeries(Record, frozen=True, kw_only=True):
    """A measurement of a circuit over a span of time: ratios from 0 to 1, times in seconds, counts as they are."""

    circuit: Maybe[Ref] = UNSET
    kpi: Kpi | UnsetType = UNSET
    step: float | UnsetType = UNSET
    """Seconds from one point to the next; 0 where there is but one, the latest."""
    points: Maybe[Sequence[KpiPoint]] = UNSET


class Domain(Record, frozen=True, kw_only=True):
    """A VPDN domain: the realm by which its users are told apart, and the circuit that leads to its LNS [RFC 2661].

    `lns` are the L2TP network servers at which its tunnels end, the preferred one first; `sessions_at_most` is how
    many of its users may be in at a time.
    """

    realm: str | UnsetType = UNSET
    name: Maybe[str] = UNSET
    administrative_state: Maybe[AdministrativeState] = UNSET
    lns: Maybe[Sequence[str]] = UNSET
    sessions_at_most: Maybe[int] = UNSET
    customer: Maybe[Ref] = UNSET
    circuit: Maybe[Ref] = UNSET


class Session(Record, frozen=True, kw_only=True):
    """A VPDN user's session, as RADIUS accounting tells it [RFC 2865, RFC 2866, RFC 2867].

    `lac` and `lns` are the ends of its tunnel; `session_time` is in seconds; `input_octets` came from the user,
    `output_octets` went to the user.
    """

    session_id: str | UnsetType = UNSET
    user_name: Maybe[str] = UNSET
    calling_station: Maybe[str] = UNSET
    domain: Maybe[Ref] = UNSET
    tunnel: Maybe[Ref] = UNSET
    lac: Maybe[str] = UNSET
    lns: Maybe[str] = UNSET
    framed_ip: Maybe[str] = UNSET
    state: Maybe[SessionState] = UNSET
    started_at: Maybe[datetime] = UNSET
    updated_at: Maybe[datetime] = UNSET
    stopped_at: Maybe[datetime] = UNSET
    session_time: Maybe[float] = UNSET
    input_octets: Maybe[int] = UNSET
    output_octets: Maybe[int] = UNSET
    terminate_cause: Maybe[str] = UNSET


class Tunnel(Record, frozen=True, kw_only=True):
    """A tunnel of a VPDN domain between a LAC and an LNS [RFC 2661, RFC 2868]; addresses as they are written there."""

    tunnel_id: str | UnsetType = UNSET
    type: Maybe[TunnelType] = UNSET
    domain: Maybe[Ref] = UNSET
    lac: Maybe[str] = UNSET
    lac_address: Maybe[str] = UNSET
    lns: Maybe[str] = UNSET
    lns_address: Maybe[str] = UNSET
    started_at: Maybe[datetime] = UNSET
