"""VPDN domains."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import strawberry

from engine.batched import batched
from model.records import Record
from schema.arguments import After, First, SessionsBy, SessionWhere, TunnelWhere
from schema.connection import Connection
from schema.directives import reads
from schema.enums import AdministrativeState
from schema.joins import Context, belongings, paging, references
from schema.node import Node, is_of, node_id
from schema.provenance import conflicts_of, provenance_of

if TYPE_CHECKING:
    from schema.circuit import Circuit
    from schema.customer import Customer
    from schema.session import VpdnSessionConnection
    from schema.tunnel import TunnelConnection


@strawberry.type(
    description="A VPDN domain: users who dial in from anywhere and come out in a customer's own network [RFC 2661].",
    directives=[reads("domain")],
)
class VpdnDomain(Node):
    is_type_of = is_of("domain")
    id: strawberry.ID = node_id("domain")
    realm: str = strawberry.field(description="What stands behind the @ in its users' names [RFC 7542].")
    name: str | None = strawberry.field(description="The name.")
    administrative_state: AdministrativeState | None = strawberry.field(description="Whether users are let in.")
    lns: list[str] | None = strawberry.field(
        description="The L2TP network servers at which its tunnels end, the preferred one first."
    )
    sessions_at_most: int | None = strawberry.field(description="How many users may be in at a time.")
    provenance = provenance_of("domain")
    conflicts = conflicts_of("domain")

    @batched(description="Whose domain it is.")
    async def customer(
        parents: Sequence[Record], info: Context
    ) -> Sequence[Annotated["Customer", strawberry.lazy("schema.customer")] | None]:
        return await references(parents, info, "customer", "customer")

    @batched(description="The circuit over which its users reach the customer's network.")
    async def circuit(
        parents: Sequence[Record], info: Context
    ) -> Sequence[Annotated["Circuit", strawberry.lazy("schema.circuit")] | None]:
        return await references(parents, info, "circuit", "circuit")

    @batched(description="Its users' sessions, the newest first.")
    async def sessions(
        parents: Sequence[Record],
        info: Context,
        first: First = 20,
        after: After = None,
        filter: SessionWhere = None,
        order_by: SessionsBy = None,
    ) -> Sequence[Annotated["VpdnSessionConnection", strawberry.lazy("schema.session")]]:
        return await belongings(parents, info, "session", "domain", paging("session", first, after, filter, order_by))

    @batched(description="Its tunnels, the newest first.")
    async def tunnels(
        parents: Sequence[Record],
        info: Context,
        first: First = 20,
        after: After = None,
        filter: TunnelWhere = None,
    ) -> Sequence[Annotated["TunnelConnection", strawberry.lazy("schema.tunnel")]]:
        return await belongings(parents, info, "tunnel", "domain", paging("tunnel", first, after, filter))


@strawberry.type(description="A stretch of a list of VPDN domains.")
class VpdnDomainConnection(Connection[VpdnDomain]):
    pass
