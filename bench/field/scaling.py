"""How the cost of a request grows: with rows, with depth, with sources, with clients; and the engine's with rows.

A row is a thing or a hop. Trunkline is watched while it is asked, to know how long its event loop is held, too.
"""

import asyncio
import gc
import random
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

from bench.engine_workload import QUESTION, context, schema, world
from bench.field.contestants import Contestant
from bench.field.figures import Figures
from bench.field.ground import Cores, Ground
from bench.field.rows import SEED, Branch, Shape, branch
from bench.field.starts import GATEWAY, ONE, watched
from bench.field.watching import watch
from bench.field.workloads import CIRCUIT_FIELDS, HOP_FIELDS, Workload, workloads
from engine import Plans, encode, execute

ROWS = (10, 30, 100, 300, 1_000, 3_000, 10_000)
ENGINE_CUSTOMERS = (1, 4, 43, 430)
"""In the engine's workload a customer brings some 230 rows."""
DEPTHS = (1, 2, 3, 4, 5)
SOURCES = (1, 2, 4, 8)
CLIENTS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
HOPS = 9
"""A circuit and its hops are 10 rows."""
DEVIATES_FROM = 100
"""From so many rows on, a request's cost is held against a straight line: below, most of it is there without rows."""


@dataclass(frozen=True)
class Point:
    """What one size costs.

    bytes: of an answer; fewer than at other sizes, where all should be alike, tell of answers that lack something.
    held_ms: the longest time for which the event loop ran nothing else (processor time).
    """

    at: int
    cpu_ms: float
    p50_ms: float = 0
    p99_ms: float = 0
    requests_a_second: float = 0
    memory_mb: float = 0
    calls: float = 0
    bytes: int = 0
    held_ms: float = 0


@dataclass(frozen=True)
class Axis:
    """Along one axis: its points, the straight line that fits them best, and how far the worst of them is off it."""

    name: str
    points: Sequence[Point]
    fixed_ms: float | None = None
    each_us: float | None = None
    deviation: float | None = None

    def told(self) -> dict[str, Any]:
        """As it stands in the JSON: size -> figures, and the line."""
        line = {"fixed_ms": self.fixed_ms, "each_us": self.each_us, "deviation": self.deviation}
        points = {str(point.at): {k: v for k, v in asdict(point).items() if k != "at"} for point in self.points}
        return {"points": points, **{name: value for name, value in line.items() if value is not None}}


def lined(name: str, points: Sequence[Point], since: int = 0) -> Axis:
    """An axis with its line: least squares of what a point is off by, as a part of itself."""
    told = [point for point in points if point.at >= since]
    weights = [point.cpu_ms**-2 for point in told]
    total = sum(weights)
    mean = sum(w * point.at for w, point in zip(weights, told, strict=True)) / total
    level = sum(w * point.cpu_ms for w, point in zip(weights, told, strict=True)) / total
    spread = sum(w * (point.at - mean) ** 2 for w, point in zip(weights, told, strict=True))
    slope = sum(w * (point.at - mean) * (point.cpu_ms - level) for w, point in zip(weights, told, strict=True)) / spread
    fixed = level - slope * mean
    off = max(abs(point.cpu_ms / (fixed + slope * point.at) - 1) for point in told)
    return Axis(name, points, fixed, slope * 1000, off)


def over_http(names: Iterable[str], seconds: float, cores: Cores) -> Iterable[Axis]:
    """The axes that are asked for, over HTTP; each point for so many seconds."""
    for name in names:
        yield _AXES[name](seconds, cores)


