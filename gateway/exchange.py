"""A request that came in one piece under a known head, and its response, on uvicorn's connection.

Uvicorn's own cycle is made for what comes and goes piece by piece. This is one without what such a request never needs;
whatever is not plain about the response is left to uvicorn's methods.
"""

from asyncio import AbstractEventLoop, Event, Task
from types import MappingProxyType
from typing import Any, ClassVar, Protocol, cast

from starlette.types import Message, Receive, Scope, Send
from uvicorn._types import HTTPScope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from gateway.known_heads import Plain, Whole


class ShortWay(Protocol):
    """What answers requests that come so as its application would."""

    def plain(self, scope: Scope) -> Plain | None:
        """What a head says, if it is one under which requests may come this way."""
        ...

    async def answer(self, exchange: "Exchange") -> None:
        """Answer one, whatever happens, and end it: what cannot be answered has `failed`."""
        ...


class _Unheard(Event):
    """What nobody waits for; so it need not remember anything."""

    def set(self) -> None:
        """Tell nobody."""


_UNHEARD = _Unheard()


class Exchange(RequestResponseCycle):
    """One request, and its response. protocol: of the connection. task: the one that answers it."""

    scope: ClassVar[HTTPScope] = cast("HTTPScope", MappingProxyType({"method": "POST"}))  # type: ignore[misc]
    """All that sending looks at."""
    access_log = disconnected = more_body = waiting_for_100_continue = response_started = response_complete = False
    keep_alive = True
    chunked_encoding: bool | None = None
    expected_content_length = 0
    message_event: Event = _UNHEARD
    task: Task[None]

    def __init__(self, whole: Whole, protocol: HttpToolsProtocol) -> None:
        self.whole = whole
        self.transport, self.flow, self.logger = protocol.transport, protocol.flow, protocol.logger
        self.default_headers, self._tasks = protocol.server_state.default_headers, protocol.tasks
        self.on_response = protocol.on_response_complete

    def begin(self, way: ShortWay, loop: AbstractEventLoop) -> None:
        """Have it answered by a task, which is one of uvicorn's until it ends."""
        self.task = Task(way.answer(self), loop=loop, name="exchange")
        self._tasks.add(self.task)

    async def failed(self, error: BaseException) -> None:
        """Uvicorn logs what happened, and tells the client that something has."""
        await self.run_asgi(_raising(error))

    def end(self) -> None:
        """It has been answered."""
        self.on_response = _nothing
        self._tasks.discard(self.task)

    async def departure(self) -> Message:
        """Wait for the client to leave: all else that could be received has been."""
        if not self.disconnected and not self.response_complete:
            self.flow.resume_reading()
            self.message_event = Event()
            await self.message_event.wait()
        return {"type": "http.disconnect"}

    async def tell(self, message: Message) -> None:
        """Send a part of the response, as ASGI has it."""
        await self.send(cast("Any", message))


def _raising(error: BaseException) -> Any:
    """An application in which this happens."""

    async def app(_scope: Scope, _receive: Receive, _send: Send) -> None:
        raise error

    return app


def _nothing() -> None:
    """Do nothing more."""
