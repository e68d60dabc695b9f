"""Measurements."""

from datetime import datetime, timedelta

import strawberry
from strawberry import Parent

from model.ask import Window
from resolvers.kpis import Series
from resolvers.listing import BadInput
from schema.directives import reads
from schema.enums import Completeness, Kpi

POINTS_AT_MOST = 11_000
"""As many points as Prometheus gives in one answer."""
_POINTS_WANTED = 300
_UNITS = {
    Kpi.FRAME_DELAY: "s",
    Kpi.FRAME_DELAY_VARIATION: "s",
    Kpi.ERRORED_SECONDS: "s",
    Kpi.SEVERELY_ERRORED_SECONDS: "s",
    Kpi.UNAVAILABLE_SECONDS: "s",
}


@strawberry.type(description="One measured value.")
class KpiPoint:
    at: datetime = strawberry.field(description="When.")
    value: float | None = strawberry.field(description="What was measured; null is a gap, which is not zero.")


@strawberry.type(description="A measurement of a circuit over a span of time.", directives=[reads("kpi")])
class KpiSeries:
    kpi: Kpi = strawberry.field(description="What is measured.")

    @strawberry.field(description="The unit of its values, as in UCUM: s for seconds, 1 for ratios.")
    def unit(root: Parent[Series]) -> str:
        return _UNITS.get(root.kpi, "1")

    @strawberry.field(description="From one point to the next; of no length where there is but the latest.")
    def step(root: Parent[Series]) -> timedelta:
        return timedelta(seconds=root.step)

    points: list[KpiPoint] = strawberry.field(description="The values, in the order of time.")
    completeness: Completeness = strawberry.field(description="Whether all that should have measured was heard.")


def window(start: datetime | None, end: datetime | None, step: timedelta | None) -> Window | None:
    """The span that is asked about, by default in some hundreds of points; BadInput if it makes no sense.

    None where nobody says from when until when: the latest value is asked for.
    """
    if start is None and end is None:
        if step is not None:
            raise BadInput("step needs from and to")
        return None
    if start is None or end is None:
        raise BadInput("from and to must be given together")
    seconds = (end - start).total_seconds()
    if seconds <= 0:
        raise BadInput("from must be before to")
    given = step.total_seconds() if step is not None else max(1.0, round(seconds / _POINTS_WANTED))
    if given < 1:
        raise BadInput("step must be a second or more")
    if seconds / given > POINTS_AT_MOST:
        raise BadInput(f"that is more than {POINTS_AT_MOST} points: make the step longer or the span shorter")
    return Window(start, end, given)
