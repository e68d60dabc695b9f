"""What is true of the operator: every planted disagreement and gap, and the totals, for tests to count against."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

from demo.disagree import Rates
from demo.operator import Operator
from demo.world.products import status

CRM, SERVICES, RESOURCES = "crm/tmf629", "inventory/tmf638", "inventory/tmf639"
PRODUCTS = "products/tmf637"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Two systems that say different things about one field; `values` is by system, and API where it has two."""

    noun: str
    key: str
    field: str
    values: dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that one system does not know."""

    system: str
    noun: str
    key: str


class Totals(msgspec.Struct, frozen=True, rename="camel"):
    """How many there are of what, at the demo's clock; `active` alarms are those that are not cleared.

    A link is used by whatever has a route over it, working or protection; it is shared when several have.
    """

    customers: int
    customer_sites: int
    operator_sites: int
    circuits: int
    circuits_by_customer: dict[str, int]
    circuits_by_state: dict[str, int]
    circuits_by_category: dict[str, int]
    circuits_protected: int
    circuits_with_active_alarms: int
    alarms: int
    alarms_by_severity: dict[str, int]
    alarms_by_state: dict[str, int]
    active_alarms: int
    active_alarms_by_severity: dict[str, int]
    tickets: int
    tickets_by_status: dict[str, int]
    elements: int
    links: int
    risk_groups: int
    links_in_shared_risk_groups: int
    links_used: int
    links_shared_by_circuits: int
    links_shared_by_customers: int
    working_links_shared_by_customers: int
    orders: int
    orders_by_state: dict[str, int]
    orders_by_action: dict[str, int]
    work_orders: int
    work_orders_by_state: dict[str, int]
    products: int
    products_by_status: dict[str, int]
    organizations: int
    individuals: int
    circuits_measured: int
    domains: int
    sessions: int
    sessions_by_state: dict[str, int]
    tunnels: int


@dataclass(frozen=True, slots=True)
class Truth:
    """The whole truth about one operator."""

    seed: int
    rates: Rates
    disagreements: tuple[Disagreement, ...]
    gaps: tuple[Gap, ...]
    totals: Totals


def truth(operator: Operator) -> Truth:
    """Tell the truth about an operator."""
    planted, gaps = tuple(_disagreements(operator)), tuple(_gaps(operator))
    return Truth(operator.seed, operator.rates, planted, gaps, _totals(operator))


def _disagreements(operator: Operator) -> Iterator[Disagreement]:
    planted = operator.planted
    for circuit in operator.circuits:
        code = circuit.code
        if code in planted.crm_name:
            yield Disagreement("circuit", code, "name", {SERVICES: circuit.name, CRM: planted.crm_name[code]})
        if code in planted.crm_customer:
            values: dict[str, str | int] = {SERVICES: circuit.customer.id, CRM: planted.crm_customer[code]}
            yield Disagreement("circuit", code, "customer", values)
        if code in planted.trail_kbps:
            values = {SERVICES: circuit.kbps * 1000, RESOURCES: planted.trail_kbps[code] * 1000}
            yield Disagreement("circuit", code, "bandwidthBps", values)
        if code in planted.trail_sla_class:
            values = {SERVICES: circuit.sla_class, RESOURCES: planted.trail_sla_class[code]}
            yield Disagreement("circuit", code, "slaClass", values)
        if code in planted.product_name:
            yield Disagreement("circuit", code, "name", {SERVICES: circuit.name, PRODUCTS: planted.product_name[code]})
        if code in planted.product_sla_class:
            values = {SERVICES: circuit.sla_class, PRODUCTS: planted.product_sla_class[code]}
            yield Disagreement("circuit", code, "slaClass", values)


def _gaps(operator: Operator) -> Iterator[Gap]:
    yield from (Gap(RESOURCES, "trail", code) for code in sorted(operator.planted.no_trail))
    yield from (Gap(CRM, "agreement", code) for code in sorted(operator.planted.no_agreement))


def _totals(operator: Operator) -> Totals:
    circuits, alarms, network = operator.circuits, operator.alarms_now, operator.network
    tickets = operator.tickets_now
    working, users = _users(operator, "WORKING"), _users(operator, "WORKING", "PROTECTION")
    active = [alarm for alarm in alarms if alarm.active]
    groups = Counter(link.risk_group for link in network.links.values())
    return Totals(
        customers=len(operator.customers),
        customer_sites=sum(map(len, operator.sites_of)),
        operator_sites=len({element.site_id for element in network.elements.values()}),
        circuits=len(circuits),
        circuits_by_customer=_tally(circuit.customer.id for circuit in circuits),
        circuits_by_state=_tally(circuit.state for circuit in circuits),
        circuits_by_category=_tally(circuit.category for circuit in circuits),
        circuits_protected=sum(circuit.protected for circuit in circuits),
        circuits_with_active_alarms=len({circuit.code for alarm in active for circuit in alarm.circuits}),
        alarms=len(alarms),
        alarms_by_severity=_tally(alarm.severity for alarm in alarms),
        alarms_by_state=_tally(alarm.state for alarm in alarms),
        active_alarms=len(active),
        active_alarms_by_severity=_tally(alarm.severity for alarm in active),
        tickets=len(tickets),
        tickets_by_status=_tally(ticket.status for ticket in tickets),
        elements=len(network.elements),
        links=len(network.links),
        risk_groups=len(groups),
        links_in_shared_risk_groups=sum(count for count in groups.values() if count > 1),
        links_used=len(users),
        links_shared_by_circuits=sum(len(over) > 1 for over in users.values()),
        links_shared_by_customers=sum(len(set(over.values())) > 1 for over in users.values()),
        working_links_shared_by_customers=sum(len(set(over.values())) > 1 for over in working.values()),
        orders=len(operator.orders),
        orders_by_state=_tally(order.state for order in operator.orders),
        orders_by_action=_tally(order.action for order in operator.orders),
        work_orders=len(operator.work_orders),
        work_orders_by_state=_tally(work.state for work in operator.work_orders),
        products=len(circuits),
        products_by_status=_tally(status(circuit) for circuit in circuits),
        organizations=len(operator.customers),
        individuals=len(operator.people),
        circuits_measured=sum(circuit.state == "active" for circuit in circuits),
        domains=len(operator.domains),
        sessions=len(operator.sessions),
        sessions_by_state=_tally("stopped" if session.stopped else "active" for session in operator.sessions),
        tunnels=len({session.tunnel.id for session in operator.sessions}),
    )


def _users(operator: Operator, *roles: str) -> dict[str, dict[str, str]]:
    """Tell for each link that is used which circuits have a route over it, and whose they are."""
    users: dict[str, dict[str, str]] = {}
    for circuit in operator.circuits:
        for role in roles:
            if role == "WORKING" or circuit.protected:
                for link in operator.path(circuit, role).links:
                    users.setdefault(link.id, {})[circuit.code] = circuit.customer.id
    return users


def _tally(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(values).items()))
