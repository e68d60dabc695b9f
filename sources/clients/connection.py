"""A connection on the event loop. Its answers are read by httptools (llhttp), but for plain ones that come whole."""

import asyncio
from typing import Final, cast

from httptools import HttpParserError, HttpParserUpgrade, HttpResponseParser

from model.faults import Malformed, SourceFault, TimedOut, Unavailable
from sources.bodies import Body
from sources.clients.fields import told
from sources.clients.plain_heads import plain_head
from sources.clients.turn_end import TURN_END
from sources.transport import Response

_HEAD_BYTES_AT_MOST: Final = 262_144
_HEADERS_AT_MOST: Final = 200
_IN_BETWEEN: Final = frozenset(range(100, 200)) - {101}
"""Statuses that are words before an answer [RFC 9110, 15.2]; 101 would be the last one in HTTP."""


class HungUp(Exception):  # noqa: N818 - it says what happened
    """The other side closed the connection without a word of an answer."""


class Connection(asyncio.Protocol):
    """One connection to a source, for one exchange at a time.

    fit: whether another exchange may follow. An answer that was not asked for, one that says two things of its length,
    one that was not heard to its end: after any of these it is not known any more what answers what. until: when the
    exchange under way, or its rest, has to be over, by the event loop's clock.
    """

    def __init__(self, source: str, bytes_at_most: int) -> None:
        self._source = source
        self._bytes_at_most = bytes_at_most
        self._answer: asyncio.Future[Response] | None = None
        self._transport: asyncio.Transport | None = None
        self._parser: HttpResponseParser | None = None
        self._body: Body | None = None
        self._lines: list[tuple[bytes, bytes]] = []
        self._unsent = b""
        self.fit = False
        self.until = self._seconds = 0.0

    def ask(
        self, said: bytes, loop: asyncio.AbstractEventLoop, *, bodiless: bool, until: float, seconds: float
    ) -> "asyncio.Future[Response]":
        """Send a request. bodiless: its answer has no body, whatever length it tells; seconds: that it has in all."""
        assert self._transport is not None  # noqa: S101 - only what is connected is asked
        self.until, self._seconds = until, seconds
        self.fit = self._heard = False
        self._bodiless = bodiless
        answer = self._answer = loop.create_future()
        self._unsent = said
        TURN_END.then(self._send, loop)
        return answer

    def _send(self) -> None:
        transport = self._transport
        if transport is not None and not transport.is_closing():
            transport.write(self._unsent)

    def end(self) -> None:
        """The time is over."""
        self._fail(TimedOut(self._source, f"no whole answer within {self._seconds:.3f} s"))

    def close(self) -> None:
        """End it now, whatever is under way: the other side is not left to work for nobody."""
        self.fit = False
        if self._transport is not None:
            self._transport.abort()

    # --- what the event loop tells

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It can be spoken on."""
        self._transport = cast("asyncio.Transport", transport)
        self._parser = _parser(self)
        self.fit = True

    def data_received(self, data: bytes) -> None:
        """Bytes of an answer."""
        answer = self._answer
        if answer is None or answer.done() or self._parser is None:
            self.close()  # nobody asked for this
            return
        if not self._heard:
            self._heard = True
            if not self._bodiless:
                head = plain_head(data)
                if head is not None and head.whole == len(data) and head.length <= self._bytes_at_most:
                    self._answer, self.fit = None, True
                    answer.set_result(Response(200, head.fields, data[head.size :]))
                    return
            self._begin()
        try:
            self._parser.feed_data(data)
        except (HttpParserError, HttpParserUpgrade):
            self._fail(Unavailable(self._source, "an answer that is no HTTP"))
        if not self._headed:
            self._head_bytes += len(data)
            if self._head_bytes > _HEAD_BYTES_AT_MOST:
                self._fail(Unavailable(self._source, f"a head of more than {_HEAD_BYTES_AT_MOST} bytes"))

    def connection_lost(self, error: Exception | None) -> None:
        """It is closed, which also ends a body of which no length was told [RFC 9112, 6.3]."""
        self.fit, self._parser, self._transport = False, None, None
        if self._answer is None or self._answer.done():
            return
        if not self._heard:
            self._answer.set_exception(HungUp())
            self._answer = None
        elif error is None and self._body is not None and self._to_the_end():
            self._finish()
        else:
            self._fail(Unavailable(self._source, "the connection was lost"))

    # --- what the parser tells

    def on_message_begin(self) -> None:
        """An answer begins: the only one, or else it is nobody's."""
        if not self._awaited():
            self.close()

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header field, or a trailer, which says nothing to us."""
        if not self._headed:
            self._lines.append((name, value))
            if len(self._lines) > _HEADERS_AT_MOST:
                self._fail(Unavailable(self._source, f"more than {_HEADERS_AT_MOST} header fields"))

    def on_headers_complete(self) -> None:
        """The head is there."""
        assert self._parser is not None  # noqa: S101 - it is the one that tells
        self._headed = True
        self._status = self._parser.get_status_code()
        self._headers = told(self._lines)
        try:
            self._body = Body(self._source, self._headers, self._bytes_at_most)
        except Malformed as fault:
            self._fail(fault)
            return
        if self._bodiless:
            self._finish()
            self.close()  # what comes now would be taken for a body

    def on_body(self, piece: bytes) -> None:
        """A piece of the body."""
        if self._body is None:
            return
        try:
            self._body.take(piece)
        except Malformed as fault:
            self._fail(fault)

    def on_message_complete(self) -> None:
        """The answer is there, or a word before it."""
        assert self._parser is not None  # noqa: S101 - see above
        if self._status in _IN_BETWEEN:
            self._begin()
            return
        if self._awaited():
            self.fit = self._parser.should_keep_alive() and not self._two_lengths()
            self._finish()

    # --- how an answer comes about

    def _begin(self) -> None:
        self._lines, self._body = [], None
        self._headed, self._head_bytes = False, 0

    def _awaited(self) -> bool:
        return self._answer is not None and not self._answer.done()

    def _finish(self) -> None:
        """Give the answer away; nothing of it is kept, for the connection may rest for a while."""
        answer, body = self._answer, self._body
        if answer is None or answer.done() or body is None:
            return
        try:
            answer.set_result(Response(self._status, self._headers, body.whole()))
            self._answer = self._body = None
        except Malformed as fault:
            self._fail(fault)

    def _fail(self, fault: SourceFault) -> None:
        answer, self._answer, self._body = self._answer, None, None
        if answer is not None and not answer.done():
            answer.set_exception(fault)
        self.close()

    def _to_the_end(self) -> bool:
        coding = self._headers.get("transfer-encoding")
        return "content-length" not in self._headers if coding is None else not coding.lower().endswith("chunked")

    def _two_lengths(self) -> bool:
        return "content-length" in self._headers and "transfer-encoding" in self._headers


def _parser(connection: Connection) -> HttpResponseParser:
    """Reads what old servers write, too: lines without CR, blanks after a chunk's size, a length beside chunks."""
    parser = HttpResponseParser(connection)
    parser.set_dangerous_leniencies(
        lenient_chunked_length=True, lenient_optional_cr_before_lf=True, lenient_spaces_after_chunk_size=True
    )
    return parser
