"""HTTP spoken with an eye on the clock: uvicorn waits for ever for heads that do not end and readers that do not read.

A proxy before the gateway bounds both as well; this holds where there is none. Bodies have the request's deadline
(`gateway.operation`), idle connections uvicorn's own five seconds.
"""

from asyncio import BaseTransport, TimerHandle
from typing import Any, ClassVar, cast

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

READING = 20.0
"""Seconds after which somebody who reads slowly is looked at again."""
PACE = 1_000
"""Bytes a second that a reader has to take."""
TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


class Punctual(H11Protocol):
    """One connection. A head has `head_timeout` seconds from its first byte, or from the connection's start."""

    head_timeout: ClassVar[float] = 10.0

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._head: TimerHandle | None = None
        self._reading: TimerHandle | None = None
        self._unread = 0

    def connection_made(self, transport: BaseTransport) -> None:
        """Begin to wait for the first head."""
        super().connection_made(cast("Any", transport))
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait for nothing any more."""
        self._stop_waiting()
        self._stop_watching()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came, and see whether more of it must come soon."""
        super().data_received(data)
        if self._is_owed():
            self._await_head()
        else:
            self._stop_waiting()

    def _is_owed(self) -> bool:
        """Whether the client has begun something that it must end: a head, or a body that nobody reads any more."""
        state = self.conn.their_state
        if state is h11.IDLE:
            return self.cycle is None or bool(self.conn.trailing_data[0])
        return state is h11.SEND_BODY and self.cycle is not None and self.cycle.response_complete

    def _await_head(self) -> None:
        if self._head is None:
            self._head = self.loop.call_later(self.head_timeout, self._too_late)

    def _stop_waiting(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _too_late(self) -> None:
        if not self.transport.is_closing():
            if self.conn.their_state is h11.IDLE and self.conn.trailing_data[0]:
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


def punctual(head_timeout: float) -> type[Punctual]:
    """The protocol with another bound."""
    return type("Punctual", (Punctual,), {"head_timeout": head_timeout})
