"""A response in one piece: an extension of ASGI that `gateway.punctual` offers.

ASGI has head and body sent by two messages, which are looked at, and written, one after the other; a large part of what
a small answer costs. Where a scope has the extension, a response that is all there leaves by one write,
with others of the same turn.
"""

from functools import partial
from typing import Protocol, cast

from starlette.types import Scope
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from gateway.held import HoldingBack

EXTENSION = "trunkline.response.whole"
_REFUSED = 400
"""The least status of those responses that may be the last of their connections."""
_LAST = "connection: close\r\n"


class SendWhole(Protocol):
    """How a response is sent."""

    def __call__(self, status: int, head: str, body: bytes) -> bool:
        """Send it; whether that was done: if not, it is to be sent as ASGI has it. head: its fields, a line each."""
        ...


def sender_of(scope: Scope) -> SendWhole | None:
    """What a scope's server offers, taken out of the scope: it knows the scope, and neither should keep the other."""
    offered: SendWhole | None = (scope.get("extensions") or {}).pop(EXTENSION, None)
    return offered


def sending(cycle: RequestResponseCycle) -> SendWhole:
    """What sends the response of one of uvicorn's cycles."""
    return partial(send_whole, cycle)


def send_whole(cycle: RequestResponseCycle, status: int, head: str, body: bytes) -> bool:
    """Send it, and leave the cycle as its own messages would have.

    Not where there is anything to consider: somebody who reads slowly, leaves, wants no body, or is to leave.
    """
    if not cycle.keep_alive or cycle.response_started or cycle.disconnected or cycle.flow.write_paused:
        return False
    if cycle.scope["method"] == "HEAD" or (status >= _REFUSED and _LAST in head):
        return False
    cycle.response_started = cycle.response_complete = True
    cycle.waiting_for_100_continue = False
    cycle.message_event.set()
    always = _ALWAYS.written(cycle.default_headers)
    written = b"%b%b%b\r\n" % (STATUS_LINE[status], always, head.encode("latin-1"))
    cast("HoldingBack", cycle.transport).hold((written, body))
    cycle.on_response()
    return True


class _Always:
    """What uvicorn puts above every response: the date, which is another each second."""

    def __init__(self) -> None:
        self._fields: list[tuple[bytes, bytes]] = []
        self._written = b""

    def written(self, fields: list[tuple[bytes, bytes]]) -> bytes:
        """As it stands in a head."""
        if fields is not self._fields:
            self._fields, self._written = fields, b"".join([name + b": " + value + b"\r\n" for name, value in fields])
        return self._written


_ALWAYS = _Always()
