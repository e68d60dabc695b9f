"""The routes of circuits: a record for each role, merged where several sources know it."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from msgspec import UNSET

from model.enums import RouteRole
from model.faults import Malformed, SourceFault
from model.records import Record, Route
from resolvers.belonging import belonging
from resolvers.join import Belongings, Join
from resolvers.listing import Paging
from resolvers.merge import merge
from resolvers.merging import merger
from resolvers.policy import Policy
from resolvers.request import Request
from resolvers.settled import Column
from resolvers.several import told_together
from resolvers.sole import told_alone
from resolvers.things import LIST_CUT

_EVERYTHING = Paging(first=0)
_ORDER = {role: rank for rank, role in enumerate(RouteRole)}


async def routes_of(
    request: Request, circuits: Sequence[Record], fields: frozenset[str]
) -> list[Sequence[Record] | SourceFault | None]:
    """For each circuit its routes, the working one first; a fault if nobody who keeps routes could be heard."""
    join = _join(fields)
    told = await told_alone(request, join, circuits, _EVERYTHING)
    if told is None:
        told = await told_together(request, join, circuits, _EVERYTHING)
    if told is not None:
        return _each_by_role(request, told) if max(map(len, told), default=0) > 1 else list(told)
    found: list[Sequence[Record] | SourceFault | None] = []
    for own in await belonging(request, join, circuits, _EVERYTHING):
        routes = _by_role(request, own.records)
        found.append(_untold(own, routes) or routes)
    return found


@lru_cache(maxsize=256)
def _join(fields: frozenset[str]) -> Join:
    return Join("route", "circuit", "circuit", fields | {"role", "complete", "hops"}, told=False)


def _untold(own: Belongings, routes: Sequence[Record]) -> SourceFault | None:
    """Why a circuit may have other routes than are told: somebody failed, or said less, or other things, than asked.

    Where there are some, a source that failed is stood in for; one whose list is cut may have told half of them.
    """
    if own.faults and not routes:
        return next(iter(own.faults.values()))
    odd = {LIST_CUT} if routes else {LIST_CUT, Malformed.code}
    short = sorted(source for source, code in own.missing if code in odd)
    return Malformed(short[0], "no routes in what is cut, or of another kind") if short else None


def _each_by_role(request: Request, column: Column) -> list[Sequence[Record] | SourceFault | None]:
    """Of each circuit's routes one of each role. How two that the same sources tell become one is looked up once."""
    policy, speaking = request.upstreams.policy("route"), ("", "")
    merge_two: Callable[..., Record] | None = None
    found: list[Sequence[Record] | SourceFault | None] = []
    for records in column:
        said = [one for record in records for one in record.said] if len(records) == 2 else ()
        if len(said) != 2 or _role(records[0]) is not _role(records[1]):
            found.append(records if len(records) < 2 else _by_role(request, records))
            continue
        who = (said[0].place or said[0].source, said[1].place or said[1].source)
        if merge_two is None or who != speaking:
            merge_two, speaking = merger(policy, tuple(said)), who
        found.append([merge_two(policy, tuple(said))])
    return found


def _role(record: Record) -> object:
    return record.role if isinstance(record, Route) else record


def _by_role(request: Request, records: Sequence[Record]) -> list[Record]:
    policy = request.upstreams.policy("route")
    routes = [record for record in records if isinstance(record, Route)]
    if len({record.role for record in routes}) == 1:
        return [_merged(policy, routes)]
    by_role: dict[RouteRole, list[Record]] = {}
    for record in routes:
        role = record.role if record.role is not UNSET else RouteRole.UNKNOWN
        by_role.setdefault(role, []).append(record)
    in_order = sorted(by_role.items(), key=lambda item: _ORDER[item[0]]) if len(by_role) > 1 else by_role.items()
    return [_merged(policy, same) for _, same in in_order]


def _merged(policy: Policy, same: Sequence[Record]) -> Record:
    """What several sources' records of one route come to."""
    statements = [one for record in same for one in record.said]
    return merge(policy, statements) if len(statements) > 1 else same[0]
