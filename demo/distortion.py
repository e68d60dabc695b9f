"""What becomes of a sound answer on its way: it is halved, loses rows, stalls, or comes a byte at a time."""

from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from starlette.datastructures import MutableHeaders
from starlette.types import Message, Send

_TRICKLES_MS = 10_000
Pause = Callable[[int], Awaitable[None]]
"""Waits so many milliseconds, if nothing ends before."""


class CutShortError(Exception):
    """Raised into the server to make it drop a connection in the middle of a body; nobody need hear of it."""


class Halving:
    """Sends the first half of a body only; the declared length stays as it was, or is halved as well.

    stall: what is waited for after the half, where the connection is not dropped then.
    """

    def __init__(self, send: Send, *, keep_length: bool, stall: Callable[[], Awaitable[None]] | None = None) -> None:
        self._send = send
        self._keep_length = keep_length
        self._stall = stall

    async def __call__(self, message: Message) -> None:
        """Pass a message on, or half of it."""
        if message["type"] == "http.response.start":
            headers = MutableHeaders(raw=message["headers"])
            if not self._keep_length:
                headers["Content-Length"] = str(int(headers["Content-Length"]) // 2)
            await self._send({**message, "headers": headers.raw})
            return
        half = message["body"][: len(message["body"]) // 2]
        await self._send({**message, "body": half, "more_body": self._keep_length})
        if self._stall is not None:
            await self._stall()
        if self._keep_length:
            raise CutShortError


class Trickling:
    """Sends a body a byte at a time, for some seconds; who is still there then has lost the connection."""

    def __init__(self, send: Send, pause: Pause, ms: int) -> None:
        self._send = send
        self._pause = pause
        self._ms = ms

    async def __call__(self, message: Message) -> None:
        """Pass a message on, slowly."""
        for sent, byte in enumerate(message.get("body", b"")):
            if sent * self._ms > _TRICKLES_MS:
                raise CutShortError
            await self._send({**message, "body": bytes([byte]), "more_body": True})
            await self._pause(self._ms)
        await self._send({**message, "body": b""} if "body" in message else message)


class Fewer:
    """Leaves out the last half of the rows of a list in JSON; its total stays as it was."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._start: Message = {}

    async def __call__(self, message: Message) -> None:
        """Keep the head until its body is known."""
        if message["type"] == "http.response.start":
            self._start = message
            return
        body = _fewer(message["body"])
        headers = MutableHeaders(raw=self._start["headers"])
        headers["Content-Length"] = str(len(body))
        await self._send({**self._start, "headers": headers.raw})
        await self._send({**message, "body": body})


def _fewer(body: bytes) -> bytes:
    try:
        said: Any = msgspec.json.decode(body)
    except msgspec.DecodeError:
        return body
    if isinstance(said, dict):
        said = {name: _half(value) for name, value in said.items()}
    return msgspec.json.encode(_half(said))


def _half(value: Any) -> Any:
    return value[: len(value) // 2] if isinstance(value, list) else value
