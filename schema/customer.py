"""Customers."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Optional

import strawberry

from engine.batched import batched
from model.records import Record
from schema.alarm import AlarmConnection
from schema.arguments import After, AlarmsBy, AlarmWhere, CircuitsBy, CircuitWhere, First, TicketsBy, TicketWhere
from schema.connection import Connection
from schema.contact import Contact
from schema.directives import reads
from schema.enums import CustomerTier
from schema.joins import Context, belongings, customers_alarms, paging, references
from schema.node import Node, is_of, node_id
from schema.provenance import conflicts_of, provenance_of
from schema.ticket import TicketConnection

if TYPE_CHECKING:
    from schema.circuit import CircuitConnection
    from schema.domain import VpdnDomainConnection
    from schema.site import SiteConnection

Domains = Annotated["VpdnDomainConnection", strawberry.lazy("schema.domain")]
Circuits = Annotated["CircuitConnection", strawberry.lazy("schema.circuit")]
Sites = Annotated["SiteConnection", strawberry.lazy("schema.site")]


@strawberry.type(description="An enterprise that leases circuits [TMF629].", directives=[reads("customer")])
class Customer(Node):
    is_type_of = is_of("customer")
    id: strawberry.ID = node_id("customer")
    customer_id: strawberry.ID = strawberry.field(description="The business id by which people know the customer.")
    name: str | None = strawberry.field(description="The name.")
    trading_name: str | None = strawberry.field(description="The name under which it does business abroad.")
    tier: CustomerTier | None = strawberry.field(description="How it is served.")
    status: str | None = strawberry.field(description="Its standing, as the CRM calls it.")
    contacts: list[Contact] | None = strawberry.field(description="How it is reached.")
    account_manager: Contact | None = strawberry.field(description="Who looks after it on the operator's side.")
    provenance = provenance_of("customer")
    conflicts = conflicts_of("customer")

    @batched(description="The enterprise of which this one is a part.")
    async def parent(parents: Sequence[Record], info: Context) -> Sequence[Optional["Customer"]]:
        return await references(parents, info, "customer", "parent")

    @batched(description="The enterprises that are part of this one, by their ids.")
    async def children(
        parents: Sequence[Record], info: Context, first: First = 20, after: After = None
    ) -> Sequence[Annotated["CustomerConnection", strawberry.lazy("schema.customer")]]:
        part = paging("customer", first, after)
        return await belongings(parents, info, "customer", "parent", part, parent="customer")

    @batched(description="Its sites, by their ids.")
    async def sites(
        parents: Sequence[Record], info: Context, first: First = 20, after: After = None
    ) -> Sequence[Sites]:
        return await belongings(parents, info, "site", "customer", paging("site", first, after))

    @batched(description="The circuits that it leases, by their codes.")
    async def circuits(
        parents: Sequence[Record],
        info: Context,
        first: First = 20,
        after: After = None,
        filter: CircuitWhere = None,
        order_by: CircuitsBy = None,
    ) -> Sequence[Circuits]:
        part = paging("circuit", first, after, filter, order_by)
        return await belongings(parents, info, "circuit", "customer", part)

    @batched(description="The alarms on its circuits, the newest first.")
    async def alarms(
        parents: Sequence[Record],
        info: Context,
        first: First = 50,
        after: After = None,
        filter: AlarmWhere = None,
        order_by: AlarmsBy = None,
    ) -> Sequence[AlarmConnection]:
        return await customers_alarms(parents, info, paging("alarm", first, after, filter, order_by))

    @batched(description="Its tickets, the newest first.")
    async def tickets(
        parents: Sequence[Record],
        info: Context,
        first: First = 20,
        after: After = None,
        filter: TicketWhere = None,
        order_by: TicketsBy = None,
    ) -> Sequence[TicketConnection]:
        return await belongings(parents, info, "ticket", "customer", paging("ticket", first, after, filter, order_by))

    @batched(description="Its VPDN domains, by their realms.")
    async def vpdn_domains(
        parents: Sequence[Record], info: Context, first: First = 20, after: After = None
    ) -> Sequence[Domains]:
        return await belongings(parents, info, "domain", "customer", paging("domain", first, after))


@strawberry.type(description="A stretch of a list of customers.")
class CustomerConnection(Connection[Customer]):
    pass
