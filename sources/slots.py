"""Where the keys of a lookup go, and how many fit into one call."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import quote

import msgspec

from model.keys import Key
from sources.grammar.lookup import KeysDeclaration
from sources.promql import literal, one_of, quoted
from sources.requests import Call, escaped, placed, with_segment

_JOINS = {"comma": ","}
_MATCHERS = "filter"
"""The parameter that takes matchers, unless one is named."""


class Slot:
    """Where the keys of a lookup go, and how many fit into one call."""

    def __init__(self, declared: KeysDeclaration, join: str) -> None:
        self.declared = declared
        self.join = declared.joined(join)
        self.at_most = 1 if declared.one_a_call(join) else declared.at_most

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
        return len(_parts(key)) == self.declared.parts and self._cost(key) <= room

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
            body = placed(call.body, self.declared.body, self._said(keys))
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

    def _said(self, keys: Sequence[Key]) -> Any:
        """What a body says for these keys: a list (of objects, if so declared), one, or text with words between."""
        said = [self._object(key) for key in keys] if self.declared.objects else list(keys)
        if self.join == "one":
            return said[0]
        if self.join in {"list", "repeat"} or self.declared.objects:
            return said
        return _JOINS.get(self.join, self.join).join(str(key) for key in keys)

    def _object(self, key: Key) -> Any:
        said: Any = self.declared.constants
        for name, part in zip(self.declared.objects, _parts(key), strict=True):
            said = placed(said, name, part)
        return said if self.declared.echo is None else placed(said, self.declared.echo, key)


def _parts(key: Key) -> tuple[str, ...]:
    return key if isinstance(key, tuple) else (key,)
