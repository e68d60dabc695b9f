"""What a picture is drawn from: the gateway's own answer, as its schema writes it. What is not known is None."""

from collections.abc import Sequence

from msgspec import Struct


class Fact(Struct, frozen=True, rename="camel"):
    """A part of an answer."""


class Missing(Fact, frozen=True):
    """A source that did not contribute, as the caller may know it, and why."""

    source: str
    code: str


class PageInfo(Fact, frozen=True):
    """Whether a list goes on."""

    has_next_page: bool = False


class Place(Fact, frozen=True):
    """A site; degrees are those of WGS 84."""

    id: str = ""
    name: str | None = None
    city: str | None = None
    latitude: float | None = None
    longitude: float | None = None


class End(Fact, frozen=True):
    """Where a circuit ends."""

    site: Place | None = None
    port: str | None = None
    address: str | None = None


class Element(Fact, frozen=True):
    """A network element."""

    element_id: str
    name: str | None = None
    vendor: str | None = None
    model: str | None = None
    role: str | None = None
    operational_state: str | None = None


class ElementId(Fact, frozen=True):
    """Which element it is."""

    element_id: str


class Link(Fact, frozen=True):
    """A link to the next element; `length_km` in kilometres."""

    link_id: str
    name: str | None = None
    layer: str | None = None
    risk_group: str | None = None
    length_km: float | None = None


class Alarm(Fact, frozen=True):
    """An alarm that is not cleared."""

    alarm_id: str
    perceived_severity: str | None = None
    probable_cause: str | None = None
    port: str | None = None
    planned_work: bool | None = None
    element: ElementId | None = None


class Alarms(Fact, frozen=True):
    """Some alarms, and how complete they are."""

    completeness: str = "COMPLETE"
    missing: Sequence[Missing] = ()
    nodes: Sequence[Alarm] = ()
    page_info: PageInfo = PageInfo()


class Hop(Fact, frozen=True):
    """One element on a route; `link` leads to the next."""

    sequence: int
    in_port: str | None = None
    out_port: str | None = None
    element: Element | None = None
    link: Link | None = None
    alarms: Alarms = Alarms()


class Route(Fact, frozen=True):
    """One way of a circuit, from its A end to its Z end."""

    role: str
    complete: bool
    hops: Sequence[Hop]


class Customer(Fact, frozen=True):
    """Who leases a circuit."""

    customer_id: str
    name: str | None = None


class Circuit(Fact, frozen=True):
    """A circuit, and what is drawn of it; bandwidth in bits a second (as text, where it is beyond 2^53)."""

    code: str
    name: str | None = None
    category: str | None = None
    bandwidth_bps: int | str | None = None
    state: str | None = None
    operational_state: str | None = None
    sla_class: str | None = None
    customer: Customer | None = None
    a_end: End | None = None
    z_end: End | None = None
    routes: Sequence[Route] | None = None
    alarms: Alarms = Alarms()


class Circuits(Fact, frozen=True):
    """Some of a customer's circuits."""

    total_count: int | None = None
    completeness: str = "COMPLETE"
    missing: Sequence[Missing] = ()
    nodes: Sequence[Circuit] = ()
    page_info: PageInfo = PageInfo()


class Leaseholder(Fact, frozen=True):
    """A customer with its circuits."""

    customer_id: str
    name: str | None = None
    tier: str | None = None
    circuits: Circuits = Circuits()


class Loss(Fact, frozen=True):
    """A field that could not be told: its name, and why."""

    field: str
    source: str | None
    code: str
