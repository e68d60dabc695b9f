"""One answer on its way out: named, safe for browsers, and packed as its client takes it."""

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import Message, Send

from gateway.compression import SMALLEST, coding_for, pack, packable
from gateway.letterhead import Letterhead, fields
from gateway.reply import Reply
from gateway.request_id import HEADER
from gateway.whole import SendWhole


class Outgoing:
    """Sends one answer: as messages, whose first waits for the second, or whole. `status`: what it was; 0 before.

    What is sent piece by piece is not packed. letterhead: what every answer carries where it does not say otherwise.
    send_whole: how the server sends a response in one piece, where it can.
    """

    __slots__ = ("_accepted", "_letterhead", "_name", "_send", "_send_whole", "_start", "status")

    def __init__(
        self, send: Send, letterhead: Letterhead, name: str, accepted: str, send_whole: SendWhole | None = None
    ) -> None:
        self._send, self._letterhead, self._name, self._accepted = send, letterhead, name, accepted
        self._send_whole = send_whole
        self._start: Message | None = None
        self.status = 0

    async def __call__(self, message: Message) -> None:
        """Send a message of an application's."""
        if message["type"] == "http.response.start":
            self._start, self.status = message, message["status"]
            return
        start, self._start = self._start, None
        if start is not None:
            message = await self._begun(start, message)
            await self._send(start)
        await self._send(message)

    async def _begun(self, start: Message, message: Message) -> Message:
        headers = MutableHeaders(scope=start)
        for name, value in self._letterhead.safe.items():
            headers.setdefault(name, value)
        headers[HEADER] = self._name
        if not _may_be_packed(Headers(raw=start["headers"])):
            return message
        headers.add_vary_header("Accept-Encoding")
        body = message.get("body", b"")
        coding = coding_for(self._accepted)
        if coding is None or len(body) < SMALLEST or message.get("more_body", False):
            return message
        packed = await pack(body, coding)
        headers["content-encoding"] = coding
        headers["content-length"] = str(len(packed))
        return {**message, "body": packed}

    async def whole(self, reply: Reply) -> None:
        """Send a reply that is all there."""
        self.status = reply.status
        coding, body = await packed(reply.body, self._accepted)
        head = self._letterhead.head(reply, self._name, coding, len(body))
        if self._send_whole is not None and self._send_whole(reply.status, head, body):
            return
        await send_in_parts(self._send, reply.status, head, body)


async def packed(body: bytes, accepted: str) -> tuple[str | None, bytes]:
    """A body as it is sent, and the coding that it is in, if in one. accepted: what the client says of that."""
    coding = coding_for(accepted) if len(body) >= SMALLEST else None
    return coding, body if coding is None else await pack(body, coding)


async def send_in_parts(send: Send, status: int, head: str, body: bytes) -> None:
    """Send a response that is all there as ASGI has it. head: its fields, a line each."""
    await send({"type": "http.response.start", "status": status, "headers": fields(head)})
    await send({"type": "http.response.body", "body": body})


def _may_be_packed(headers: Headers) -> bool:
    return "content-encoding" not in headers and packable(headers.get("content-type", ""))
