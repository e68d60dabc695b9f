"""Headers that every answer carries: nothing is guessed, kept, framed or run by a browser."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SAFE = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class SafeHeaders:
    """Adds them where the answer does not say otherwise."""

    def __init__(self, app: ASGIApp, hsts: int = 0) -> None:
        self.app = app
        self._safe = SAFE | ({"strict-transport-security": f"max-age={hsts}; includeSubDomains"} if hsts else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def send_safe(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._safe.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_safe)
