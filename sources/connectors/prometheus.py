"""Prometheus' HTTP API: the KPIs of many circuits in one query, over a span with its gaps, or as they are now."""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from urllib.parse import urlencode

import msgspec

from model.answer import Answer
from model.ask import Ask, Filter, Operator, Window
from model.enums import Kpi
from model.faults import BadRequest, Malformed, SourceFault
from model.keys import Key, Lookup
from model.records import KpiPoint, KpiSeries
from sources.answers import check_status
from sources.at_once import at_once
from sources.auth import auth
from sources.contract import Health, Terms
from sources.conversation import Conversation
from sources.grammar.prometheus import KpiDeclaration, PrometheusDeclaration
from sources.grids import Grid
from sources.oddities import Oddities
from sources.promapi import Said, Series, series_of, understood
from sources.promql import literal, quoted, selector
from sources.pulse import felt
from sources.requests import Request
from sources.transport import Response, Transport

LOOKUP = Lookup("kpi", "circuit")
_RANGE, _INSTANT = "/api/v1/query_range", "/api/v1/query"
_FORM_BYTES = 60_000
"""How long a query may get, escaped."""
_POINT_BYTES = 40
"""About what a point takes in an answer: an answer must fit into the bytes that we listen to."""
Measured = dict[tuple[Kpi, Key], list[KpiPoint]]


class _Query(msgspec.Struct, frozen=True):
    """One query: KPIs that share their labels, and the circuits that it asks about."""

    kpis: Mapping[Kpi, KpiDeclaration]
    circuits: Sequence[str]

    def selector(self, label: str) -> str:
        """As the query language says it."""
        declared = list(self.kpis.values())
        metrics = list(dict.fromkeys(one.metric for one in declared))
        return selector(metrics, declared[0].labels, label, self.circuits)


