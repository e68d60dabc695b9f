"""How the vendor speaks: its envelope, its error codes, its sessions, its lists.

Everything is HTTP 200; whether it went well is in `code`, and 0 is well.
"""

import base64
import binascii
import hashlib
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Generic

import msgspec
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response

from demo.tmf630 import Filter, Json, Row, json_response

BAD_TOKEN, BAD_PARAMETER, TOO_MANY_IDS, BAD_LOGIN, NOT_FOUND = 1001, 1002, 1003, 1010, 2001
MOST_IDS = 100
PAGE, MOST = 100, 500


class SessionRequest(msgspec.Struct, rename="camel"):
    """What a client says to get a token."""

    user_name: str
    password: str


class RefusedError(Exception):
    """Raised for whatever the vendor refuses; it is told by a code, under HTTP 200."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


def said(data: Json) -> Response:
    """Wrap what went well."""
    return json_response({"code": 0, "message": "success", "data": data})


async def refusal(_: Request, error: Exception) -> Response:
    """Wrap what did not, as the vendor does: under HTTP 200."""
    assert isinstance(error, RefusedError)  # noqa: S101 (Starlette hands over what the handler is registered for)
    return json_response({"code": error.code, "message": str(error), "data": None})


class Sessions:
    """Gives tokens to the one user, and forgets them when they expire."""

    def __init__(self, user: str, password: str, lives_seconds: int) -> None:
        self._user, self._password, self._lives = user, password, lives_seconds
        self._expiry: dict[str, float] = {}

    async def open(self, request: Request) -> Response:
        """Open a session, if the password is right."""
        try:
            asked = msgspec.json.decode(await request.body(), type=SessionRequest)
        except msgspec.DecodeError as err:
            raise RefusedError(BAD_PARAMETER, "userName and password are expected") from err
        if (asked.user_name, asked.password) != (self._user, self._password):
            raise RefusedError(BAD_LOGIN, "user name or password is wrong")
        token = hashlib.blake2b(f"{len(self._expiry)}/{self._password}".encode(), digest_size=16).hexdigest()
        self._expiry[token] = time.monotonic() + self._lives
        return said({"accessToken": token, "expiresIn": str(self._lives)})

    def guard(self, request: Request) -> None:
        """Let in only who carries a token that lives."""
        if self._expiry.get(request.headers.get("X-Auth-Token", ""), 0.0) <= time.monotonic():
            raise RefusedError(BAD_TOKEN, "token is invalid or expired")


class Listing(Generic[Row]):
    """One list of the vendor's: filters by comma, pages by token, in its own order whatever is asked for."""

    def __init__(
        self,
        rows: Callable[[], list[Row]],
        write: Callable[[Row], Json],
        filters: Mapping[str, Filter[Row]],
        guard: Callable[[Request], None],
    ) -> None:
        self._make, self._write, self._filters, self._guard = rows, write, filters, guard
        self._indices: dict[str, dict[str, list[int]]] = {}

    @cached_property
    def _rows(self) -> list[Row]:
        return self._make()

    async def page(self, request: Request) -> Response:
        """Answer one page of what the query asks for."""
        self._guard(request)
        query = request.query_params
        for name in query:
            if name not in self._filters and name not in ("pageSize", "nextToken"):
                raise RefusedError(BAD_PARAMETER, f"unknown parameter: {name}")
        found, start, size = self._matching(query), _start(query), _size(query)
        data: Json = {"items": [self._write(self._rows[at]) for at in found[start : start + size]]}
        if start + size < len(found):
            data["nextToken"] = base64.urlsafe_b64encode(f"{start + size}".encode()).decode()
        return said(data)

    async def one(self, request: Request) -> Response:
        """Answer the one thing that the path names by the vendor's own id."""
        self._guard(request)
        found = self._index("ids").get(request.path_params["id"])
        if not found:
            raise RefusedError(NOT_FOUND, f"no such object: {request.path_params['id']}")
        return said(self._write(self._rows[found[0]]))

    def _matching(self, query: QueryParams) -> list[int] | range:
        found: set[int] | None = None
        for name in self._filters:
            if name in query:
                positions = {at for value in _values(name, query) for at in self._index(name).get(value, ())}
                found = positions if found is None else found & positions
        return range(len(self._rows)) if found is None else sorted(found)

    def _index(self, name: str) -> dict[str, list[int]]:
        if name not in self._indices:
            self._indices[name] = self._filters[name].index(self._rows)
        return self._indices[name]


def _values(name: str, query: QueryParams) -> list[str]:
    values = [value for written in query.getlist(name) for value in written.split(",") if value]
    if not values:
        raise RefusedError(BAD_PARAMETER, f"parameter is empty: {name}")
    if len(values) > MOST_IDS:
        raise RefusedError(TOO_MANY_IDS, f"at most {MOST_IDS} values of {name} in one request")
    return values


def _size(query: QueryParams) -> int:
    written = query.get("pageSize", str(PAGE))
    if not written.isdecimal() or not 0 < int(written) <= MOST:
        raise RefusedError(BAD_PARAMETER, f"pageSize is from 1 to {MOST}")
    return int(written)


def _start(query: QueryParams) -> int:
    try:
        return int(base64.urlsafe_b64decode(query["nextToken"])) if "nextToken" in query else 0
    except (binascii.Error, ValueError) as err:
        raise RefusedError(BAD_PARAMETER, "nextToken is invalid") from err
