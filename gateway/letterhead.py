"""The head of an answer: the fields that every one carries are written once, and what is its own is put beside them."""

from collections.abc import Mapping

from gateway.reply import Reply
from gateway.request_id import HEADER

_OF_EACH = (HEADER, "content-type", "vary", "content-encoding", "content-length")
"""What each answer tells besides: how it is called, what it is and how large."""


class Letterhead:
    """What is put above answers. safe: fields that each carries where it does not say otherwise."""

    def __init__(self, safe: Mapping[str, str]) -> None:
        self.safe = safe
        self._lines = lines(safe)
        self._known = frozenset({*safe, *_OF_EACH})

    def head(self, reply: Reply, name: str, coding: str | None, length: int) -> str:
        """The fields of a reply, a line each. name: of the request; coding, length: of the body as it is sent."""
        if reply.media is None or coding is not None or not self._known.isdisjoint(reply.headers):
            return lines(self._fields(reply, name, coding, length))
        own = lines(reply.headers) if reply.headers else ""
        return (
            f"{self._lines}{own}{HEADER}: {name}\r\n"
            f"content-type: {reply.media}\r\nvary: Accept-Encoding\r\ncontent-length: {length}\r\n"
        )

    def _fields(self, reply: Reply, name: str, coding: str | None, length: int) -> Mapping[str, str]:
        fields = {**self.safe, **reply.headers, HEADER: name}
        if reply.media is not None:
            fields["content-type"] = reply.media
            fields["vary"] = "Accept-Encoding"
        if coding is not None:
            fields["content-encoding"] = coding
        fields["content-length"] = str(length)
        return fields


def lines(fields: Mapping[str, str]) -> str:
    """Fields as they stand in a head, each ended by CRLF; ValueError for one that would be several lines."""
    written = ""
    for name, value in fields.items():
        written += f"{name}: {value}\r\n"
    if written.count("\n") != len(fields) or written.count("\r") != len(fields):
        raise ValueError("a header field holds a line break")
    return written


def fields(head: str) -> list[tuple[bytes, bytes]]:
    """The fields of a head, as ASGI has them."""
    written = head.encode("latin-1").split(b"\r\n")[:-1]
    return [(name, value) for name, _, value in (line.partition(b": ") for line in written)]
