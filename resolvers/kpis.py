"""Measurements of circuits over a span of time."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from model.answer import Answer
from model.ask import Condition, Operator, Window
from model.enums import Completeness, Kpi
from model.faults import SourceFault
from model.records import KpiPoint, KpiSeries, Record
from resolvers.join import Join, ask_by_parent
from resolvers.loaders import Said
from resolvers.request import Request
from resolvers.upstreams import Offer

_FIELDS = frozenset({"circuit", "kpi", "step", "points"})
_JOIN = Join("kpi", "circuit", "circuit", _FIELDS, told=False)


class Series(Struct, frozen=True):
    """One measurement of one circuit; `step` in seconds."""

    kpi: Kpi
    step: float
    points: Sequence[KpiPoint]
    completeness: Completeness


async def kpis_of(
    request: Request, circuits: Sequence[Record], kpi: Kpi, window: Window | None
) -> list[Series | SourceFault | None]:
    """For each circuit its series; a fault if nobody who measures could be heard, None if nobody measures.

    Who stands by is asked about the circuits for which another has failed. Without a window a series has at most
    one point, the latest.
    """
    if not request.caller.may_ask("kpi"):
        return [None] * len(circuits)
    first, standing_by = request.upstreams.in_turn(_JOIN.lookup)
    said = await _said(request, first, circuits, kpi, window)
    failed = [at for at, told in enumerate(said) if any(isinstance(one, SourceFault) for one in told)]
    if failed and standing_by:
        more = await _said(request, standing_by, [circuits[at] for at in failed], kpi, window)
        for at, told in zip(failed, more, strict=True):
            said[at] += told
    return [_series(kpi, window, told) for told in said]


async def _said(
    request: Request, offers: Sequence[Offer], circuits: Sequence[Record], kpi: Kpi, window: Window | None
) -> list[list[Said]]:
    """What these sources say of each circuit, the one whose word counts most first."""
    rank = request.upstreams.policy("kpi").prefer.index
    conditions = (Condition("kpi", Operator.EQ, kpi),)
    answers = await asyncio.gather(
        *(
            ask_by_parent(request, offer, _JOIN, circuits, _FIELDS, conditions=conditions, window=window)
            for offer in sorted(offers, key=lambda offer: rank(offer.name))
        )
    )
    return [[told[at] for told in answers] for at in range(len(circuits))]


def _series(
    kpi: Kpi, window: Window | None, said: Sequence[Answer | SourceFault | None]
) -> Series | SourceFault | None:
    faults = [one for one in said if isinstance(one, SourceFault)]
    answers = [one for one in said if isinstance(one, Answer)]
    records = [record for one in answers for record in one.records if isinstance(record, KpiSeries)]
    if not answers and faults:
        return faults[0]
    if not records:
        return None
    completeness = Completeness.COMPLETE
    if faults or not all(one.complete for one in answers):
        completeness = Completeness.PARTIAL
    elif any(one.stale for one in answers):
        completeness = Completeness.STALE
    wanted = window.step if window is not None else None
    step = next((record.step for record in records if isinstance(record.step, float | int)), wanted or 0.0)
    return Series(kpi, step, _merged(records), completeness)


def _merged(records: Sequence[KpiSeries]) -> Sequence[KpiPoint]:
    """The points of all sources in the order of time; where several measured at one moment, the first counts."""
    if len(records) == 1:
        points = records[0].points
        return points if isinstance(points, list | tuple) else ()
    at: dict[datetime, KpiPoint] = {}
    for record in records:
        for point in record.points if isinstance(record.points, list | tuple) else ():
            if point.at not in at or at[point.at].value is None:
                at[point.at] = point
    return [at[moment] for moment in sorted(at)]
