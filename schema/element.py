"""Network elements."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import strawberry

from engine.batched import batched
from model.records import Record
from schema.alarm import AlarmConnection
from schema.arguments import After, AlarmsBy, AlarmWhere, CircuitsBy, CircuitWhere, First
from schema.directives import reads
from schema.enums import OperationalState
from schema.joins import Context, belongings, paging, references
from schema.node import Node, is_of, node_id
from schema.provenance import conflicts_of, provenance_of
from schema.site import Site

if TYPE_CHECKING:
    from schema.circuit import CircuitConnection


@strawberry.type(description="A network element [TMF639].", directives=[reads("element")])
class NetworkElement(Node):
    is_type_of = is_of("element")
    id: strawberry.ID = node_id("element")
    element_id: strawberry.ID = strawberry.field(description="The id by which inventories and alarms know it.")
    name: str | None = strawberry.field(description="The name.")
    vendor: str | None = strawberry.field(description="Who made it.")
    model: str | None = strawberry.field(description="The vendor's name of the model.")
    role: str | None = strawberry.field(description="What it does in the network.")
    operational_state: OperationalState | None = strawberry.field(description="Whether it can work.")
    provenance = provenance_of("element")
    conflicts = conflicts_of("element")

    @batched(description="Where it stands.")
    async def site(parents: Sequence[Record], info: Context) -> Sequence[Site | None]:
        return await references(parents, info, "site", "site")

    @batched(description="The alarms on it, the newest first.")
    async def alarms(
        parents: Sequence[Record],
        info: Context,
        first: First = 50,
        after: After = None,
        filter: AlarmWhere = None,
        order_by: AlarmsBy = None,
    ) -> Sequence[AlarmConnection]:
        return await belongings(parents, info, "alarm", "element", paging("alarm", first, after, filter, order_by))

    @batched(description="The circuits that pass it, by their codes.")
    async def circuits(
        parents: Sequence[Record],
        info: Context,
        first: First = 20,
        after: After = None,
        filter: CircuitWhere = None,
        order_by: CircuitsBy = None,
    ) -> Sequence[Annotated["CircuitConnection", strawberry.lazy("schema.circuit")]]:
        part = paging("circuit", first, after, filter, order_by)
        return await belongings(parents, info, "circuit", "element", part)
