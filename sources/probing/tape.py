"""A transport that remembers what went over it, for whoever wants to see an exchange as it was."""

from dataclasses import dataclass

from model.faults import SourceFault
from sources.requests import Request
from sources.transport import Response, Transport


@dataclass(frozen=True)
class Exchange:
    """One request as it was sent, and what came of it."""

    request: Request
    came: Response | SourceFault


class Tape:
    """Carries requests by another transport, and keeps each with its answer."""

    def __init__(self, inner: Transport) -> None:
        self._inner = inner
        self.exchanges: list[Exchange] = []

    async def send(self, request: Request, deadline: float) -> Response:
        """As the other does."""
        try:
            response = await self._inner.send(request, deadline)
        except SourceFault as fault:
            self.exchanges.append(Exchange(request, fault))
            raise
        self.exchanges.append(Exchange(request, response))
        return response

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._inner.aclose()
