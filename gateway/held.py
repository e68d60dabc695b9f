"""A connection's transport that can hold bytes back to the end of the turn, and keeps their order.

Whatever else is written, or the end of the connection, comes after what is held back.
"""

from asyncio import Transport, get_running_loop
from collections.abc import Iterable
from typing import Any

from sources.clients.turn_end import TURN_END


class HoldingBack:
    """Does what the transport does. All that it does not name itself is the transport's."""

    __slots__ = ("_held", "_transport", "is_closing")

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self.is_closing = transport.is_closing
        self._held: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def hold(self, parts: Iterable[bytes]) -> None:
        """Write them at the end of the turn, with what others write."""
        if not self._held:
            TURN_END.then(self._release, get_running_loop())
        self._held.extend(parts)

    def write(self, data: bytes) -> None:
        """Write now, after what was held back."""
        self._release()
        self._transport.write(data)

    def writelines(self, parts: Iterable[bytes]) -> None:
        """Write all of them now, after what was held back."""
        self._release()
        self._transport.writelines(parts)

    def close(self) -> None:
        """Close it when all has been written."""
        self._release()
        self._transport.close()

    def _release(self) -> None:
        held, self._held = self._held, []
        if held and not self.is_closing():
            self._transport.writelines(held)
