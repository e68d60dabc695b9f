"""Sites."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import strawberry

from engine.batched import batched
from model.records import Record
from schema.arguments import After, CircuitsBy, CircuitWhere, First
from schema.connection import Connection
from schema.directives import reads
from schema.joins import Context, belongings, paging, references
from schema.node import Node, is_of, node_id
from schema.provenance import conflicts_of, provenance_of

if TYPE_CHECKING:
    from schema.circuit import CircuitConnection
    from schema.customer import Customer


@strawberry.type(description="A place where circuits end or elements stand.", directives=[reads("site")])
class Site(Node):
    is_type_of = is_of("site")
    id: strawberry.ID = node_id("site")
    site_id: strawberry.ID = strawberry.field(description="The business id by which people know the site.")
    name: str | None = strawberry.field(description="The name.")
    address: str | None = strawberry.field(description="The postal address.")
    city: str | None = strawberry.field(description="The city.")
    latitude: float | None = strawberry.field(description="Degrees north [WGS 84].")
    longitude: float | None = strawberry.field(description="Degrees east [WGS 84].")
    provenance = provenance_of("site")
    conflicts = conflicts_of("site")

    @batched(description="Whose site it is; null for the operator's own.")
    async def customer(
        parents: Sequence[Record], info: Context
    ) -> Sequence[Annotated["Customer", strawberry.lazy("schema.customer")] | None]:
        return await references(parents, info, "customer", "customer")

    @batched(description="The circuits that end here, by their codes.")
    async def circuits(
        parents: Sequence[Record],
        info: Context,
        first: First = 20,
        after: After = None,
        filter: CircuitWhere = None,
        order_by: CircuitsBy = None,
    ) -> Sequence[Annotated["CircuitConnection", strawberry.lazy("schema.circuit")]]:
        part = paging("circuit", first, after, filter, order_by)
        return await belongings(parents, info, "circuit", "site", part)


@strawberry.type(description="A stretch of a list of sites.")
class SiteConnection(Connection[Site]):
    pass
