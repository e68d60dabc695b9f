"""Where the keys of a lookup go, and how many fit into one call."""

from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, cast
from urllib.parse import quote

import msgspec

from model.keys import Key
from sources.expressions import expressed, expressible, one
from sources.grammar.lookup import ExpressionDeclaration, KeysDeclaration
from sources.matching import spelling
from sources.promql import literal, one_of, quoted
from sources.requests import Call, encoded, escaped, placed, stands_as_it_is, with_segment

_JOINS = {"comma": ","}
_MATCHERS = "filter"
"""The parameter that takes matchers, unless one is named."""


class Slot:
    """Where the keys of a lookup go, and how many fit into one call.

    charset: of what is escaped. can_say: whether a text has a place in a body at all.
    """

    def __init__(
        self,
        declared: KeysDeclaration,
        join: str,
        *,
        charset: str = "utf-8",
        can_say: Callable[[str], bool] = lambda text: True,
    ) -> None:
        self.declared = declared
        self._charset = charset
        self._can_say = can_say
        self.join = declared.joined(join)
        self.at_most = 1 if declared.one_a_call(join) else declared.at_most
        self.between = _JOINS.get(self.join, self.join)
        self._between = quote(self.between, ",;:", charset)
        self._parts = declared.parts
        self._written = spelling(declared.written)
        self._beside = len(declared.query[0]) + 2 if declared.query and self.join == "repeat" else 3
        in_line = (declared.query or declared.path) is not None
        self._is_text = in_line and declared.regex is None and declared.expression is None
        self._before: str | None = None
        if (
            self._is_text
            and declared.written is None
            and declared.header is None
            and declared.query
            and self._parts == 1
        ):
            self._before = f"{self._quoted(declared.query[0])}="
            self._among = f"&{self._before}" if self.join == "repeat" else self._between

    def said(self, keys: Collection[Key], room: int) -> str | None:
        """The parameters that say all of these keys, where one look at them together shows that they stand as they are.

        None where each is to be looked at by itself, and most often only because they are too many for one call.
        """
        if self._before is None or (self.at_most is not None and len(keys) > self.at_most):
            return None
        texts = cast("Collection[str]", keys)
        try:
            together = "".join(texts)
        except TypeError:  # a key of several parts, which has no place here
            return None
        if len(together) + self._beside * len(keys) > room or stands_as_it_is(together) is None:
            return None
        return self._before + self._among.join(texts)

    def whole(self, call: Call, keys: Sequence[Key], room: int) -> Call | None:
        """The call for all of these keys, where they can be said together."""
        said = self.said(keys, room)
        if said is None:
            return None
        return msgspec.structs.replace(call, keys=keys, query=f"{call.query}&{said}" if call.query else said)

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
        key = self._written(key)
        if self.declared.path is not None and key in {".", ".."}:
            return False
        if self.declared.header is not None and not (key == str(key).strip() and key.isascii() and key.isprintable()):
            return False
        if self.declared.expression is not None and not expressible(self.declared.expression, str(key)):
            return False
        parts = _parts(key)
        try:
            fits = len(parts) == self._parts and self._cost(key) <= room
        except UnicodeEncodeError:
            return False
        return fits and all(map(self._can_say, parts))

    def _cost(self, key: Key) -> int:
        """Bytes of the request line."""
        key = self._written(key)
        if self._is_text and key.__class__ is str:
            return len(encoded(key, self._charset)) + self._beside
        if self.declared.query is None and self.declared.path is None and self.declared.regex is None:
            return 0
        if isinstance(key, tuple):
            return sum(len(self._quoted(part)) for part in key)
        if self.declared.regex is not None:
            return len(self._quoted(quoted(literal(key))))
        if self.declared.expression is not None:
            return len(self._quoted(one(self.declared.expression, key) + self.between))
        return len(self._quoted(key)) + self._beside

    def write(self, call: Call, keys: Sequence[Key]) -> Call:
        """The call for these keys: one chunk."""
        call = msgspec.structs.replace(call, keys=keys)
        said = [self._written(key) for key in keys]
        if self.declared.header is not None:
            call = msgspec.structs.replace(call, headers={**call.headers, self.declared.header: str(said[0])})
        if self.declared.path is not None:
            path = with_segment(call.path, self.declared.path, self._together(said))
            return msgspec.structs.replace(call, path=path)
        if self.declared.body is not None:
            return msgspec.structs.replace(call, body=placed(call.body, self.declared.body, self._said(said)))
        if self.declared.query is None and self.declared.regex is None:
            return call
        query = "&".join(part for part in (call.query, self._query(self.declared.query or [], said)) if part)
        return msgspec.structs.replace(call, query=query)

    def _query(self, names: Sequence[str], keys: Sequence[Key]) -> str:
        if self.declared.regex is not None:
            matched = one_of(self.declared.regex, [str(key) for key in keys])
            return escaped([((names or [_MATCHERS])[0], matched)], self._charset)
        first = keys[0]
        if isinstance(first, tuple):
            return escaped(zip(names, first, strict=True), self._charset)
        if self.declared.expression is not None:
            return escaped([(names[0], self._expressed(keys))], self._charset)
        if self.join in {"repeat", "one"}:
            return escaped(((names[0], str(key)) for key in keys), self._charset)
        return f"{self._quoted(names[0])}={self._together(keys)}"

    def _together(self, keys: Sequence[Key]) -> str:
        return self._between.join(self._quoted(str(key)) for key in keys)

    def _quoted(self, text: str) -> str:
        return encoded(text, self._charset)

    def _said(self, keys: Sequence[Key]) -> Any:
        """What a body says for these keys: a list (of objects, if so declared), one, or text with words between."""
        if self.declared.expression is not None:
            return self._expressed(keys)
        said = [self._object(key) for key in keys] if self.declared.objects else list(keys)
        if self.join == "one":
            return said[0]
        if self.join in {"list", "repeat"} or self.declared.objects:
            return said
        return self.between.join(str(key) for key in keys)

    def _expressed(self, keys: Sequence[Key]) -> str:
        around = self.declared.expression or ExpressionDeclaration()
        return expressed(around, [str(key) for key in keys], self.between)

    def _object(self, key: Key) -> Any:
        said: Any = self.declared.constants
        for name, part in zip(self.declared.objects, _parts(key), strict=True):
            said = placed(said, name, part)
        return said if self.declared.echo is None else placed(said, self.declared.echo, key)


def _parts(key: Key) -> tuple[str, ...]:
    return key if isinstance(key, tuple) else (key,)
