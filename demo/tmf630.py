"""The habits that TM Forum APIs share (TMF630): filters, `fields`, `sort`, paging, and how errors are written.

A `Collection` is one list of rows with its filters and orders. Rows become JSON only when a page shows them.
"""

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

import msgspec
from starlette.datastructures import QueryParams
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

Row = TypeVar("Row")
Json = dict[str, Any]


def asis(value: str) -> str:
    """Compare a filter's value as it is written."""
    return value


@dataclass(frozen=True)
class Filter(Generic[Row]):
    """One filter: which values each row answers to; `fold` makes the comparison lenient."""

    values: Callable[[Row], Iterable[str]]
    fold: Callable[[str], str] = asis

    def index(self, rows: Sequence[Row]) -> dict[str, list[int]]:
        """Map each value to the positions of the rows that have it."""
        found: dict[str, list[int]] = {}
        for position, row in enumerate(rows):
            for value in self.values(row):
                found.setdefault(self.fold(value), []).append(position)
        return found


@dataclass(frozen=True)
class Habits:
    """How one vendor understood TMF630."""

    page: int
    most: int
    comma: bool = False
    refuses_comma: bool = False
    partial_is_206: bool = False
    cursor: bool = False


@dataclass
class Collection(Generic[Row]):
    """Rows in their default order, how each is named and written, and what can be asked of them."""

    rows: Sequence[Row]
    name: Callable[[Row], str]
    write: Callable[[Row], Json]
    filters: Mapping[str, Filter[Row]]
    orders: Mapping[str, Callable[[Row], Any]]
    habits: Habits
    _indices: dict[str, dict[str, list[int]]] = field(default_factory=dict)
    _sorted: dict[str, list[int]] = field(default_factory=dict)

    @cached_property
    def _by_name(self) -> dict[str, Row]:
        return {self.name(row): row for row in self.rows}

    def one(self, request: Request) -> Response:
        """Answer with the one row that the path names, or 404."""
        row = self._by_name.get(request.path_params["id"])
        if row is None:
            raise HTTPException(404, f"No resource with id {request.path_params['id']}")
        return json_response(chosen_fields(self.write(row), request.query_params))

    def page(self, request: Request) -> Response:
        """Answer with one page of the rows that the query asks for."""
        query = request.query_params
        found = self._ordered(self._matching(query), query.get("sort"))
        start, size = self._window(query)
        shown = [chosen_fields(self.write(self.rows[at]), query) for at in found[start : start + size]]
        partial = len(shown) < len(found)
        headers = {"X-Result-Count": str(len(shown))}
        if not self.habits.cursor:
            headers["X-Total-Count"] = str(len(found))
        elif start + size < len(found):
            headers["Link"] = f'<{_next_url(request, start + size)}>; rel="next"'
        return json_response(shown, 206 if partial and self.habits.partial_is_206 else 200, headers)

    def _matching(self, query: QueryParams) -> Sequence[int]:
        found: set[int] | None = None
        for parameter in self.filters:
            wanted = self._wanted(parameter, query)
            if wanted:
                index = self._index(parameter)
                positions = {at for value in wanted for at in index.get(value, ())}
                found = positions if found is None else found & positions
        return range(len(self.rows)) if found is None else sorted(found)

    def _wanted(self, parameter: str, query: QueryParams) -> set[str]:
        """Read a filter's values; a filter with nothing in it filters nothing, as in so many real systems."""
        written = query.getlist(parameter)
        if self.habits.refuses_comma and any("," in value for value in written):
            raise HTTPException(400, f"Invalid value for {parameter}: repeat the parameter for several values")
        if self.habits.comma:
            written = [part for value in written for part in value.split(",")]
        fold = self.filters[parameter].fold
        return {fold(value) for value in written if value}

    def _index(self, parameter: str) -> dict[str, list[int]]:
        if parameter not in self._indices:
            self._indices[parameter] = self.filters[parameter].index(self.rows)
        return self._indices[parameter]

    def _ordered(self, found: Sequence[int], sort: str | None) -> Sequence[int]:
        wanted = (sort or "").lstrip("-+")
        if wanted not in self.orders:
            return found
        backwards, key = (sort or "").startswith("-"), self.orders[wanted]
        if len(found) < len(self.rows):
            return sorted(found, key=lambda at: key(self.rows[at]), reverse=backwards)
        if wanted not in self._sorted:
            self._sorted[wanted] = sorted(found, key=lambda at: key(self.rows[at]))
        return self._sorted[wanted][::-1] if backwards else self._sorted[wanted]

    def _window(self, query: QueryParams) -> tuple[int, int]:
        size = min(_whole(query, "limit", self.habits.page), self.habits.most)
        if self.habits.cursor:
            return _from_cursor(query.get("cursor")), size
        return _whole(query, "offset", 0), size


def json_response(body: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Write a body as JSON in UTF-8."""
    return Response(msgspec.json.encode(body), status, headers, "application/json;charset=utf-8")


async def error_response(_: Request, error: Exception) -> Response:
    """Write an HTTP error as TM Forum's Error."""
    assert isinstance(error, HTTPException)  # noqa: S101 (Starlette hands over what the handler is registered for)
    body = {"code": str(error.status_code), "reason": error.detail, "@type": "Error"}
    return json_response(body, error.status_code, error.headers)


def chosen_fields(body: Json, query: QueryParams) -> Json:
    """Keep only the attributes named by `fields`, and always id and href."""
    wanted = {name for value in query.getlist("fields") for name in value.split(",") if name}
    if not wanted:
        return body
    return {name: value for name, value in body.items() if name in wanted or name in ("id", "href")}


def _whole(query: QueryParams, name: str, otherwise: int) -> int:
    written = query.get(name)
    if not written:
        return otherwise
    if not written.isdecimal():
        raise HTTPException(400, f"Invalid value for {name}: a whole number from 0 was expected")
    return int(written)


def _next_url(request: Request, start: int) -> str:
    cursor = base64.urlsafe_b64encode(f"after:{start}".encode()).decode()
    return str(request.url.include_query_params(cursor=cursor))


def _from_cursor(cursor: str | None) -> int:
    if not cursor:
        return 0
    try:
        return int(base64.urlsafe_b64decode(cursor).decode().removeprefix("after:"))
    except (binascii.Error, ValueError) as err:
        raise HTTPException(400, "Invalid cursor") from err
