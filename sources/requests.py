"""One upstream request as data, and how keys, constants and paging positions are written into it."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from model.keys import Key
from sources.grammar.lookup import KeysDeclaration
from sources.promql import literal, one_of, quoted

Parameters = tuple[tuple[str, str], ...]
"""Names and values of a query, not yet escaped."""
_JOINS = {"comma": ","}
_MATCHERS = "filter"
"""The parameter that takes matchers, unless one is named."""
_RESERVE = 64
"""Bytes of a request line kept for the method and what a proxy may add to the path."""


class Request(msgspec.Struct, frozen=True):
    """One request to a source. target: path and query, escaped, below the source's URL."""

    method: str
    target: str
    headers: Mapping[str, str] = {}
    body: bytes | None = None


Written = Callable[[Mapping[str, Any]], tuple[str, bytes]]
"""From what a body is to say to its media type and its bytes."""


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One call of a lookup, before paging: which keys it answers, and how it is written.

    query: escaped already, keys included. body: what a POSTed body says, keys included; written: how.
    """

    keys: Sequence[Key] = ()
    method: str
    path: str
    query: str = ""
    body: dict[str, Any] | None = None
    headers: Mapping[str, str] = {}
    written: Written

    def request(self, parameters: Mapping[str, str], *, in_body: bool = False) -> Request:
        """The request with the paging's parameters."""
        query, body = self.query, self.body
        if parameters and in_body:
            body = dict(body or {})
            for name, value in parameters.items():
                put(body, name, int(value) if value.isdigit() else value)
        elif parameters:
            query = "&".join(part for part in (query, escaped(parameters.items())) if part)
        target = f"{self.path}?{query}" if query else self.path
        if self.method == "GET":
            return Request("GET", target, self.headers)
        kind, content = self.written(body if body is not None else {})
        return Request(self.method, target, {**self.headers, "content-type": kind}, content)


def escaped(parameters: Iterable[tuple[str, str]]) -> str:
    """A query string."""
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in parameters)


class Slot:
    """Where the keys of a lookup go, and how many fit into one call."""

    def __init__(self, declared: KeysDeclaration, join: str) -> None:
        self.declared = declared
        self.join = declared.join or ("list" if declared.body or declared.regex else join)
        single = declared.path is not None or declared.composite or self.join == "one"
        self.at_most = 1 if single else declared.at_most

    def chunks(self, keys: Sequence[Key], room: int) -> Iterator[Sequence[Key]]:
        """Split keys so that each call has at most `at_most` and, in the request line, at most `room` bytes of them."""
        chunk: list[Key] = []
        size = 0
        for key in keys:
            cost = self._cost(key)
            if chunk and (len(chunk) == self.at_most or size + cost > room):
                yield chunk
                chunk, size = [], 0
            chunk.append(key)
            size += cost
        if chunk:
            yield chunk

    def fits(self, key: Key, room: int) -> bool:
        """Whether a key can be written here at all."""
        if self.declared.path is not None and key in {".", ".."}:
            return False
        return (isinstance(key, tuple) == self.declared.composite) and self._cost(key) <= room

    def _cost(self, key: Key) -> int:
        if self.declared.body is not None:
            return 0
        if isinstance(key, tuple):
            return sum(len(quote(part, safe="")) for part in key)
        if self.declared.regex is not None:
            return len(quote(quoted(literal(key)), safe=""))
        name = len(self.declared.query[0]) + 2 if self.declared.query and self.join == "repeat" else 3
        return len(quote(key, safe="")) + name

    def write(self, call: Call, keys: Sequence[Key]) -> Call:
        """The call for these keys: one chunk."""
        if self.declared.path is not None:
            path = with_segment(call.path, self.declared.path, quote(str(keys[0]), safe=""))
            return msgspec.structs.replace(call, keys=keys, path=path)
        if self.declared.body is not None:
            body = dict(call.body or {})
            put(body, self.declared.body, keys[0] if self.join == "one" else list(keys))
            return msgspec.structs.replace(call, keys=keys, body=body)
        query = "&".join(part for part in (call.query, self._query(self.declared.query or [], keys)) if part)
        return msgspec.structs.replace(call, keys=keys, query=query)

    def _query(self, names: Sequence[str], keys: Sequence[Key]) -> str:
        if self.declared.regex is not None:
            return escaped([((names or [_MATCHERS])[0], one_of(self.declared.regex, [str(key) for key in keys]))])
        first = keys[0]
        if isinstance(first, tuple):
            return escaped(zip(names, first, strict=True))
        if self.join in {"repeat", "one"}:
            return escaped((names[0], str(key)) for key in keys)
        between = quote(_JOINS.get(self.join, self.join), safe=",;:")
        return f"{quote(names[0], safe='')}=" + between.join(quote(str(key), safe="") for key in keys)


def with_segment(path: str, place: int, segment: str) -> str:
    """The path with its segment at `place` (from 1) replaced; one more than there are adds one."""
    segments = path.strip("/").split("/") if path.strip("/") else []
    segments[place - 1 : place] = [segment]
    return "/" + "/".join(segments)


def segments(path: str) -> int:
    """How many segments a path has."""
    return len([one for one in path.split("/") if one])


def put(body: dict[str, Any], way: str, value: Any) -> None:
    """Put a value at a dotted path; the mappings on the way are copied, for they may be shared."""
    *outer, last = way.split(".")
    for name in outer:
        inner = body.get(name)
        body[name] = dict(inner) if isinstance(inner, dict) else {}
        body = body[name]
    body[last] = value


def room(limit: int, call: Call, reserve: int) -> int:
    """The bytes that keys may take in a request line of at most `limit` bytes."""
    return limit - len(call.path) - len(call.query) - reserve - _RESERVE
