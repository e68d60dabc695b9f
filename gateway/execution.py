"""The seam between HTTP and whoever executes an operation."""

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from gateway.operation import Operation
from resolvers.request import Request


class Executed(Struct, frozen=True):
    """An operation's answer, ready to be sent.

    refused: it was not run at all, so there is no data. codes: those of the errors in it. name: the operation's, if it
    has one and that is known.
    """

    body: bytes
    refused: bool = False
    codes: Sequence[str] = ()
    name: str | None = None

    @property
    def outcome(self) -> str:
        """What came of it, in one word."""
        if self.refused:
            return "refused"
        return "partial" if self.codes else "ok"


class Executor(Protocol):
    """Runs operations."""

    async def __call__(self, operation: Operation, request: Request) -> Executed:
        """Run one operation on behalf of the request's caller and within its deadline."""
        ...
