"""Links."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import strawberry

from engine.batched import batched
from model.records import Record
from schema.directives import reads
from schema.enums import TransportLayer
from schema.joins import Context, references
from schema.node import Node, is_of, node_id
from schema.provenance import conflicts_of, provenance_of

if TYPE_CHECKING:
    from schema.element import NetworkElement

Element = Annotated["NetworkElement", strawberry.lazy("schema.element")]


@strawberry.type(description="A link between the ports of two elements [TMF639].", directives=[reads("link")])
class Link(Node):
    is_type_of = is_of("link")
    id: strawberry.ID = node_id("link")
    link_id: strawberry.ID = strawberry.field(description="The id by which inventories know it.")
    name: str | None = strawberry.field(description="The name.")
    a_port: str | None = strawberry.field(description="The port at its A end.")
    z_port: str | None = strawberry.field(description="The port at its Z end.")
    layer: TransportLayer | None = strawberry.field(description="The transport layer.")
    risk_group: str | None = strawberry.field(
        description="What it shares with others that fail together with it: a duct, a cable (SRLG) [RFC 4202]."
    )
    length_km: float | None = strawberry.field(description="Its length, in kilometres.")
    provenance = provenance_of("link")
    conflicts = conflicts_of("link")

    @batched(description="The element at its A end.")
    async def a_element(parents: Sequence[Record], info: Context) -> Sequence[Element | None]:
        return await references(parents, info, "element", "a_element")

    @batched(description="The element at its Z end.")
    async def z_element(parents: Sequence[Record], info: Context) -> Sequence[Element | None]:
        return await references(parents, info, "element", "z_element")
