"""Tickets: trouble tickets, and what else a customer waits for."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import strawberry

from engine.batched import batched
from engine.instance_of import InstanceWhere
from model.records import Record
from model.records import Ticket as TicketRecord
from resolvers.listing import Listing
from resolvers.sla import clocks
from schema.arguments import After, CircuitsBy, CircuitWhere, First
from schema.connection import Connection
from schema.directives import reads
from schema.enums import MilestoneState, SlaClockKind, TicketKind, TicketState
from schema.joins import Context, paging, reference_lists, references
from schema.node import Node, node_id
from schema.provenance import conflicts_of, provenance_of

if TYPE_CHECKING:
    from schema.circuit import CircuitConnection
    from schema.customer import Customer

CustomerType = Annotated["Customer", strawberry.lazy("schema.customer")]


@strawberry.type(description="What somebody wrote on a ticket.")
class TicketNote:
    author: str | None = strawberry.field(description="Who.")
    at: datetime | None = strawberry.field(description="When.")
    text: str | None = strawberry.field(description="What.")


@strawberry.type(description="How much time a service level agreement leaves.")
class SlaClock:
    kind: SlaClockKind = strawberry.field(description="What there is a time for.")
    started_at: datetime = strawberry.field(description="Since when it runs.")
    due_at: datetime = strawberry.field(description="Until when, without the time for which it stood still.")
    remaining: timedelta = strawberry.field(description="What is left now, or was when it stopped; negative if late.")
    breached: bool = strawberry.field(description="Whether it is, or was, too late.")
    paused_for: timedelta = strawberry.field(description="How long it stood still, waiting for the customer or held.")


@strawberry.interface(description="Something that a customer waits for.")
class Ticket(Node):
    id: strawberry.ID = node_id("ticket")
    ticket_id: strawberry.ID = strawberry.field(description="Its id: its source and the id that it has there.")
    title: str | None = strawberry.field(description="What it is about, in a line.")
    kind: TicketKind | None = strawberry.field(description="What kind of ticket it is.")
    state: TicketState | None = strawberry.field(description="Where it stands.")
    priority: str | None = strawberry.field(description="How urgent it is, in the words of its system.")
    opened_at: datetime | None = strawberry.field(description="When it was opened.")
    updated_at: datetime | None = strawberry.field(description="When it last changed.")
    closed_at: datetime | None = strawberry.field(description="When it was closed.")
    due_at: datetime | None = strawberry.field(description="Until when it shall be done.")
    notes: list[TicketNote] | None = strawberry.field(description="What has been written on it, in its system's order.")
    provenance = provenance_of("ticket")
    conflicts = conflicts_of("ticket")

    @strawberry.field(description="Its clocks; null where it does not say when it was opened.")
    def sla(root: TicketRecord) -> list[SlaClock] | None:
        return clocks(root)  # type: ignore[return-value]  # SlaClock reads them

    @batched(description="Whose ticket it is.")
    async def customer(parents: Sequence[Record], info: Context) -> Sequence[CustomerType | None]:
        return await references(parents, info, "customer", "customer")

    @batched(description="The circuits that it is about, by their codes.")
    async def circuits(
        parents: Sequence[Record],
        info: Context,
        first: First = 20,
        after: After = None,
        filter: CircuitWhere = None,
        order_by: CircuitsBy = None,
    ) -> Sequence[Annotated["CircuitConnection", strawberry.lazy("schema.circuit")]]:
        part = paging("circuit", first, after, filter, order_by)
        return await reference_lists(parents, info, "circuit", "circuits", part)


@strawberry.type(description="Something is broken, and somebody works on it [TMF621].", directives=[reads("ticket")])
class TroubleTicket(Ticket, Node):
    is_type_of = InstanceWhere(TicketRecord, "kind", TicketKind.PROVISIONING, same=False)
    severity: str | None = strawberry.field(description="How bad it is for the customer, in the words of its system.")
    resolution: str | None = strawberry.field(description="What was done about it.")


@strawberry.type(description="A step of an order.")
class Milestone:
    name: str | None = strawberry.field(description="What is done in it.")
    state: MilestoneState | None = strawberry.field(description="Where it stands.")
    due_at: datetime | None = strawberry.field(description="Until when it shall be done.")
    reached_at: datetime | None = strawberry.field(description="When it was done.")


@strawberry.type(
    description="Something has been ordered, and is being delivered [TMF641].", directives=[reads("ticket")]
)
class ProvisioningOrder(Ticket, Node):
    is_type_of = InstanceWhere(TicketRecord, "kind", TicketKind.PROVISIONING)
    milestones: list[Milestone] | None = strawberry.field(description="Its steps, in order.")


@strawberry.type(description="How many tickets stand there.")
class TicketStateCount:
    state: TicketState = strawberry.field(description="Where they stand.")
    count: int = strawberry.field(description="How many.")


@strawberry.type(description="A stretch of a list of tickets.")
class TicketConnection(Connection[Ticket]):
    @strawberry.field(description="How many there are in each state; null where the whole list is not at hand.")
    def by_state(root: Listing) -> list[TicketStateCount] | None:
        if root.matching is None:
            return None
        counts = Counter(
            ticket.state if isinstance(ticket.state, TicketState) else None
            for ticket in root.matching
            if isinstance(ticket, TicketRecord)
        )
        return [TicketStateCount(state=state, count=counts[state]) for state in TicketState if counts[state]]
