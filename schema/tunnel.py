"""Tunnels."""

from collections.abc import Sequence
from datetime import datetime

import strawberry

from engine.batched import batched
from model.records import Record
from schema.arguments import After, First, SessionsBy, SessionWhere
from schema.connection import Connection
from schema.directives import reads
from schema.domain import VpdnDomain
from schema.enums import TunnelType
from schema.joins import Context, belongings, paging, references
from schema.node import Node, is_of, node_id
from schema.provenance import provenance_of
from schema.session import VpdnSessionConnection


@strawberry.type(
    description="A tunnel in which a VPDN domain's sessions go from a LAC to an LNS [RFC 2661, RFC 2868].",
    directives=[reads("tunnel")],
)
class Tunnel(Node):
    is_type_of = is_of("tunnel")
    id: strawberry.ID = node_id("tunnel")
    tunnel_id: strawberry.ID = strawberry.field(description="Its id: its source and the id that it has there.")
    type: TunnelType | None = strawberry.field(description="By which protocol it is made.")
    lac: str | None = strawberry.field(description="The LAC at which it begins [RFC 2868 Tunnel-Client-Auth-ID].")
    lac_address: str | None = strawberry.field(description="The LAC's address [RFC 2868 Tunnel-Client-Endpoint].")
    lns: str | None = strawberry.field(description="The LNS at which it ends [RFC 2868 Tunnel-Server-Auth-ID].")
    lns_address: str | None = strawberry.field(description="The LNS's address [RFC 2868 Tunnel-Server-Endpoint].")
    started_at: datetime | None = strawberry.field(description="Since when it is there.")
    provenance = provenance_of("tunnel")

    @batched(description="The domain whose sessions go through it.")
    async def domain(parents: Sequence[Record], info: Context) -> Sequence[VpdnDomain | None]:
        return await references(parents, info, "domain", "domain")

    @batched(description="The sessions that go through it, the newest first.")
    async def sessions(
        parents: Sequence[Record],
        info: Context,
        first: First = 20,
        after: After = None,
        filter: SessionWhere = None,
        order_by: SessionsBy = None,
    ) -> Sequence[VpdnSessionConnection]:
        return await belongings(parents, info, "session", "tunnel", paging("session", first, after, filter, order_by))


@strawberry.type(description="A stretch of a list of tunnels.")
class TunnelConnection(Connection[Tunnel]):
    pass
