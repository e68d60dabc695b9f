"""HTTP spoken with an eye on the clock: uvicorn waits for ever for heads that do not end and readers that do not read.

A proxy before the gateway bounds both as well; this holds where there is none. Bodies have the request's deadline
(`gateway.operation`), idle connections uvicorn's own five seconds.
"""

from asyncio import BaseTransport, TimerHandle, Transport
from typing import Any, ClassVar, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from gateway.exchange import Exchange, ShortWay
from gateway.held import HoldingBack
from gateway.known_heads import KnownHeads, Whole
from gateway.whole import EXTENSION, sending

READING = 20.0
"""Seconds after which somebody who reads slowly is looked at again."""
PACE = 1_000
"""Bytes a second that a reader has to take."""
TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class TooLarge(Exception):  # noqa: N818 - told to the parser, which then takes the request for invalid
    """A head is larger than what is read."""


class Punctual(HttpToolsProtocol):
    """One connection. A head has `head_timeout` seconds from its first byte, or from the connection's start.

    Of a head, address and fields may be `head_bytes` together; of one that has not ended, so much is kept at most.
    Requests that come in one piece under one of the `heads` that are known go the `short_way`, past the parser.
    """

    head_timeout: ClassVar[float] = 10.0
    head_bytes: ClassVar[int] = 32_768
    short_way: ClassVar[ShortWay | None] = None
    heads: ClassVar[KnownHeads]

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._head: TimerHandle | None = None
        self._reading: TimerHandle | None = None
        self._unread = 0
        self._in_head = self._in_body = False
        self._between = True
        self._measured = self._kept = 0
        self._idle_since: float | None = None

    def connection_made(self, transport: BaseTransport) -> None:
        """Begin to wait for the first head."""
        self._holding = HoldingBack(cast("Transport", transport), self.loop)
        super().connection_made(cast("Any", self._holding))
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._stop_waiting()
        self._stop_watching()
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
            self.timeout_keep_alive_task = None
        super().connection_lost(exc)
        self._holding.closed()

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        cycle, way = self.cycle, self.short_way
        if way is None or not self._between or not (cycle is None or cycle.response_complete):
            self._read(data)
            return
        whole = self.heads.whole(data)
        if whole is not None:
            self._exchange(whole, way)
            return
        self._read(data)
        if self.heads.wanted is data and self._between and self._is_alone():
            self.heads.learn(data, dict(self.scope), self.cycle.body)

    def _exchange(self, whole: Whole, way: ShortWay) -> None:
        """Have a request answered that came in one piece."""
        self._unset_keepalive_if_required()
        self._stop_waiting()
        self.cycle = exchange = Exchange(whole, self)
        exchange.begin(way, self.loop)

    def _is_alone(self) -> bool:
        """Whether the request that was read last may be followed by others, and has not been yet."""
        cycle = self.cycle
        return cycle is not None and cycle.scope is self.scope and cycle.keep_alive and not self.pipeline

    def _read(self, data: bytes) -> None:
        """Have it parsed, and see whether more of it must come soon; nothing is heard after the last response."""
        if self.transport.is_closing():
            return
        super().data_received(data)
        if self._in_head:
            self._kept += len(data)
            if self._kept > self.head_bytes and not self.transport.is_closing():
                self.send_400_response("The head of the request is too large.")
        if self._is_owed():
            self._await_head()
        else:
            self._stop_waiting()

    def on_message_begin(self) -> None:
        """A head begins."""
        self._in_head, self._measured, self._kept = True, 0, 0
        self._between = False
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """A part of the address."""
        self._measure(len(url))
        self.url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        """A field."""
        self._measure(len(name) + len(value) + 4)
        HttpToolsProtocol.on_header(self, name, value)

    def on_headers_complete(self) -> None:
        """The head has ended."""
        self._in_head, self._in_body = False, True
        super().on_headers_complete()
        if self.cycle is not None and self.cycle.scope is self.scope:  # what upgrades has none
            extensions: dict[str, Any] = {EXTENSION: sending(self.cycle)}
            self.scope["extensions"] = extensions

    def on_message_complete(self) -> None:
        """The body has, too."""
        self._in_body, self._between = False, not self.parser.should_upgrade()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Go on with what is asked already, or wait: by one timer, which stays while requests come and go."""
        if self.transport.is_closing():
            self._between = False  # nothing is: this was the last
        if self.pipeline or self.transport.is_closing():
            super().on_response_complete()
            return
        self.server_state.total_requests += 1
        self.flow.resume_reading()
        self._idle_since = self.loop.time()
        if self.timeout_keep_alive_task is None:
            self._await_more(self.timeout_keep_alive)

    def _unset_keepalive_if_required(self) -> None:
        """Something has come: the timer looks again when it is due."""
        self._idle_since = None

    def timeout_keep_alive_handler(self) -> None:
        """End the connection if it has been idle for long enough; what is being answered waits for its response."""
        self.timeout_keep_alive_task = None
        if self._idle_since is None:
            return
        left = self._idle_since + self.timeout_keep_alive - self.loop.time()
        if left > 0:
            self._await_more(left)
        else:
            self._holding.close_idle()

    def shutdown(self) -> None:
        """Let go of a client whose connection is idle, or ends anyway; another hears that its response is the last."""
        if self.cycle is None or self.cycle.response_complete:
            self._holding.close_idle()
        else:
            super().shutdown()

    def _await_more(self, seconds: float) -> None:
        self.timeout_keep_alive_task = self.loop.call_later(seconds, self.timeout_keep_alive_handler)

    def _measure(self, size: int) -> None:
        self._measured += size
        if self._measured > self.head_bytes:
            raise TooLarge

    def _is_owed(self) -> bool:
        """Whether the client has begun something that it must end: a head, or a body that nobody reads any more."""
        if self._in_head or self.cycle is None:
            return True
        return self._in_body and self.cycle.response_complete

    def _await_head(self) -> None:
        if self._head is None:
            self._head = self.loop.call_later(self.head_timeout, self._too_late)

    def _stop_waiting(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _too_late(self) -> None:
        if not self.transport.is_closing():
            if self._in_head:
                self.transport.write(TOO_LATE)
            self.transport.close()

    def pause_writing(self) -> None:
        """More waits to be read than should: see that it is read."""
        super().pause_writing()
        self._unread = self.transport.get_write_buffer_size()
        self._reading = self.loop.call_later(READING, self._look_at_reader)

    def resume_writing(self) -> None:
        """It was read."""
        self._stop_watching()
        super().resume_writing()

    def _stop_watching(self) -> None:
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _look_at_reader(self) -> None:
        left = self.transport.get_write_buffer_size()
        if self._unread - left < READING * PACE:
            self.transport.abort()
            return
        self._unread = left
        self._reading = self.loop.call_later(READING, self._look_at_reader)


def punctual(head_timeout: float, head_bytes: int, short_way: ShortWay | None = None) -> type[Punctual]:
    """The protocol with other bounds, and a short way to what answers."""
    named: dict[str, Any] = {"head_timeout": head_timeout, "head_bytes": head_bytes}
    if short_way is not None:
        named |= {"short_way": short_way, "heads": KnownHeads(short_way.plain)}
    return type("Punctual", (Punctual,), named)
