"""Answers packed as the client takes them: brotli before gzip where it likes both alike [RFC 9110, 12.5.3]."""

import gzip
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

import anyio.to_thread
import brotli  # type: ignore[import-untyped]  # it brings no types

from gateway.assets import qualities

SMALLEST = 1_000
"""Bytes below which packing costs more than it saves."""
LARGE = 262_144
"""Bytes from which packing is done in a thread: it would hold up others for some milliseconds."""
_PACKED = ("application/json", "application/graphql-response+json", "image/svg+xml", "text/")


def _brotli(body: bytes) -> bytes:
    packed: bytes = brotli.compress(body, quality=4)
    return packed


def _gzip(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=5, mtime=0)


CODINGS: Mapping[str, Callable[[bytes], bytes]] = MappingProxyType({"br": _brotli, "gzip": _gzip})
"""The best first."""


@lru_cache(maxsize=256)
def coding_for(accept_encoding: str) -> str | None:
    """The coding that a client likes best of ours; None where it takes none, or likes plain bytes better."""
    if not accept_encoding:
        return None
    liked = qualities(accept_encoding)
    otherwise = liked.get("*", 0.0)
    best = max(CODINGS, key=lambda coding: liked.get(coding, otherwise))
    quality = liked.get(best, otherwise)
    return best if quality > 0 and quality >= liked.get("identity", 0.0) else None


async def pack(body: bytes, coding: str) -> bytes:
    """The body in a coding."""
    packing = CODINGS[coding]
    return await anyio.to_thread.run_sync(packing, body) if len(body) >= LARGE else packing(body)


def packable(media: str) -> bool:
    """Whether a body of this media type becomes smaller by packing."""
    return media.startswith(_PACKED)
