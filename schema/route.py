"""Routes and their hops."""

from collections.abc import Sequence

import strawberry

from engine.batched import batched
from model.records import Hop as HopRecord
from schema.alarm import AlarmConnection
from schema.arguments import After, AlarmsBy, AlarmWhere, First
from schema.directives import reads
from schema.element import NetworkElement
from schema.enums import RouteRole, TransportLayer
from schema.joins import Context, hops_alarms, paging, references
from schema.link import Link


@strawberry.type(description="One element that a route passes.")
class Hop:
    sequence: int = strawberry.field(description="Its place on the route, counted from the A end.")
    in_port: str | None = strawberry.field(description="The port through which the route comes in from the A end.")
    out_port: str | None = strawberry.field(description="The port through which it goes on towards the Z end.")
    layer: TransportLayer | None = strawberry.field(description="The transport layer in which it is switched here.")

    @batched(description="The element.")
    async def element(parents: Sequence[HopRecord], info: Context) -> Sequence[NetworkElement | None]:
        return await references(parents, info, "element", "element")

    @batched(description="The link that leads to the next hop; null at the last one.")
    async def link(parents: Sequence[HopRecord], info: Context) -> Sequence[Link | None]:
        return await references(parents, info, "link", "link")

    @batched(description="The alarms on this element, the newest first.")
    async def alarms(
        parents: Sequence[HopRecord],
        info: Context,
        first: First = 50,
        after: After = None,
        filter: AlarmWhere = None,
        order_by: AlarmsBy = None,
    ) -> Sequence[AlarmConnection]:
        return await hops_alarms(parents, info, paging("alarm", first, after, filter, order_by))


@strawberry.type(
    description="A way of a circuit through the network, from its A end to its Z end.", directives=[reads("route")]
)
class Route:
    role: RouteRole = strawberry.field(description="What it is for.")
    complete: bool = strawberry.field(description="Whether it is known that every hop is here.")
    hops: list[Hop] = strawberry.field(description="What it passes, in order.")
