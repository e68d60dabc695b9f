"""Under which names the gateway answers.

A page of a foreign site can have its own name point at any address after it was loaded, the loopback included, and
then read what is answered there (DNS rebinding). So a gateway that listens on the loopback answers to `localhost`, and
any to the names that its settings tell. An address in place of a name is nobody's to point elsewhere.
"""

from collections.abc import Collection, Sequence
from ipaddress import ip_address

import msgspec
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from gateway.negotiation import JSON
from gateway.refusals import misdirected

LOCAL = frozenset({"localhost"})


def names_for(host: str, allowed: Sequence[str]) -> frozenset[str] | None:
    """The names to answer to when listening on a host; None for any."""
    if allowed:
        return frozenset(name.lower() for name in allowed) | (LOCAL if _is_loopback(host) else frozenset())
    return LOCAL if _is_loopback(host) else None


class Hosts:
    """Answers 421 to whoever asks by another name; `/healthz` tells nothing, and answers to all."""

    def __init__(self, app: ASGIApp, names: Collection[str] | None) -> None:
        self.app = app
        self._names = names

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http" and self._names is not None and scope["path"] != "/healthz":
            name = named(Headers(scope=scope).get("host", ""))
            if name and name not in self._names and not _is_address(name):
                refusal = misdirected()
                answer = Response(msgspec.json.encode(refusal.payload()), refusal.status, media_type=JSON)
                await answer(scope, receive, send)
                return
        await self.app(scope, receive, send)


def named(host: str) -> str:
    """The name in a `Host` header, without its port."""
    name = host.lower().strip()
    return name[: name.find("]") + 1] if name.startswith("[") else name.partition(":")[0]


def _is_address(name: str) -> bool:
    try:
        ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


def _is_loopback(host: str) -> bool:
    return host.lower() in LOCAL or (_is_address(host) and ip_address(host.strip("[]")).is_loopback)
