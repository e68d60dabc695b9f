"""Clients that leave: what was begun for them is given up.

A watch costs a task; most answers are out before one would be of use. So it begins only after a moment.
"""

import asyncio
from types import TracebackType
from typing import Self

import anyio
from starlette.types import Receive

MOMENT = 0.05
"""Seconds for which nobody looks whether the client is still there."""


class Departure:
    """A block that ends when the client leaves. `gone` tells whether it did; the request's body must have been read."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._scope = anyio.CancelScope()
        self._watch: asyncio.Task[None] | None = None
        self.gone = False

    def __enter__(self) -> Self:
        self._timer = asyncio.get_running_loop().call_later(MOMENT, self._begin)
        self._scope.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> bool:
        self._timer.cancel()
        if self._watch is not None:
            self._watch.cancel()
        return bool(self._scope.__exit__(kind, error, at))

    def _begin(self) -> None:
        self._watch = asyncio.get_running_loop().create_task(self._until_gone())

    async def _until_gone(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass
        self.gone = True
        self._scope.cancel()
