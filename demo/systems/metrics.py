"""The metrics system: Prometheus' HTTP API over the KPIs of every active circuit, one sample a minute.

Its quirks: values are strings; it understands selectors and nothing more of PromQL; for one circuit in 97 it misses an
hour now and then; before its retention and after the demo's clock there is nothing; whatever is asked, every series
has the labels `circuit`, `job` and `instance` and no other.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from functools import cached_property
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from demo.operator import Operator
from demo.systems.instants import BadParameterError, instant, moment, step
from demo.systems.promql import BadQueryError, Matcher, selector
from demo.systems.system import System
from demo.tmf630 import Json, json_response
from demo.world.circuits import Circuit
from demo.world.kpis import KPIS, SCRAPE_SECONDS, Line, measured

RETENTION = timedelta(days=90)
MOST_POINTS = 11_000
"""How many points a series may have in one answer, as in Prometheus."""
MOST_SAMPLES = 1_000_000
"""How many samples one query may load; Prometheus' own default is 50 million."""
TARGET = {"instance": "pm-1:9100", "job": "circuit-pm"}
_TOO_MANY_POINTS = (
    "exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)"
)
_TOO_MANY_SAMPLES = "query processing would load too many samples into memory in query execution"
Form = dict[str, str]


def build(operator: Operator) -> System:
    """Set up the metrics system for one operator."""
    api = _Api(operator)
    both = ["GET", "POST"]
    routes = [
        Route("/api/v1/query", api.query, methods=both),
        Route("/api/v1/query_range", api.query_range, methods=both),
        Route("/api/v1/labels", api.labels, methods=both),
        Route("/-/healthy", _healthy),
    ]
    handlers = {
        BadQueryError: _bad_data,
        BadParameterError: _bad_data,
        TooManySamplesError: _too_many,
        HTTPException: _not_found,
    }
    return System(
        name="metrics",
        app=Starlette(routes=routes, exception_handlers=handlers),
        paths={"prometheus": "/"},
        auth={"kind": "none"},
        latency=(5, 30),
    )


class TooManySamplesError(Exception):
    """Raised when a query would load more samples than one may."""


class _Api:
    """The three questions that can be asked."""

    def __init__(self, operator: Operator) -> None:
        self._operator = operator
        self._lines: dict[tuple[str, bool], Line] = {}

    @cached_property
    def _circuits(self) -> dict[str, Circuit]:
        return {circuit.code: circuit for circuit in self._operator.circuits if circuit.state == "active"}

    async def query(self, request: Request) -> Response:
        """Answer what is true at one moment: a vector."""
        form = await _form(request)
        now = self._operator.clock.now.timestamp()
        at = instant("time", form["time"]) if form.get("time") else now
        series = self._series(form)
        _check_samples(len(series))
        result = [
            {"metric": _labels(kpi, code), "value": [moment(at), value]}
            for kpi, code in series
            for _, value in self._points(kpi, code, (at,))
        ]
        return _success({"resultType": "vector", "result": result})

    async def query_range(self, request: Request) -> Response:
        """Answer what is true at every step from start to end: a matrix."""
        form = await _form(request)
        series = self._series(form)
        start, end, stride = (
            instant("start", form.get("start")),
            instant("end", form.get("end")),
            step(form.get("step")),
        )
        if end < start:
            raise BadParameterError('invalid parameter "end": end timestamp must not be before start timestamp')
        count = int((end - start) / stride) + 1
        if count > MOST_POINTS:
            raise BadParameterError(_TOO_MANY_POINTS)
        _check_samples(len(series) * count)
        times = [start + stride * number for number in range(count)]
        rows = ((kpi, code, self._points(kpi, code, times)) for kpi, code in series)
        result = [
            {"metric": _labels(kpi, code), "values": values}
            for kpi, code, points in rows
            if (values := [[moment(at), value] for at, value in points])
        ]
        return _success({"resultType": "matrix", "result": result})

    async def labels(self, _: Request) -> Response:
        """Answer which labels there are."""
        return _success(sorted(["__name__", "circuit", *TARGET]))

    def _series(self, form: Form) -> list[tuple[str, str]]:
        """Choose the series that a query selects, each by its KPI and its circuit, in their order."""
        matchers = selector(form.get("query", ""))
        if not all(matcher.accepts(_fixed(matcher.label)) for matcher in matchers if matcher.label not in _VARIES):
            return []
        names = [name for name in sorted(KPIS) if _accepts(matchers, "__name__", name)]
        codes = sorted(code for code in self._candidates(matchers) if _accepts(matchers, "circuit", code))
        return [(name, code) for name in names for code in codes]

    def _candidates(self, matchers: Sequence[Matcher]) -> Sequence[str]:
        for matcher in matchers:
            if matcher.label == "circuit" and matcher.only is not None:
                return [code for code in matcher.only if code in self._circuits]
        return list(self._circuits)

    def _points(self, kpi: str, code: str, times: Sequence[float]) -> Iterator[tuple[float, str]]:
        value_of, line = KPIS[kpi], self._line(code)
        now = self._operator.clock.now
        first, last = (now - RETENTION).timestamp(), now.timestamp()
        for at in times:
            if first <= at <= last and (told := measured(line, int(at) // SCRAPE_SECONDS * SCRAPE_SECONDS)):
                value = value_of(told)
                if value is not None:
                    yield at, _number(value)

    def _line(self, code: str) -> Line:
        key = (code, self._operator.has_moved)
        if key not in self._lines:
            self._lines[key] = self._operator.line(self._circuits[code])
        return self._lines[key]


_VARIES = ("__name__", "circuit")


def _fixed(label: str) -> str:
    return TARGET.get(label, "")


def _accepts(matchers: Sequence[Matcher], label: str, value: str) -> bool:
    return all(matcher.accepts(value) for matcher in matchers if matcher.label == label)


def _labels(kpi: str, code: str) -> Json:
    return {"__name__": kpi, "circuit": code, **TARGET}


def _number(value: float) -> str:
    """Write a value as Go does, without an exponent."""
    return f"{value:.9f}".rstrip("0").rstrip(".")


def _check_samples(count: int) -> None:
    if count > MOST_SAMPLES:
        raise TooManySamplesError(_TOO_MANY_SAMPLES)


async def _form(request: Request) -> Form:
    """Read the parameters from the URL and, of a POST, from the form; the form's count more."""
    body = parse_qs((await request.body()).decode()) if request.method == "POST" else {}
    return dict(request.query_params) | {name: values[0] for name, values in body.items()}


async def _healthy(_: Request) -> Response:
    return PlainTextResponse("Prometheus Server is Healthy.\n")


def _success(data: object) -> Response:
    return json_response({"status": "success", "data": data})


async def _bad_data(_: Request, error: Exception) -> Response:
    return json_response({"status": "error", "errorType": "bad_data", "error": str(error)}, 400)


async def _too_many(_: Request, error: Exception) -> Response:
    return json_response({"status": "error", "errorType": "execution", "error": str(error)}, 422)


async def _not_found(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 404
    return PlainTextResponse("404 page not found\n" if status == 404 else f"{error}\n", status)