class Prometheus:
    """A source of measurements."""

    def __init__(self, name: str, declared: PrometheusDeclaration, transport: Transport | None = None) -> None:
        self.name = name
        self.declared = declared
        self.oddities = Oddities(name)
        self._conversation = Conversation(name, declared, auth(name, declared), transport)
        self._kpis = {Kpi(kpi): one for kpi, one in declared.kpis.items()}
        self.lookups: Mapping[Lookup, Terms] = MappingProxyType(
            {
                LOOKUP: Terms(
                    fields=frozenset({"circuit", "kpi", "step", "points"}),
                    space=declared.space,
                    filters=frozenset({("kpi", Operator.EQ), ("kpi", Operator.IN)}),
                )
            }
        )

    async def fetch(self, lookup: Lookup, keys: Sequence[Key], ask: Ask) -> Mapping[Key, Answer | SourceFault]:
        """The series of these circuits over the ask's window: one for each KPI that is asked for and measured here.

        Who names no window gets the latest values, each as the one point of its series.
        """
        del lookup  # there is but one
        grid = self._grid(ask.window)
        kpis = {kpi: one for kpi, one in self._kpis.items() if _asked_for(kpi, ask.filter)}
        circuits = [key for key in dict.fromkeys(keys) if isinstance(key, str) and key.strip()]
        queries = list(self._queries(kpis, circuits, grid)) if grid.count else []
        results = await at_once(lambda query: self._run(query, grid, ask.deadline), queries)
        faults = {
            circuit: result
            for query, result in zip(queries, results, strict=True)
            if isinstance(result, SourceFault)
            for circuit in query.circuits
        }
        if faults and len(faults) == len(circuits):
            raise next(iter(faults.values()))
        measured: Measured = {}
        partial = False
        for result in results:
            if not isinstance(result, SourceFault):
                measured |= result[0]
                partial = partial or result[1]
        now = datetime.now(UTC)
        answers: dict[Key, Answer | SourceFault] = {}
        for circuit in circuits:
            records = [_record(circuit, kpi, grid, measured.get((kpi, circuit), [])) for kpi in kpis]
            answers[circuit] = faults.get(circuit) or Answer(records=records, as_of=now, complete=not partial)
        return answers

    async def page(self, lookup: Lookup, after: str | None, ask: Ask) -> Answer:
        """There is no list of all measurements."""
        del after, ask
        raise BadRequest(self.name, f"{lookup} is not offered")

    async def health(self) -> Health:
        """Ask for a series that there is not."""
        return await felt(self._probe, self.declared.timeout)

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._conversation.aclose()

    async def _probe(self, deadline: float) -> None:
        if self.declared.health is not None:
            query = urlencode({name: str(value) for name, value in self.declared.health.query.items()})
            path = self.declared.health.get
            request = Request("GET", f"{path}?{query}" if query else path)
            await self._conversation.ask(request, deadline, lambda response: check_status(self.name, response))
            return
        query = _Query(dict(list(self._kpis.items())[:1]), ["-"]).selector(self.declared.circuit_label)
        await self._conversation.ask(self._request(_INSTANT, {"query": query}), deadline, self._understood)

    def _grid(self, window: Window | None) -> Grid:
        if window is None:
            return Grid.at(0)  # the answer tells the moment
        return Grid.of(window, self.declared.step_at_least, self.declared.points_at_most)

    def _queries(self, kpis: Mapping[Kpi, KpiDeclaration], circuits: Sequence[str], grid: Grid) -> Iterator[_Query]:
        """As few queries as labels, the length of a query and that of its answer allow."""
        groups: dict[tuple[tuple[str, str], ...], dict[Kpi, KpiDeclaration]] = {}
        for kpi, declared in kpis.items():
            groups.setdefault(tuple(sorted(declared.labels.items())), {})[kpi] = declared
        for group in groups.values():
            at_most = max(1, self.declared.limits.bytes // (_POINT_BYTES * grid.count * len(group)))
            for chunk in _chunks(circuits, at_most):
                yield _Query(group, chunk)

    async def _run(self, query: _Query, grid: Grid, deadline: float) -> tuple[Measured, bool] | SourceFault:
        """What was measured, and whether that is not all: as the source says, or since it speaks of others."""
        parameters = {"query": query.selector(self.declared.circuit_label), **grid.parameters}
        path, kind = (_RANGE, "matrix") if grid.step else (_INSTANT, "vector")
        try:
            said = await self._conversation.ask(self._request(path, parameters), deadline, self._understood)
            found = series_of(self.name, said, kind)
            told = grid if grid.step or not found else Grid.at(found[0].told[0][0])
            measured, foreign = self._measured(query, told, found)
            if foreign and not measured:
                return Malformed(self.name, f"{LOOKUP}: an answer to another question")
            return measured, bool(said.warnings) or said.is_partial or foreign
        except SourceFault as err:
            return err
        except OverflowError:
            return Malformed(self.name, "a time that no calendar has")

    def _measured(self, query: _Query, grid: Grid, found: Sequence[Series]) -> tuple[Measured, bool]:
        """The values under what they are of, and whether there were series that nobody asked for; these are counted."""
        values: dict[tuple[Kpi, Key], list[float | None]] = {}
        circuits, foreign = set(query.circuits), False
        for series in found:
            circuit, metric = series.metric.get(self.declared.circuit_label), series.metric.get("__name__")
            kpis = [kpi for kpi, one in query.kpis.items() if one.metric == metric]
            if circuit not in circuits or not kpis:
                self.oddities.note("foreign rows", str(LOOKUP))
                foreign = True
                continue
            for kpi in kpis:
                if (kpi, circuit) in values:
                    self.oddities.note("duplicate rows", str(LOOKUP))
                into = values.setdefault((kpi, circuit), [None] * grid.count)
                grid.placed(self._values(series, query.kpis[kpi].scale(kpi)), into)
        moments = grid.moments
        points = {
            of: [KpiPoint(at, value) for at, value in zip(moments, own, strict=True)] for of, own in values.items()
        }
        return points, foreign

    def _values(self, one: Series, scale: float) -> Iterator[tuple[float, float | None]]:
        for at, written in one.told:
            try:
                value = float(written) * scale
            except ValueError:
                self.oddities.note("unreadable values", f"{LOOKUP.noun}.points", written)
                continue
            if math.isfinite(value):
                yield at, value

    def _request(self, path: str, parameters: Mapping[str, str]) -> Request:
        """In the request line where it fits, as a form where it does not."""
        form = urlencode(parameters)
        if len(path) + len(form) + len(self.declared.url) <= self.declared.request_line_bytes:
            return Request("GET", f"{path}?{form}")
        return Request("POST", path, {"content-type": "application/x-www-form-urlencoded"}, form.encode())

    def _understood(self, response: Response) -> Said:
        return understood(self.name, response, self.declared.limits.depth)


def _asked_for(kpi: Kpi, conditions: Filter) -> bool:
    """Whether all conditions on what is measured hold for this."""
    for one in conditions:
        if one.field == "kpi" and kpi not in (one.value if one.operator is Operator.IN else (one.value,)):
            return False
    return True


def _chunks(circuits: Iterable[str], at_most: int) -> Iterator[list[str]]:
    """Circuits by as many as a query can name."""
    chunk: list[str] = []
    size = 0
    for circuit in circuits:
        cost = len(urlencode({"": quoted(literal(circuit))}))
        if chunk and (len(chunk) == at_most or size + cost > _FORM_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(circuit)
        size += cost
    if chunk:
        yield chunk


def _record(circuit: str, kpi: Kpi, grid: Grid, points: Sequence[KpiPoint]) -> KpiSeries:
    """One series; without any values there is nothing to have gaps in."""
    return KpiSeries(circuit=circuit, kpi=kpi, step=grid.step / 1000, points=points)
