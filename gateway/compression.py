"""Answers packed as the client takes them: brotli before gzip where it likes both alike [RFC 9110, 12.5.3]."""

import gzip
from collections.abc import Callable, Mapping
from types import MappingProxyType

import anyio.to_thread
import brotli  # type: ignore[import-untyped]  # it brings no types
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

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


def coding_for(accept_encoding: str) -> str | None:
    """The coding that a client likes best of ours; None where it takes none, or likes plain bytes better."""
    if not accept_encoding:
        return None
    liked = qualities(accept_encoding)
    otherwise = liked.get("*", 0.0)
    best = max(CODINGS, key=lambda coding: liked.get(coding, otherwise))
    quality = liked.get(best, otherwise)
    return best if quality > 0 and quality >= liked.get("identity", 0.0) else None


class Compression:
    """Packs answers that come in one piece; what is sent piece by piece passes as it is."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        coding = coding_for(Headers(scope=scope).get("accept-encoding", ""))
        await self.app(scope, receive, _Packer(send, coding))


class _Packer:
    """One answer on its way; its beginning waits for its body."""

    def __init__(self, send: Send, coding: str | None) -> None:
        self._send = send
        self._coding = coding
        self._start: Message | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        start, self._start = self._start, None
        if start is not None:
            if _worthwhile(start):
                message = await self._packed(start, message)
            await self._send(start)
        await self._send(message)

    async def _packed(self, start: Message, message: Message) -> Message:
        headers = MutableHeaders(scope=start)
        headers.add_vary_header("Accept-Encoding")
        body = message.get("body", b"")
        if self._coding is None or len(body) < SMALLEST or message.get("more_body", False):
            return message
        pack = CODINGS[self._coding]
        packed = await anyio.to_thread.run_sync(pack, body) if len(body) >= LARGE else pack(body)
        headers["content-encoding"] = self._coding
        headers["content-length"] = str(len(packed))
        return {**message, "body": packed}


def _worthwhile(start: Message) -> bool:
    headers = Headers(raw=start["headers"])
    return "content-encoding" not in headers and headers.get("content-type", "").startswith(_PACKED)
