"""The routes of circuits: a record for each role, merged where several sources know it."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain, compress
from operator import attrgetter
from typing import Any, TypeAlias

from msgspec import UNSET
from msgspec.structs import replace

from model.enums import RouteRole
from model.faults import Malformed, SourceFault
from model.records import Record, Route
from resolvers.belonging import belonging
from resolvers.hearing import Heard
from resolvers.join import Belongings, Join
from resolvers.listing import Paging
from resolvers.merge import merge
from resolvers.merging import unsaid_merger
from resolvers.policy import Policy
from resolvers.request import Request
from resolvers.settled import stated
from resolvers.several import heard_together
from resolvers.sole import told_alone
from resolvers.things import LIST_CUT

_EVERYTHING = Paging(first=0)
_Routes: TypeAlias = Sequence[Record] | SourceFault | None
"""What a circuit has; a fault if nobody who keeps routes could be heard of it."""
_PLACE = attrgetter("sequence")
_ORDER = {role: rank for rank, role in enumerate(RouteRole)}


async def routes_of(request: Request, circuits: Sequence[Record], fields: frozenset[str]) -> list[_Routes]:
    """For each circuit its routes, the working one first; a fault if nobody who keeps routes could be heard.

    What they pass stands in order, however a source lists it, and is not all of it where nobody says so.
    """
    told = await _told(request, circuits, fields)
    return told if _are_in_order(told) else [_in_order(own) for own in told]


async def _told(request: Request, circuits: Sequence[Record], fields: frozenset[str]) -> list[_Routes]:
    """The same, as sources list what routes pass."""
    join = _join(fields)
    told = await told_alone(request, join, circuits, _EVERYTHING)
    if told is not None:
        return [_by_role(request, records) if len(records) > 1 else records for records in told]
    heard = await heard_together(request, join, circuits, _EVERYTHING)
    if heard is not None:
        return _put_together(request, heard)
    found: list[_Routes] = []
    for own in await belonging(request, join, circuits, _EVERYTHING):
        routes = _by_role(request, own.records)
        found.append(_untold(own, routes) or routes)
    return found


def _are_in_order(told: Sequence[Any]) -> bool:
    """Whether the hops of all routes stand in the order of their places, and it is said whether these are all."""
    for own in told:
        if own and not isinstance(own, SourceFault):
            for route in own:
                if route.complete is UNSET:
                    return False
                before = 0
                for hop in route.hops:
                    if (place := hop.sequence) < before:
                        return False
                    before = place
    return True


def _in_order(own: Any) -> _Routes:
    if own is None or isinstance(own, SourceFault):
        return own
    return [replace(one, complete=one.complete is True, hops=sorted(one.hops, key=_PLACE)) for one in own]


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


def _put_together(request: Request, heard: Sequence[Heard]) -> list[_Routes]:
    """Of each circuit's routes, as several sources tell them, one of each role.

    Where each tells one, all of one role, these are merged at once; nobody asks who said what of routes.
    """
    columns = [one.column for one in heard]
    firsts: list[list[Any]] = [[records[0] if len(records) == 1 else None for records in column] for column in columns]
    roles = zip(*[[None if one is None else one.role for one in routes] for routes in firsts], strict=True)
    alike = [own[0] is not None and own.count(own[0]) == len(own) for own in roles]
    merge_all = unsaid_merger(request.upstreams.policy("route"), [one.source for one in heard])
    merged = merge_all(list(compress(zip(*firsts, strict=True), alike))) if merge_all else None
    each = iter(merged or ())
    return [
        [next(each)] if same and merged else _stated_by_role(request, heard, place) for place, same in enumerate(alike)
    ]


def _stated_by_role(request: Request, heard: Sequence[Heard], place: int) -> Sequence[Record]:
    """One circuit's routes, one of each role, by what each source says of it."""
    told = [one for one in heard if one.column[place]]
    if len(told) == 1:
        records = told[0].column[place]
    else:
        at = slice(place, place + 1)
        lists = chain.from_iterable(stated(one.source, one.column[at], one.times[at]) for one in told)
        records = list(chain.from_iterable(lists))
    return _by_role(request, records) if len(records) > 1 else records


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
