"""The sources as they are configured now, and those of before for as long as somebody still asks them.

A configuration that is read again gives a new generation. Who has begun to be answered goes on with the generation that
it began with; that one's sources, but for those which the new one has taken over, are let go of when the last such
request has ended.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateway.execution import Executor
from resolvers.upstreams import Upstreams
from sources.guards.errands import Errands
from sources.registry import close


class Generation:
    """Sources, and the executor that knows what they cost. asking: how many requests are under way."""

    __slots__ = ("asking", "execute", "upstreams")

    def __init__(self, upstreams: Upstreams, execute: Executor) -> None:
        self.upstreams = upstreams
        self.execute = execute
        self.asking = 0


class Generations:
    """The present generation, and the way to the next."""

    def __init__(self, upstreams: Upstreams, execute: Executor) -> None:
        self.now = Generation(upstreams, execute)
        self.count = 1
        self._errands = Errands()

    def enter(self) -> Generation:
        """Begin a request; whoever does so leaves again."""
        self.now.asking += 1
        return self.now

    def leave(self, generation: Generation) -> None:
        """End a request."""
        generation.asking -= 1
        if generation is not self.now and not generation.asking:
            self._retire(generation)

    def follow(self, upstreams: Upstreams, execute: Executor) -> None:
        """Let requests from now on be answered by these."""
        former, self.now = self.now, Generation(upstreams, execute)
        self.count += 1
        if not former.asking:
            self._retire(former)

    @asynccontextmanager
    async def living(self) -> AsyncIterator[None]:
        """Keep what the sources need for as long as the block lasts, and let go of everything after it."""
        self.now.upstreams.start()
        try:
            yield
        finally:
            await self._errands.aclose()
            await self.now.upstreams.aclose()

    def _retire(self, generation: Generation) -> None:
        taken_over = set(map(id, self.now.upstreams.sources.values()))
        gone = [source for source in generation.upstreams.sources.values() if id(source) not in taken_over]
        if gone:
            self._errands.run(close(gone))
