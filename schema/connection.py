"""Connections: stretches of lists [Relay cursor connections], which say how complete they are."""

from typing import Generic, TypeVar

import strawberry
from strawberry import Info

from resolvers.listing import Listing
from resolvers.request import Request
from schema.enums import Completeness

T = TypeVar("T")
_INT_AT_MOST = 2**31 - 1
"""What an Int can tell [GraphQL, 3.5.1]; a source may claim more."""


@strawberry.type(description="Where a stretch of a list begins and ends, and whether the list goes on.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether there is more after this stretch.")
    has_previous_page: bool = strawberry.field(description="Whether there is more before this stretch.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first node.")
    end_cursor: str | None = strawberry.field(description="Hand this to `after` to go on.")


@strawberry.type(description="A source that should have contributed and did not.")
class MissingSource:
    source: str = strawberry.field(description="The source: its internal name for staff, its public label for others.")
    code: str = strawberry.field(
        description="Why: `SOURCE_TIMED_OUT`, `SOURCE_REFUSED`, `OWNER_UNKNOWN` (something may be hidden since "
        "its owner cannot be told now), `SCAN_LIMIT` (the list is longer than may be read for one answer) ..."
    )


@strawberry.type(description="A node of a connection, with its place in the list.")
class Edge(Generic[T]):
    cursor: str = strawberry.field(description="The node's place in this list and order.")
    node: T = strawberry.field(description="The node.")


@strawberry.type(description="A stretch of a list.")
class Connection(Generic[T]):
    @strawberry.field(description="The nodes, each with its cursor.")
    def edges(root: Listing) -> list[Edge[T]]:
        pairs = zip(root.nodes, root.cursors, strict=True)
        return [Edge(cursor=cursor, node=node) for node, cursor in pairs]  # type: ignore[arg-type]

    nodes: list[T] = strawberry.field(description="The nodes.")

    @strawberry.field(description="Where this stretch begins and ends.")
    def page_info(root: Listing) -> PageInfo:
        cursors = root.cursors
        return PageInfo(
            has_next_page=root.has_next,
            has_previous_page=root.has_previous,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else root.end,
        )

    @strawberry.field(
        description="How many there are in all that meet the filter; null unless that is exact for this caller."
    )
    def total_count(root: Listing) -> int | None:
        return root.total if root.total is not None and root.total <= _INT_AT_MOST else None

    completeness: Completeness = strawberry.field(description="Whether all is there that should be.")

    @strawberry.field(description="The sources that should have contributed and did not.")
    def missing(root: Listing, info: Info[Request, None]) -> list[MissingSource]:
        request = info.context
        labels = {} if request.caller.internals else request.upstreams.labels
        return [MissingSource(source=labels.get(source, source), code=code) for source, code in sorted(root.missing)]
