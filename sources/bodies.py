"""Bodies as they come in: decompressed, and never larger than is listened to."""

import zlib
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Protocol

from model.faults import Malformed

_PLAIN = frozenset({"", "identity"})
_ZIPPED = frozenset({"gzip", "x-gzip", "deflate"})
_DIGITS_AT_MOST = 18


class Piece(Protocol):
    """Bytes, or what some client has in their place."""

    def __len__(self) -> int: ...
    def __buffer__(self, flags: int, /) -> memoryview: ...


Read = Callable[[], Awaitable[Piece | None]]
"""Gives the next piece of a body, None at its end."""


def comes_within(headers: Mapping[str, str], at_most: int) -> bool:
    """Whether a body is told to come as it is, and in at most so many bytes [RFC 9112, 6.3]."""
    length = headers.get("content-length", "")
    told = length.isdecimal() and len(length) <= _DIGITS_AT_MOST and int(length) <= at_most
    return told and "transfer-encoding" not in headers and "content-encoding" not in headers


async def whole(source: str, read: Read, coding: str, at_most: int) -> bytes:
    """All of a body of this content coding; Malformed when it takes more than `at_most` bytes, before or after."""
    unfold = _unfolding(source, coding.strip().lower(), at_most) if coding else None
    parts: list[Piece] = []
    size = came = 0
    while (piece := await read()) is not None:
        came += len(piece)
        if came > at_most:  # which may decompress to nothing, for ever
            raise Malformed(source, f"a body of more than {at_most} bytes")
        for part in (piece,) if unfold is None else unfold.parts(piece):
            size += len(part)
            if size > at_most:
                raise Malformed(source, f"a body of more than {at_most} bytes")
            parts.append(part)
    if unfold is not None:
        unfold.check_end()
    return bytes(parts[0]) if len(parts) == 1 else b"".join(parts)


def _unfolding(source: str, coding: str, at_most: int) -> "_Unfolding | None":
    if coding in _PLAIN:
        return None
    if coding not in _ZIPPED:
        raise Malformed(source, f"content encoding {coding[:20]!r}, which was not asked for")
    return _Unfolding(source, at_most)


class _Unfolding:
    """Decompresses in steps no larger than the bound, so that a bomb never unfolds."""

    def __init__(self, source: str, at_most: int) -> None:
        self._source = source
        self._step = at_most + 1
        self._inflate = _inflate()

    def parts(self, piece: Piece) -> Iterator[bytes]:
        """What a piece decompresses to; whatever follows an end has to be another member [RFC 1952, 2.2]."""
        try:
            while len(piece):
                if self._inflate.eof:
                    self._inflate = _inflate()
                yield self._inflate.decompress(piece, self._step)
                piece = self._inflate.unconsumed_tail or self._inflate.unused_data
        except zlib.error as err:
            raise Malformed(self._source, "a body that does not decompress") from err

    def check_end(self) -> None:
        if not self._inflate.eof:
            raise Malformed(self._source, "a compressed body that ends early")


def _inflate() -> "zlib._Decompress":
    return zlib.decompressobj(zlib.MAX_WBITS | 32)
