"""Bodies as they come in: decompressed, and never larger than is listened to."""

import zlib
from collections.abc import Iterator, Mapping

from model.faults import Malformed

_PLAIN = frozenset({"", "identity"})
_ZIPPED = frozenset({"gzip", "x-gzip", "deflate"})


class Body:
    """A body that comes piece by piece; Malformed when it takes more than `at_most` bytes, before or after."""

    __slots__ = ("_at_most", "_came", "_parts", "_size", "_source", "_unfold")

    def __init__(self, source: str, headers: Mapping[str, str], at_most: int) -> None:
        self._source, self._at_most = source, at_most
        coding = headers.get("content-encoding")
        self._unfold = _unfolding(source, coding.strip().lower(), at_most) if coding else None
        self._parts: list[bytes] = []
        self._came = self._size = 0

    def take(self, piece: bytes) -> None:
        """The next piece."""
        self._came += len(piece)
        if self._came > self._at_most:  # which may decompress to nothing, for ever
            raise self._too_large()
        if self._unfold is None:
            self._parts.append(piece)
            return
        for part in self._unfold.parts(piece):
            self._size += len(part)
            if self._size > self._at_most:
                raise self._too_large()
            self._parts.append(part)

    def whole(self) -> bytes:
        """All of it, once the last piece has come."""
        if self._unfold is not None:
            self._unfold.check_end()
        return self._parts[0] if len(self._parts) == 1 else b"".join(self._parts)

    def _too_large(self) -> Malformed:
        return Malformed(self._source, f"a body of more than {self._at_most} bytes")


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

    def parts(self, piece: bytes) -> Iterator[bytes]:
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
