"""The nouns as records. A record is what one source says, or what several say, merged.

A field that a source does not speak of is UNSET, which is not None: None is the statement that there is
nothing. References to other things are business keys, or `Foreign` keys that a translation has yet to resolve.
Times are aware datetimes in UTC; bandwidths are bits a second.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from msgspec import UNSET, Struct, UnsetType

from model.enums import (
    AckState,
    AdministrativeState,
    AlarmState,
    CircuitCategory,
    CustomerTier,
    EventType,
    OperationalState,
    PerceivedSeverity,
    RouteRole,
    ServiceState,
    TicketKind,
    TicketState,
    TransportLayer,
    UsageState,
)
from model.keys import NO_KEYS, Ref

NO_RAW: Mapping[str, Any] = MappingProxyType({})


class Record(Struct, frozen=True, kw_only=True):
    """What all records share: how the thing is known elsewhere, and who said what of it."""

    native_id: str | UnsetType = UNSET
    """The id under which the source that made this record keeps the thing."""
    keys: Mapping[str, str] = NO_KEYS
    """Keys of the same thing in the key spaces of other systems: {space: key}."""
    raw: Mapping[str, Any] = NO_RAW
    """Field -> the value as the source wrote it; filled only when asked for."""
    said: Sequence["Statement"] = ()
    """On a merged record: the statements it was made from, in the order in which sources were declared."""


class Statement(Struct, frozen=True):
    """One source's record of a thing, and when the source said it."""

    source: str
    record: Record
    as_of: datetime
    stale: bool = False


class Contact(Struct, frozen=True, kw_only=True):
    """Somebody, or some address, through which a customer or the operator is reached."""

    name: str | None | UnsetType = UNSET
    role: str | None | UnsetType = UNSET
    phone: str | None | UnsetType = UNSET
    email: str | None | UnsetType = UNSET
    address: str | None | UnsetType = UNSET
    preferred: bool | None | UnsetType = UNSET


class Customer(Record, frozen=True, kw_only=True):
    """An enterprise that leases circuits [TMF629]."""

    customer_id: str | UnsetType = UNSET
    name: str | None | UnsetType = UNSET
    trading_name: str | None | UnsetType = UNSET
    tier: CustomerTier | None | UnsetType = UNSET
    status: str | None | UnsetType = UNSET
    parent: Ref | None | UnsetType = UNSET
    contacts: Sequence[Contact] | None | UnsetType = UNSET
    account_manager: Contact | None | UnsetType = UNSET


class Site(Record, frozen=True, kw_only=True):
    """A place where circuits end or elements stand."""

    site_id: str | UnsetType = UNSET
    name: str | None | UnsetType = UNSET
    customer: Ref | None | UnsetType = UNSET
    address: str | None | UnsetType = UNSET
    city: str | None | UnsetType = UNSET
    latitude: float | None | UnsetType = UNSET
    longitude: float | None | UnsetType = UNSET


class CircuitEnd(Struct, frozen=True, kw_only=True):
    """Where a circuit ends."""

    site: Ref | None | UnsetType = UNSET
    port: str | None | UnsetType = UNSET
    address: str | None | UnsetType = UNSET


class Circuit(Record, frozen=True, kw_only=True):
    """A leased circuit as the customer knows it [TMF638 service, TMF639 trail]."""

    code: str | UnsetType = UNSET
    name: str | None | UnsetType = UNSET
    product: str | None | UnsetType = UNSET
    category: CircuitCategory | None | UnsetType = UNSET
    bandwidth_bps: int | None | UnsetType = UNSET
    state: ServiceState | None | UnsetType = UNSET
    operational_state: OperationalState | None | UnsetType = UNSET
    administrative_state: AdministrativeState | None | UnsetType = UNSET
    usage_state: UsageState | None | UnsetType = UNSET
    sla_class: str | None | UnsetType = UNSET
    start_date: date | None | UnsetType = UNSET
    customer: Ref | None | UnsetType = UNSET
    a_end: CircuitEnd | None | UnsetType = UNSET
    z_end: CircuitEnd | None | UnsetType = UNSET


