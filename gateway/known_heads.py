"""Heads of requests that were read before, and what they say: worked out once, not for each request.

A client that keeps its connection, or a proxy before many, writes the same above every question, but for the values of
a few fields. Which bytes are a head, and of what, the parser alone says: a head is known once the parser has read the
very same bytes as the head of one whole request. Only values that vary may differ, within characters that mean nothing
to a parser; and the length, which has to be that of what came after the head.
"""

import re
from collections.abc import Callable, Mapping

from msgspec import Struct
from starlette.types import Scope

from engine.lru import Lru
from gateway.request_id import HEADER as NAME
from gateway.traceparent import HEADER as TRACE

LENGTH = "content-length"
VARYING = (LENGTH, NAME, TRACE)
"""Fields whose values are another from request to request."""
LARGEST = 4_096
"""Bytes of a head above which it is not kept."""
MOST = 1_024
"""Heads that are kept, and requests of which all of the head is."""
SEEN = 4_096
"""Heads of which it is remembered that they came once."""
SLOWLY = 8
"""Of so many that come again while there is no room, one is kept: where there are more than are kept, most stay."""

_VALUES = re.compile(rf"\r\n((?i:{'|'.join(VARYING)})): ([A-Za-z0-9._-]{{1,64}})(?=\r\n)".encode())


class Plain(Struct, frozen=True):
    """What a head says that asks `POST /graphql`, and in which there is nothing to refuse.

    headers: but for those that vary. media: of the answer. accepted: codings of it.
    """

    headers: Mapping[str, str]
    media: str
    accepted: str


class Whole(Struct, frozen=True):
    """A request that came in one piece. name, trace: what its head gives, if it does."""

    plain: Plain
    name: str | None
    trace: str | None
    body: bytes


class _Head(Struct, frozen=True):
    """A head, and which of its values are whose: places among them, None for those that it has not."""

    plain: Plain
    length: int
    name: int | None
    trace: int | None


Reads = Callable[[Scope], Plain | None]
"""Tells what a head says, if that is plain."""


class KnownHeads:
    """The heads that were used last. reads: tells what one says.

    wanted: bytes that are no request under a known head, where that would be worth knowing.
    """

    def __init__(self, reads: Reads) -> None:
        self._reads = reads
        self._heads: Lru[tuple[bytes, ...], _Head] = Lru(MOST)
        self._exactly: dict[bytes, tuple[int, Plain]] = {}
        self._seen: set[int] = set()
        self._came_again = 0
        self.wanted: bytes | None = None

    def whole(self, data: bytes) -> Whole | None:
        """The request that these bytes are, if they are one, and its head is known."""
        end = data.find(b"\r\n\r\n", 0, LARGEST) + 4
        exactly = self._exactly.get(data[:end])
        if exactly is not None and exactly[0] == len(data):
            return Whole(exactly[1], None, None, data[end:])
        return self._by_its_rest(data)

    def learn(self, data: bytes, scope: Scope, body: bytes | bytearray) -> None:
        """Keep the head of a request that came in one piece. scope, body: as they were read."""
        self.wanted = None
        end, values, rest = _cut(data)
        names = [name.decode().lower() for name in rest[1::2]]
        if data[end:] != body or not _vary(names, scope) or values[names.index(LENGTH)] != b"%d" % len(body):
            return
        plain = self._reads(scope)
        if plain is not None:
            name, trace = (names.index(field) if field in names else None for field in (NAME, TRACE))
            self._heads.put(rest, _Head(plain, names.index(LENGTH), name, trace))

    def _by_its_rest(self, data: bytes) -> Whole | None:
        """The same, if its values are others than before."""
        end, values, rest = _cut(data)
        head = self._heads.get(rest)
        if head is None:
            self.wanted = data if self._comes_again(rest) else None
            return None
        if values[head.length] != b"%d" % (len(data) - end):
            return None
        if head.name is None and head.trace is None:
            self._note_exactly(data[:end], len(data), head.plain)
        name = None if head.name is None else values[head.name].decode()
        trace = None if head.trace is None else values[head.trace].decode()
        return Whole(head.plain, name, trace, data[end:])

    def _note_exactly(self, head: bytes, size: int, plain: Plain) -> None:
        """Note a request's size by all of its head: many ask the same of one thing after the other."""
        if len(self._exactly) >= MOST:
            self._exactly.clear()
        self._exactly[head] = size, plain

    def _comes_again(self, head: tuple[bytes, ...]) -> bool:
        """Whether it has come before, and there is room; most that come once only are not worth the work."""
        key = hash(head)
        if key in self._seen:
            self._came_again += 1
            return len(self._heads) < MOST or self._came_again % SLOWLY == 0
        if len(self._seen) >= SEEN:
            self._seen.clear()
        self._seen.add(key)
        return False


def _cut(data: bytes) -> tuple[int, list[bytes], tuple[bytes, ...]]:
    """Where the head ends, the values in it that vary, and all the rest of it, with their names between."""
    end = data.find(b"\r\n\r\n", 0, LARGEST)
    parts = _VALUES.split(data[: end + 2])
    values = parts[2::3]
    del parts[2::3]
    return end + 4, values, tuple(parts)


def _vary(names: list[str], scope: Scope) -> bool:
    """Whether these fields vary, each is there once, and no other of the kind is; one that tells the length is."""
    told = [name.decode("latin-1") for name, _ in scope["headers"]]
    return LENGTH in names and sorted(names) == sorted(name for name in told if name in VARYING) == sorted(set(names))