def rows(seconds: float, cores: Cores) -> Axis:
    """One customer whose circuits, with their hops, are so many rows; one client."""
    chance = random.Random(SEED)  # noqa: S311 - chance makes test data
    width = Shape(branches=10)
    everybody = [
        branch(Shape(branches=10, circuits=count // (1 + HOPS), hops=HOPS), chance, 0, number)
        for number, count in enumerate(ROWS)
    ]
    below = f"circuits(first: 1000) {{ nodes {{ {CIRCUIT_FIELDS} routes {{ hops {{ {HOP_FIELDS} }} }} }} }}"
    asked = [
        _one(f"rows-{count}", below, [one.customer["customerId"]]) for count, one in zip(ROWS, everybody, strict=True)
    ]
    return lined("rows", _points(zip(ROWS, asked, strict=True), seconds, cores, width, everybody), DEVIATES_FROM)


def depth(seconds: float, cores: Cores) -> Axis:
    """A customer's 20 circuits, whose customer, whose first circuit ...: so many circuits within each other."""
    shape = Shape(enterprises=1)
    asked = [_one(f"depth-{depth}", _nested(depth, 20), _customers(shape)) for depth in DEPTHS]
    return lined("depth", _points(zip(DEPTHS, asked, strict=True), seconds, cores, shape))


def sources(seconds: float, cores: Cores) -> Axis:
    """The alarms of a customer's circuits, kept by so many systems."""
    shape = Shape(enterprises=1)
    asked = _one(
        "sources", "circuits(first: 20) { nodes { code alarms { nodes { id raisedAt } } } }", _customers(shape)
    )
    points: list[Point] = []
    for count in SOURCES:
        more = [ANOTHER.format(number=number) for number in range(2, count + 1)]
        points += _points([(count, asked)], seconds, cores, shape, more=more)
    return lined("sources", points)


def clients(seconds: float, cores: Cores) -> Axis:
    """The workload Q2, asked by so many clients at once."""
    shape = Shape()
    points = []
    with Ground(shape, cores) as ground:
        one = ground.start(_watched())
        for count in CLIENTS:
            report, figures = watch(one, workloads(shape)["q2"], seconds, count)
            points.append(_point(count, figures, report.held_ms))
    return Axis("clients", points)


def engine_rows(seconds: float) -> Axis:
    """The engine alone, in memory, up to 100,000 rows and more."""
    plans = Plans(schema(ordinary=False), planned_at=1)
    return lined("engine", [asyncio.run(_engine_point(plans, count, seconds)) for count in ENGINE_CUSTOMERS])


async def _engine_point(plans: Plans, customers: int, seconds: float) -> Point:
    records, variables = world("clean", customers), {"n": customers}
    size = customers + sum(
        len(things)
        for kind in (records.circuits, records.hops, records.alarms, records.tickets)
        for things in kind.values()
    )
    taken: list[float] = []
    gc.collect()
    gc.freeze()  # the records are there before and after: no request made them
    until = time.monotonic() + seconds
    while len(taken) < 3 or time.monotonic() < until:
        begun = time.process_time()
        plan = plans.find(QUESTION, None, variables)
        assert plan is not None  # noqa: S101 - planned at its first use
        encode(await execute(plan, variables, context(records, ordinary=False)))
        taken.append((time.process_time() - begun) * 1000)
    gc.unfreeze()
    return Point(size, median(taken))


ANOTHER = """
  alarms-{number}:
    url: http://upstream.invalid/alarms
    join: comma
    request_line_bytes: 60000
    records: {{alarm: {{native_id: number, circuits: circuit, raised_at: raisedAt}}}}
    lookups: {{alarm by circuit: {{get: /alarms, keys: {{query: circuit}}}}}}
"""
"""One more system that keeps alarms, in `sources:`."""


def _points(
    asked: Iterable[tuple[int, Workload]],
    seconds: float,
    cores: Cores,
    shape: Shape,
    everybody: Sequence[Branch] = (),
    more: Iterable[str] = (),
) -> list[Point]:
    points = []
    with Ground(shape, cores, everybody) as ground:
        one = ground.start(_watched(*more))
        for at, workload in asked:
            report, figures = watch(one, workload, seconds)
            points.append(_point(at, figures, report.held_ms))
    return points


def _watched(*more: str) -> Contestant:
    parts = (ONE, *more, GATEWAY)
    return Contestant("trunkline", "trunkline", watched(*parts), parts)


def _point(at: int, figures: Figures, held_ms: float) -> Point:
    told = asdict(figures)
    return Point(at, held_ms=held_ms, **{name: told[name] for name in told if name != "failed"})


def _one(name: str, below: str, customers: Sequence[str]) -> Workload:
    query = "query One($id: ID!) { customer(id: $id) { customerId %s } }" % below  # noqa: UP031 - braces are GraphQL's
    return Workload(name, " ".join(query.split()), "id", customers, clients=1)


def _customers(shape: Shape) -> Sequence[str]:
    return [f"C{1000 + number}" for number in range(shape.branches)]


def _nested(depth: int, first: int) -> str:
    below = f"customer {{ {_nested(depth - 1, 1)} }}" if depth > 1 else ""
    return f"circuits(first: {first}) {{ nodes {{ {CIRCUIT_FIELDS} {below} }} }}"


_AXES: Mapping[str, Callable[[float, Cores], Axis]] = {
    "rows": rows,
    "depth": depth,
    "sources": sources,
    "clients": clients,
}
