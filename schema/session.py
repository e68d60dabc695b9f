"""VPDN sessions."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import strawberry

from engine.batched import batched
from model.faults import SourceFault
from model.records import Record
from model.records import Session as SessionRecord
from resolvers.listing import Listing
from schema.connection import Connection
from schema.directives import reads
from schema.domain import VpdnDomain
from schema.enums import SessionState
from schema.joins import Context, references
from schema.node import Node, is_of, node_id
from schema.provenance import provenance_of
from schema.scalars import BigInt

if TYPE_CHECKING:
    from schema.tunnel import Tunnel


@strawberry.type(
    description="A VPDN user's session, as RADIUS accounting tells it [RFC 2866, RFC 2867].",
    directives=[reads("session")],
)
class VpdnSession(Node):
    is_type_of = is_of("session")
    id: strawberry.ID = node_id("session")
    session_id: strawberry.ID = strawberry.field(description="Its id: its source and the id that it has there.")
    user_name: str | None = strawberry.field(description="The user, as in alice@bank.vpdn [RFC 2865 User-Name].")
    calling_station: str | None = strawberry.field(
        description="From where the user called: a telephone number, a card's or a device's [RFC 2865]."
    )
    lac: str | None = strawberry.field(description="The LAC at which the user came in [RFC 2661, RFC 2868].")
    lns: str | None = strawberry.field(description="The LNS to which the user was handed over [RFC 2661, RFC 2868].")
    framed_ip: str | None = strawberry.field(description="The address that the user was given [RFC 2865].")
    state: SessionState | None = strawberry.field(description="Where it stands.")
    started_at: datetime | None = strawberry.field(description="When it started.")
    updated_at: datetime | None = strawberry.field(description="When it was last heard of.")
    stopped_at: datetime | None = strawberry.field(description="When it stopped.")
    input_octets: BigInt | None = strawberry.field(description="How many octets came from the user [RFC 2866].")
    output_octets: BigInt | None = strawberry.field(description="How many octets went to the user [RFC 2866].")
    terminate_cause: str | None = strawberry.field(description="Why it stopped, in the words of RFC 2866.")
    provenance = provenance_of("session")

    @strawberry.field(description="How long it has lasted [RFC 2866 Acct-Session-Time].")
    def session_time(root: SessionRecord) -> timedelta | None:
        seconds = root.session_time
        if isinstance(seconds, SourceFault):
            raise seconds
        return timedelta(seconds=seconds) if isinstance(seconds, float | int) else None

    @batched(description="The domain to which the user belongs.")
    async def domain(parents: Sequence[Record], info: Context) -> Sequence[VpdnDomain | None]:
        return await references(parents, info, "domain", "domain")

    @batched(description="The tunnel through which it goes.")
    async def tunnel(
        parents: Sequence[Record], info: Context
    ) -> Sequence[Annotated["Tunnel", strawberry.lazy("schema.tunnel")] | None]:
        return await references(parents, info, "tunnel", "tunnel")


@strawberry.type(description="How many VPDN sessions stand there.")
class SessionStateCount:
    state: SessionState = strawberry.field(description="Where they stand.")
    count: int = strawberry.field(description="How many.")


@strawberry.type(description="A stretch of a list of VPDN sessions.")
class VpdnSessionConnection(Connection[VpdnSession]):
    @strawberry.field(description="How many there are in each state; null where the whole list is not at hand.")
    def by_state(root: Listing) -> list[SessionStateCount] | None:
        if root.matching is None:
            return None
        counts = Counter(
            session.state if isinstance(session.state, SessionState) else None
            for session in root.matching
            if isinstance(session, SessionRecord)
        )
        return [SessionStateCount(state=state, count=counts[state]) for state in SessionState if counts[state]]
