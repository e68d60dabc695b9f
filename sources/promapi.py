"""What Prometheus' HTTP API says: the envelope of its answers, and which fault its own words on an error stand for."""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from model.faults import BadRequest, Malformed, Rejected, SourceFault, TimedOut, Unavailable
from sources.answers import check_status, json_body
from sources.transport import Response

Value = tuple[float, str | float]
"""A time in seconds since 1970, and a number as text, as it comes."""
_OWN_ERRORS = frozenset({400, 404, 422, 500, 503})
"""Statuses under which Prometheus itself says what is wrong."""
_FAULTS: Mapping[str, type[SourceFault]] = MappingProxyType(
    {
        "bad_data": BadRequest,
        "not_found": BadRequest,
        "execution": Rejected,
        "timeout": TimedOut,
        "canceled": Unavailable,
        "internal": Unavailable,
        "unavailable": Unavailable,
    }
)


class Series(msgspec.Struct, frozen=True):
    """One series: its values in a matrix, its one value in a vector."""

    metric: dict[str, str]
    values: list[Value] | None = None
    value: Value | None = None

    @property
    def told(self) -> list[Value]:
        """Its values, however many."""
        return [self.value] if self.value is not None else self.values or []


class Data(msgspec.Struct, frozen=True, rename="camel"):
    """The result of a query, and what it is: `matrix`, `vector`."""

    result_type: str
    result: list[Series] | None = None


class Said(msgspec.Struct, frozen=True, rename="camel"):
    """A whole answer; `is_partial` is VictoriaMetrics' word for what Thanos tells as a warning."""

    status: str
    data: Data | None = None
    error_type: str = ""
    warnings: list[str] | None = None
    is_partial: bool = False


_decode = msgspec.json.Decoder(Said).decode


def understood(source: str, response: Response, depth: int) -> Said:
    """What an answer says; its own words on what is wrong count for more than the status over them."""
    if response.status in _OWN_ERRORS:
        _check_error(source, response)
    check_status(source, response)
    said = json_body(source, response, depth, _decode)
    if not isinstance(said, Said) or said.status not in {"success", "error"}:
        raise Malformed(source, "an answer that says neither success nor error")
    if said.status == "error":
        raise _fault(source, said)
    return said


def series_of(source: str, said: Said, kind: str) -> list[Series]:
    """The series of an answer to a query, which must be of this kind."""
    if said.data is None or said.data.result_type != kind or said.data.result is None:
        raise Malformed(source, f"an answer to a query that is no {kind}")
    if any((one.value if kind == "vector" else one.values) is None for one in said.data.result):
        raise Malformed(source, f"a series without what a {kind} has")
    return said.data.result


def _check_error(source: str, response: Response) -> None:
    try:
        said = _decode(response.body)
    except (msgspec.DecodeError, RecursionError):
        return
    if said.status == "error" and said.error_type in _FAULTS:
        raise _fault(source, said)


def _fault(source: str, said: Said) -> SourceFault:
    return _FAULTS.get(said.error_type, Rejected)(source, f"error {said.error_type[:40]!r}")
