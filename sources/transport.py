"""What carries a request to a source and its answer back."""

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct

from sources.requests import Request


class Response(Struct, frozen=True):
    """What came back: the whole body, decompressed; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Transport(Protocol):
    """Carries one request to a source."""

    async def send(self, request: Request, deadline: float) -> Response:
        """Answer before `deadline`, a time of the event loop's clock, or raise a SourceFault."""
        ...

    async def aclose(self) -> None:
        """Let go of connections."""
        ...
