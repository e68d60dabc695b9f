"""One upstream request as data, and how keys, constants and paging positions are written into it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal
from urllib.parse import quote

import msgspec

from model.keys import Key

Parameters = tuple[tuple[str, str], ...]
"""Names and values of a query, not yet escaped."""
_FORM: Mapping[str, str] = {"content-type": "application/x-www-form-urlencoded"}
_RESERVE = 64
"""Bytes of a request line kept for the method and what a proxy may add to the path."""


class Request(msgspec.Struct, frozen=True):
    """One request to a source. target: path and query, escaped, below the source's URL."""

    method: str
    target: str
    headers: Mapping[str, str] = {}
    body: bytes | None = None


Place = Literal["query", "body", "form"]
"""Where the parameters of paging go; a form is POSTed, whatever the first request was."""

stands_as_it_is = re.compile(r"[A-Za-z0-9_.~-]*").fullmatch
"""Tells whether there is nothing to escape in a text, in whatever character set [RFC 3986, 2.3]."""

Written = Callable[[Any], tuple[Mapping[str, str], bytes]]
"""From what a body is to say to the headers that tell what it is, and its bytes."""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call of a lookup, before paging: which keys it answers, and how it is written.

    query: escaped already, keys included. body: what a POSTed body says, keys included; written: how.
    """

    keys: Sequence[Key] = ()
    method: str
    path: str
    query: str = ""
    body: Any = None
    headers: Mapping[str, str] = {}
    written: Written

    def request(self, parameters: Mapping[str, str], place: Place = "query") -> Request:
        """The request with the paging's parameters."""
        method, query, body = self.method, self.query, self.body
        if parameters and place == "form":
            method, body = "POST", {**(body or {}), **parameters}
        elif parameters and place == "body":
            for name, value in parameters.items():
                body = placed(body, name, int(value) if value.isdigit() else value)
        elif parameters:
            query = "&".join(part for part in (query, escaped(parameters.items())) if part)
        target = f"{self.path}?{query}" if query else self.path
        if method == "GET":
            return Request("GET", target, self.headers)
        told, content = self.written(body if body is not None else {})
        return Request(method, target, {**told, **self.headers}, content)


def escaped(parameters: Iterable[tuple[str, str]], charset: str = "utf-8") -> str:
    """A query string; charset: what its bytes are in before they are escaped."""
    return "&".join(f"{encoded(name, charset)}={encoded(value, charset)}" for name, value in parameters)


def encoded(text: str, charset: str = "utf-8") -> str:
    """Text as it stands in a part of a URL [RFC 3986, 2.1]; most keys stand as they are."""
    return text if stands_as_it_is(text) else quote(text, "", charset)


def with_segment(path: str, place: int, segment: str) -> str:
    """The path with its segment at `place` (from 1) replaced; one more than there are adds one."""
    segments = path.strip("/").split("/") if path.strip("/") else []
    segments[place - 1 : place] = [segment]
    return "/" + "/".join(segments)


def segments(path: str) -> int:
    """How many segments a path has."""
    return len([one for one in path.split("/") if one])


def placed(said: Any, way: str, value: Any) -> Any:
    """What is said, with a value at a dotted place; a number is a place in a list, `@` is all of it.

    What is said stays as it is, for it may be shared: mappings and lists on the way are copied.
    """
    return value if way == "@" else _placed(said, way.split("."), value)


def _placed(said: Any, way: Sequence[str], value: Any) -> Any:
    if not way:
        return value
    first, *rest = way
    if isinstance(said, list) and first.isdecimal() and int(first) < len(said):
        place = int(first)
        return [*said[:place], _placed(said[place], rest, value), *said[place + 1 :]]
    around = said if isinstance(said, dict) else {}
    return {**around, first: _placed(around.get(first), rest, value)}


def room(limit: int, call: Call, reserve: int) -> int:
    """The bytes that keys may take in a request line of at most `limit` bytes."""
    return limit - len(call.path) - len(call.query) - reserve - _RESERVE


def as_form(said: Any, charset: str = "utf-8") -> tuple[Mapping[str, str], bytes]:
    """A body as a form: lists are fields that repeat, names within names have dots between them."""
    return _FORM, escaped(_fields(said if said is not None else {}), charset).encode()


def encodable(text: str, charset: str) -> bool:
    """Whether a character set has all that a text holds."""
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def constant(value: object) -> str:
    """A constant as text: truth values as JSON writes them."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _fields(said: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, str]]:
    for name, value in said.items():
        if isinstance(value, Mapping):
            yield from _fields(value, f"{within}{name}.")
        else:
            for one in value if isinstance(value, list) else [value]:
                yield f"{within}{name}", constant(one)
