"""An HTTP server that says the very bytes it is told to, right or wrong, and knows which connections are open."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from http import HTTPStatus
from urllib.parse import parse_qs, urlsplit


class Then(Enum):
    """What becomes of a connection after an answer."""

    STAYS = auto()
    CLOSES = auto()
    IS_RESET = auto()
    IS_SILENT = auto()
    """It stays open until the other side hangs up, and no further request is listened to."""


@dataclass(frozen=True)
class Said:
    """An answer in pieces, with a pause before each of them, in seconds."""

    pieces: Iterable[bytes]
    then: Then = Then.STAYS
    pause: float = 0.0


@dataclass(frozen=True)
class Heard:
    """A request: its method, its path, its query and, where it has one, its body."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: bytes


_NO_GOODBYE = struct.pack("ii", 1, 0)
Answering = Callable[[Heard], bytes | Said]


@dataclass
class Wire:
    """What is answered now, how often it was asked, and how many connections are open."""

    answer: Answering
    heard: int = 0
    open: int = 0
    tasks: set["asyncio.Task[None]"] = field(default_factory=set)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer the requests of one connection."""
        task = asyncio.current_task()
        assert task is not None
        self.tasks.add(task)
        self.open += 1
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                while await self._one(reader, writer):
                    self.heard += 1
        finally:
            self.open -= 1
            self.tasks.discard(task)
            writer.transport.abort()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; whether there may be a next one."""
        heard = await _heard(reader)
        answer = self.answer(heard)
        said = Said((answer,)) if isinstance(answer, bytes) else answer
        for piece in said.pieces:
            await asyncio.sleep(said.pause)
            writer.write(piece)
            await writer.drain()
        if said.then is Then.CLOSES:
            writer.write_eof()
        if said.then is Then.IS_RESET:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_GOODBYE)
        if said.then in (Then.CLOSES, Then.IS_SILENT):
            await reader.read()
        return said.then is Then.STAYS


async def _heard(reader: asyncio.StreamReader) -> Heard:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    line, *headers = head.rstrip("\r\n").split("\r\n")
    told = {name.lower(): value.strip() for name, _, value in (header.partition(":") for header in headers)}
    method, target, _ = line.split(" ")
    body = await reader.readexactly(int(told.get("content-length", 0)))
    url = urlsplit(target)
    return Heard(method, url.path, parse_qs(url.query), body)


@asynccontextmanager
async def wired(wire: Wire) -> AsyncIterator[str]:
    """Let it listen for as long as a block lasts; gives its URL."""
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0, limit=2**20)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in wire.tasks:
            task.cancel()
        await server.wait_closed()


def headed(*headers: str, status: int = 200, kind: str = "application/json") -> bytes:
    """The head of an answer."""
    reason = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Whatever"
    told = [f"HTTP/1.1 {status} {reason}", *([f"content-type: {kind}"] if kind else []), *headers]
    return "".join(f"{line}\r\n" for line in [*told, ""]).encode("latin-1")


def http(body: bytes | str, *headers: str, status: int = 200, kind: str = "application/json") -> bytes:
    """A whole answer, whose length is that of its body."""
    content = body.encode() if isinstance(body, str) else body
    return headed(*headers, f"content-length: {len(content)}", status=status, kind=kind) + content


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    """An answer in chunks [RFC 9112, 7.1]."""
    return headed("transfer-encoding: chunked") + b"".join(b"%x\r\n%b\r\n" % (len(one), one) for one in chunks) + end


def cut(said: bytes, then: Then = Then.CLOSES) -> Said:
    """These bytes, and no connection any more after them."""
    return Said((said,), then)
