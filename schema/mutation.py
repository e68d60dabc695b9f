"""What can be changed while the gateway runs, by the operator's staff: nothing of the sources' data."""

import logging
from typing import Annotated

import strawberry

from resolvers.request import Request
from schema.directives import INTERNALS
from schema.errors import FORBIDDEN, refused
from schema.joins import Context
from schema.source_status import Maintenance
from sources.controls import notice

TAGS_AT_MOST = 1_000
REASON_AT_MOST = 500

log = logging.getLogger("trunkline.gateway")


@strawberry.type(description="What the operator's staff can change.")
class Mutation:
    @strawberry.mutation(
        description="Set a source aside, so that no gateway that shares this one's Redis asks it, or take it back. "
        "What it alone could say is then missing, or old where its answers are kept. Null once it is taken back.",
        directives=[INTERNALS],
    )
    async def set_maintenance(
        self,
        info: Context,
        source: Annotated[str, strawberry.argument(description="Its internal name.")],
        on: Annotated[bool, strawberry.argument(description="Whether it is set aside.")],
        reason: Annotated[str | None, strawberry.argument(description="Why, for those who wonder.")] = None,
    ) -> Maintenance | None:
        request = _staffs(info.context)
        if source not in request.upstreams.sources:
            raise refused(f"there is no source {source!r}")
        if reason is not None and len(reason) > REASON_AT_MOST:
            raise refused(f"a reason has at most {REASON_AT_MOST} characters")
        told = notice(request.caller.subject, reason) if on else None
        await request.upstreams.controls.switch(source, told)
        log.warning("source %s is %s by %r", source, "set aside" if on else "taken back", request.caller.subject)
        return told  # type: ignore[return-value]  # Maintenance reads a notice

    @strawberry.mutation(
        description="Tell what is out of date: kept answers that have one of these tags are dropped, by all gateways "
        "that share this one's Redis. How many this one had.",
        directives=[INTERNALS],
    )
    async def invalidate(
        self,
        info: Context,
        tags: Annotated[
            list[str],
            strawberry.argument(description="Such as `circuit:BJSH-OTN-000017`, `customer:C100001`, `source:crm`."),
        ],
    ) -> int:
        request = _staffs(info.context)
        if len(tags) > TAGS_AT_MOST:
            raise refused(f"at most {TAGS_AT_MOST} tags at a time")
        return await request.upstreams.controls.forget(tags)


def _staffs(request: Request) -> Request:
    """The request, if it is one of the operator's staff's."""
    if not request.caller.staff:
        raise refused("this is for the operator's staff", FORBIDDEN)
    return request