class Hop(Struct, frozen=True, kw_only=True):
    """One element that a route passes; `link` leads from it to the next one."""

    sequence: int
    element: Ref | None | UnsetType = UNSET
    in_port: str | None | UnsetType = UNSET
    out_port: str | None | UnsetType = UNSET
    link: Ref | None | UnsetType = UNSET
    layer: TransportLayer | None | UnsetType = UNSET


class Route(Record, frozen=True, kw_only=True):
    """The way of a circuit through the network, hop by hop from its A end to its Z end."""

    circuit: Ref | None | UnsetType = UNSET
    role: RouteRole | UnsetType = UNSET
    complete: bool | UnsetType = UNSET
    hops: Sequence[Hop] | None | UnsetType = UNSET


class Element(Record, frozen=True, kw_only=True):
    """A network element [TMF639]."""

    element_id: str | UnsetType = UNSET
    name: str | None | UnsetType = UNSET
    vendor: str | None | UnsetType = UNSET
    model: str | None | UnsetType = UNSET
    role: str | None | UnsetType = UNSET
    site: Ref | None | UnsetType = UNSET
    operational_state: OperationalState | None | UnsetType = UNSET


class Link(Record, frozen=True, kw_only=True):
    """A link between the ports of two elements [TMF639]."""

    link_id: str | UnsetType = UNSET
    name: str | None | UnsetType = UNSET
    a_element: Ref | None | UnsetType = UNSET
    a_port: str | None | UnsetType = UNSET
    z_element: Ref | None | UnsetType = UNSET
    z_port: str | None | UnsetType = UNSET
    layer: TransportLayer | None | UnsetType = UNSET
    risk_group: str | None | UnsetType = UNSET
    length_km: float | None | UnsetType = UNSET


class Alarm(Record, frozen=True, kw_only=True):
    """An alarm on an element, a port or a circuit [ITU-T X.733, TMF642]."""

    alarm_id: str | UnsetType = UNSET
    event_type: EventType | None | UnsetType = UNSET
    perceived_severity: PerceivedSeverity | None | UnsetType = UNSET
    probable_cause: str | None | UnsetType = UNSET
    specific_problem: str | None | UnsetType = UNSET
    state: AlarmState | None | UnsetType = UNSET
    ack_state: AckState | None | UnsetType = UNSET
    raised_at: datetime | None | UnsetType = UNSET
    changed_at: datetime | None | UnsetType = UNSET
    cleared_at: datetime | None | UnsetType = UNSET
    is_root_cause: bool | None | UnsetType = UNSET
    planned_work: bool | None | UnsetType = UNSET
    circuits: Sequence[Ref] | None | UnsetType = UNSET
    element: Ref | None | UnsetType = UNSET
    port: str | None | UnsetType = UNSET


class Note(Struct, frozen=True, kw_only=True):
    """What somebody wrote on a ticket."""

    author: str | None | UnsetType = UNSET
    at: datetime | None | UnsetType = UNSET
    text: str | None | UnsetType = UNSET


class Ticket(Record, frozen=True, kw_only=True):
    """A trouble ticket [TMF621] or a provisioning order [TMF641]."""

    ticket_id: str | UnsetType = UNSET
    title: str | None | UnsetType = UNSET
    kind: TicketKind | None | UnsetType = UNSET
    state: TicketState | None | UnsetType = UNSET
    priority: str | None | UnsetType = UNSET
    severity: str | None | UnsetType = UNSET
    resolution: str | None | UnsetType = UNSET
    opened_at: datetime | None | UnsetType = UNSET
    updated_at: datetime | None | UnsetType = UNSET
    closed_at: datetime | None | UnsetType = UNSET
    due_at: datetime | None | UnsetType = UNSET
    customer: Ref | None | UnsetType = UNSET
    circuits: Sequence[Ref] | None | UnsetType = UNSET
    notes: Sequence[Note] | None | UnsetType = UNSET
