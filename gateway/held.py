"""A connection's transport that can hold bytes back to the end of the turn, and keeps their order.

Whatever else is written, or the end of the connection, comes after what is held back. An end is no cut: whose system is
told that a connection it sends on is closed loses what it has not read yet.
"""

from asyncio import AbstractEventLoop, TimerHandle, Transport
from collections.abc import Iterable
from typing import Any

from sources.clients.turn_end import TURN_END

LINGER = 2.0
"""Seconds for which a client may go on sending what nobody hears any more."""


class HoldingBack:
    """Does what the transport does. All that it does not name itself is the transport's."""

    __slots__ = ("_cut", "_held", "_loop", "_transport", "is_closing")

    def __init__(self, transport: Transport, loop: AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self.is_closing = transport.is_closing
        self._held: list[bytes] = []
        self._cut: TimerHandle | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def hold(self, parts: Iterable[bytes]) -> None:
        """Write them at the end of the turn, with what others write."""
        if not self._held:
            TURN_END.then(self._release, self._loop)
        self._held.extend(parts)

    def write(self, data: bytes) -> None:
        """Write now, after what was held back."""
        self.writelines((data,))

    def writelines(self, parts: Iterable[bytes]) -> None:
        """Write all of them now, after what was held back."""
        self._release()
        if not self.is_closing():
            self._transport.writelines(parts)

    def close(self) -> None:
        """End it when all has been written, and close it once the client has, or after a while [RFC 9112, 9.6].

        Until then the client has the time to read why, whatever it still sends; it is closing for whoever asks.
        """
        self._release()
        if not self.is_closing():
            self._transport.write_eof()
            if not self._transport.is_reading():
                self._transport.resume_reading()
            self.is_closing = _yes
            self._cut = self._loop.call_later(LINGER, self._transport.close)

    def close_idle(self) -> None:
        """Close it at once: nobody waits for anything."""
        self._release()
        self._transport.close()

    def closed(self) -> None:
        """Wait for nothing: it has been closed."""
        if self._cut is not None:
            self._cut.cancel()
            self._cut = None

    def _release(self) -> None:
        held, self._held = self._held, []
        if held and not self.is_closing():
            self._transport.writelines(held)


def _yes() -> bool:
    return True
