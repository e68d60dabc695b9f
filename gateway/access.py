"""One line a request in the log: what was asked for, what came of it, how long it took. Never its content."""

import logging
from time import perf_counter

from starlette.types import ASGIApp, Message, Receive, Scope, Send

log = logging.getLogger("trunkline.access")


class AccessLog:
    """Writes the line when the answer is out."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request and note it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start, status = perf_counter(), 0

        async def send_noted(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_noted)
        finally:
            ms = (perf_counter() - start) * 1000
            # quoted as Python would: a path with line breaks in it stays one line
            log.info("%s %r %d %.1f ms", scope["method"], scope["path"], status, ms)
