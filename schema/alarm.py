"""Alarms."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from engine.batched import batched
from model.records import Alarm as AlarmRecord
from resolvers.listing import Listing
from schema.arguments import After, CircuitsBy, CircuitWhere, First
from schema.connection import Connection
from schema.directives import reads
from schema.enums import AckState, AlarmState, EventType, PerceivedSeverity
from schema.joins import Context, first_circuits, paging, reference_lists, references
from schema.node import Node, is_of, node_id
from schema.provenance import conflicts_of, provenance_of

if TYPE_CHECKING:
    from schema.circuit import Circuit, CircuitConnection
    from schema.element import NetworkElement

CircuitType = Annotated["Circuit", strawberry.lazy("schema.circuit")]
Element = Annotated["NetworkElement", strawberry.lazy("schema.element")]


@strawberry.type(
    description="An alarm on an element, a port or a circuit [ITU-T X.733, TMF642].", directives=[reads("alarm")]
)
class Alarm(Node):
    is_type_of = is_of("alarm")
    id: strawberry.ID = node_id("alarm")
    alarm_id: strawberry.ID = strawberry.field(description="The alarm's id: its source and the id that it has there.")
    event_type: EventType | None = strawberry.field(description="What kind of event it tells of.")
    perceived_severity: PerceivedSeverity | None = strawberry.field(description="How bad it is.")
    probable_cause: str | None = strawberry.field(description="What has probably happened, in the words of X.733.")
    specific_problem: str | None = strawberry.field(description="More about it, in the words of the system.")
    state: AlarmState | None = strawberry.field(description="Where it stands in its life.")
    ack_state: AckState | None = strawberry.field(description="Whether somebody has taken notice.")
    raised_at: datetime | None = strawberry.field(description="When it was raised.")
    changed_at: datetime | None = strawberry.field(description="When it last changed.")
    cleared_at: datetime | None = strawberry.field(description="When it was cleared.")
    is_root_cause: bool | None = strawberry.field(description="Whether its system takes it for the cause of others.")
    planned_work: bool | None = strawberry.field(description="Whether it comes of work that was announced.")
    port: str | None = strawberry.field(description="The port of the element on which it was raised.")
    provenance = provenance_of("alarm")
    conflicts = conflicts_of("alarm")

    @batched(description="The circuit that it affects; the first, where it affects several.")
    async def circuit(parents: Sequence[AlarmRecord], info: Context) -> Sequence[CircuitType | None]:
        return await first_circuits(parents, info)

    @batched(description="The element on which it was raised.")
    async def element(parents: Sequence[AlarmRecord], info: Context) -> Sequence[Element | None]:
        return await references(parents, info, "element", "element")

    @batched(description="All circuits that it affects, by their codes.")
    async def affected_circuits(
        parents: Sequence[AlarmRecord],
        info: Context,
        first: First = 20,
        after: After = None,
        filter: CircuitWhere = None,
        order_by: CircuitsBy = None,
    ) -> Sequence[Annotated["CircuitConnection", strawberry.lazy("schema.circuit")]]:
        part = paging("circuit", first, after, filter, order_by)
        return await reference_lists(parents, info, "circuit", "circuits", part)


@strawberry.type(description="How many alarms are this bad.")
class SeverityCount:
    severity: PerceivedSeverity = strawberry.field(description="How bad.")
    count: int = strawberry.field(description="How many.")


@strawberry.type(description="A stretch of a list of alarms.")
class AlarmConnection(Connection[Alarm]):
    @strawberry.field(description="How many there are of each severity; null where the whole list is not at hand.")
    def by_severity(root: Listing) -> list[SeverityCount] | None:
        if root.matching is None:
            return None
        counts = Counter(
            alarm.perceived_severity if isinstance(alarm.perceived_severity, PerceivedSeverity) else None
            for alarm in root.matching
            if isinstance(alarm, AlarmRecord)
        )
        return [
            SeverityCount(severity=severity, count=counts[severity])
            for severity in PerceivedSeverity
            if counts[severity]
        ]
