"""The root of the schema."""

from typing import Annotated

import strawberry
from graphql import GraphQLError
from strawberry.schema.config import StrawberryConfig
from strawberry.types import ExecutionContext

from engine import read
from model.ids import decode_id
from model.nouns import NOUNS
from schema.alarm import Alarm, AlarmConnection
from schema.arguments import (
    After,
    AlarmsBy,
    AlarmWhere,
    CircuitsBy,
    CircuitWhere,
    CustomersBy,
    CustomerWhere,
    First,
    TicketsBy,
    TicketWhere,
    key_of,
)
from schema.circuit import Circuit, CircuitConnection
from schema.customer import Customer, CustomerConnection
from schema.directives import INTERNALS
from schema.domain import VpdnDomain
from schema.element import NetworkElement
from schema.errors import FORBIDDEN, refused
from schema.joins import Context, found, one, paging, root
from schema.link import Link
from schema.mutation import Mutation
from schema.node import Node
from schema.scalars import SCALARS
from schema.search import SearchConnection
from schema.session import VpdnSession
from schema.site import Site
from schema.source_status import SourceStatus, statuses
from schema.ticket import ProvisioningOrder, Ticket, TicketConnection, TroubleTicket
from schema.tunnel import Tunnel
from schema.viewer import Viewer
from schema.worklist import WorkItem

GlobalId = Annotated[strawberry.ID, strawberry.argument(description="A global id.")]
IdOrKey = Annotated[strawberry.ID, strawberry.argument(description="A global id, or the business id.")]


@strawberry.type(description="What can be asked.")
class Query:
    @strawberry.field(description="Who is asking.")
    def viewer(self, info: Context) -> Viewer:
        return info.context.caller  # type: ignore[return-value]  # Viewer reads a caller

    @strawberry.field(description="Anything by its global id; null for one that is unknown, or not yours.")
    async def node(self, info: Context, id: GlobalId) -> Node | None:
        noun, key = decode_id(str(id)) or ("", "")
        if noun not in NOUNS or noun == "route":
            return None
        return await one(info, noun, key)

    @strawberry.field(description="A customer; null for one that is unknown, or not yours.")
    async def customer(self, info: Context, id: IdOrKey) -> Customer | None:
        return await one(info, "customer", key_of("customer", str(id)))

    @strawberry.field(description="All customers that you may see.")
    async def customers(
        self,
        info: Context,
        first: First = 20,
        after: After = None,
        filter: CustomerWhere = None,
        order_by: CustomersBy = None,
    ) -> CustomerConnection:
        part = paging("customer", first, after, filter, order_by)
        return await root(info, "customer", part)

    @strawberry.field(description="A circuit; null for one that is unknown, or not yours. Give an id or a code.")
    async def circuit(
        self,
        info: Context,
        id: Annotated[strawberry.ID | None, strawberry.argument(description="The global id.")] = None,
        code: Annotated[str | None, strawberry.argument(description="The code.")] = None,
    ) -> Circuit | None:
        if (id is None) is (code is None):
            raise refused("circuit needs exactly one of id and code")
        key = code if id is None else key_of("circuit", str(id))
        return await one(info, "circuit", key)

    @strawberry.field(description="All circuits that you may see.")
    async def circuits(
        self,
        info: Context,
        first: First = 20,
        after: After = None,
        filter: CircuitWhere = None,
        order_by: CircuitsBy = None,
    ) -> CircuitConnection:
        part = paging("circuit", first, after, filter, order_by)
        return await root(info, "circuit", part)

    @strawberry.field(description="A site; null for one that is unknown, or not yours.")
    async def site(self, info: Context, id: IdOrKey) -> Site | None:
        return await one(info, "site", key_of("site", str(id)))

    @strawberry.field(description="All alarms that you may see, the newest first.")
    async def alarms(
        self,
        info: Context,
        first: First = 50,
        after: After = None,
        filter: AlarmWhere = None,
        order_by: AlarmsBy = None,
    ) -> AlarmConnection:
        return await root(info, "alarm", paging("alarm", first, after, filter, order_by))

    @strawberry.field(description="All tickets that you may see, the newest first.")
    async def tickets(
        self,
        info: Context,
        first: First = 20,
        after: After = None,
        filter: TicketWhere = None,
        order_by: TicketsBy = None,
    ) -> TicketConnection:
        part = paging("ticket", first, after, filter, order_by)
        return await root(info, "ticket", part)

    @strawberry.field(description="A ticket; null for one that is unknown, or not yours.")
    async def ticket(self, info: Context, id: IdOrKey) -> Ticket | None:
        return await one(info, "ticket", key_of("ticket", str(id)))

    @strawberry.field(description="A VPDN domain; null for one that is unknown, or not yours.")
    async def vpdn_domain(
        self, info: Context, realm: Annotated[str, strawberry.argument(description="The realm, without the @.")]
    ) -> VpdnDomain | None:
        return await one(info, "domain", realm)

    @strawberry.field(description="Customers, circuits and sites by a part of a code, a name or an address.")
    async def search(
        self,
        info: Context,
        text: Annotated[
            str, strawberry.argument(description="What is looked for; width, case and blanks do not count.")
        ],
        first: First = 10,
    ) -> SearchConnection:
        return await found(info, text, paging("circuit", first, None).first)

    @strawberry.field(
        description="The sources of this gateway and whether they answer now; for the operator's staff.",
        directives=[INTERNALS],
    )
    async def sources(self, info: Context) -> list[SourceStatus] | None:
        if not info.context.caller.internals:
            raise refused("sources are for the operator's staff", FORBIDDEN)
        return await statuses(info.context)

    @strawberry.field(
        description="What somebody should look at: where sources disagreed of late, and who said what makes no sense. "
        "Of this gateway's own requests, the newest first; for the operator's staff.",
        directives=[INTERNALS],
    )
    def worklist(self, info: Context, first: First = 50) -> list[WorkItem] | None:
        if not info.context.caller.staff:
            raise refused("the worklist is for the operator's staff", FORBIDDEN)
        part = paging("circuit", first, None)
        return info.context.upstreams.worklist.newest(part.first)  # type: ignore[return-value]  # WorkItem reads them


class _Schema(strawberry.Schema):
    """Strawberry's schema, which leaves it to whoever runs an operation to log what went wrong."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Say nothing: faults of sources are expected, and the gateway logs what is not."""


schema = _Schema(
    query=Query,
    mutation=Mutation,
    types=[
        Alarm,
        Circuit,
        Customer,
        Link,
        NetworkElement,
        ProvisioningOrder,
        Site,
        TroubleTicket,
        Tunnel,
        VpdnDomain,
        VpdnSession,
    ],
    config=StrawberryConfig(default_resolver=read, scalar_map=SCALARS),
)
"""The schema that the gateway serves."""
