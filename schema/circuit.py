"""Circuits, and where they end."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import strawberry

from engine.batched import batched
from model.records import CircuitEnd as EndRecord
from model.records import Record
from schema.alarm import AlarmConnection
from schema.arguments import (
    After,
    AlarmsBy,
    AlarmWhere,
    First,
    SessionsBy,
    SessionWhere,
    TicketsBy,
    TicketWhere,
)
from schema.connection import Connection
from schema.directives import reads
from schema.domain import VpdnDomain
from schema.enums import AdministrativeState, CircuitCategory, Kpi, OperationalState, ServiceState, UsageState
from schema.joins import (
    Context,
    belongings,
    circuits_domains,
    circuits_kpis,
    circuits_routes,
    circuits_sessions,
    paging,
    references,
)
from schema.kpi import KpiSeries, window
from schema.node import Node, is_of, node_id
from schema.provenance import conflicts_of, provenance_of
from schema.route import Route
from schema.scalars import BigInt
from schema.session import VpdnSessionConnection
from schema.site import Site
from schema.ticket import TicketConnection

if TYPE_CHECKING:
    from schema.customer import Customer


@strawberry.type(description="Where a circuit ends.")
class CircuitEnd:
    port: str | None = strawberry.field(description="The port at which it is handed over.")
    address: str | None = strawberry.field(description="The address, as the inventory of services writes it.")

    @batched(description="The site.")
    async def site(parents: Sequence[EndRecord], info: Context) -> Sequence[Site | None]:
        return await references(parents, info, "site", "site")


@strawberry.type(
    description="A leased circuit as the customer knows it [TMF638 service, TMF639 resource].",
    directives=[reads("circuit")],
)
class Circuit(Node):
    is_type_of = is_of("circuit")
    id: strawberry.ID = node_id("circuit")
    code: str = strawberry.field(description="The code by which customer and operator know the circuit.")
    name: str | None = strawberry.field(description="The name.")
    product: str | None = strawberry.field(description="The product that was sold.")
    category: CircuitCategory | None = strawberry.field(description="By which technology it is delivered.")
    bandwidth_bps: BigInt | None = strawberry.field(description="The bandwidth, in bits a second.")
    state: ServiceState | None = strawberry.field(description="Where the service stands in its life.")
    operational_state: OperationalState | None = strawberry.field(description="Whether it can work.")
    administrative_state: AdministrativeState | None = strawberry.field(description="Whether it may be used.")
    usage_state: UsageState | None = strawberry.field(description="Whether it is in use.")
    sla_class: str | None = strawberry.field(description="The class of its service level agreement.")
    start_date: date | None = strawberry.field(description="Since when it is in service.")
    a_end: CircuitEnd | None = strawberry.field(description="Where it begins.")
    z_end: CircuitEnd | None = strawberry.field(description="Where it ends.")
    provenance = provenance_of("circuit")
    conflicts = conflicts_of("circuit")

    @batched(description="Who leases it.")
    async def customer(
        parents: Sequence[Record], info: Context
    ) -> Sequence[Annotated["Customer", strawberry.lazy("schema.customer")] | None]:
        return await references(parents, info, "customer", "customer")

    @batched(description="Its ways through the network: the working one, and those that protect it.")
    async def routes(parents: Sequence[Record], info: Context) -> Sequence[list[Route] | None]:
        return await circuits_routes(parents, info)

    @batched(description="A measurement of it over a span of time, or the latest value; null if nobody measures it.")
    async def kpi(
        parents: Sequence[Record],
        info: Context,
        kpi: Annotated[Kpi, strawberry.argument(description="What is measured.")],
        from_: Annotated[
            datetime | None,
            strawberry.argument(
                name="from", description="From then on, included; without `from` and `to`, the latest."
            ),
        ] = None,
        to: Annotated[datetime | None, strawberry.argument(description="Until then.")] = None,
        step: Annotated[timedelta | None, strawberry.argument(description="From one point to the next.")] = None,
    ) -> Sequence[KpiSeries | None]:
        return await circuits_kpis(parents, info, kpi, window(from_, to, step))

    @batched(description="The alarms on it, the newest first.")
    async def alarms(
        parents: Sequence[Record],
        info: Context,
        first: First = 50,
        after: After = None,
        filter: AlarmWhere = None,
        order_by: AlarmsBy = None,
    ) -> Sequence[AlarmConnection]:
        return await belongings(parents, info, "alarm", "circuit", paging("alarm", first, after, filter, order_by))

    @batched(description="The tickets about it, the newest first.")
    async def tickets(
        parents: Sequence[Record],
        info: Context,
        first: First = 20,
        after: After = None,
        filter: TicketWhere = None,
        order_by: TicketsBy = None,
    ) -> Sequence[TicketConnection]:
        return await belongings(parents, info, "ticket", "circuit", paging("ticket", first, after, filter, order_by))

    @batched(
        description="The VPDN domain whose users come in over it; the first by its realm, where there are several."
    )
    async def vpdn_domain(parents: Sequence[Record], info: Context) -> Sequence[VpdnDomain | None]:
        return await circuits_domains(parents, info)

    @batched(description="The sessions of the VPDN users who come in over it, the newest first.")
    async def vpdn_sessions(
        parents: Sequence[Record],
        info: Context,
        first: First = 20,
        after: After = None,
        filter: SessionWhere = None,
        order_by: SessionsBy = None,
    ) -> Sequence[VpdnSessionConnection]:
        return await circuits_sessions(parents, info, paging("session", first, after, filter, order_by))


@strawberry.type(description="A stretch of a list of circuits.")
class CircuitConnection(Connection[Circuit]):
    pass
