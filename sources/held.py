"""What takes a while to get, a session or a description: got when it is needed, once for all who wait."""

from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import anyio

from model.faults import SourceFault, TimedOut

T = TypeVar("T")


class Held(Generic[T]):
    """Holds what was got until it is refused.

    Who waited while getting it failed gets that failure: a wrong password is not tried once for each of them, which
    would lock the account. Who asks later tries again.
    """

    def __init__(self, get: Callable[[float], Awaitable[T]]) -> None:
        self._get = get
        self._lock = anyio.Lock()
        self._held: T | None = None
        self._tries = 0
        self._fault: SourceFault | None = None

    async def held(self, deadline: float) -> T:
        """What is good as far as we know."""
        held = self._held
        return held if held is not None else await self._got(deadline)

    def refused(self, what: object) -> None:
        """Forget what was refused, unless another caller has renewed it meanwhile."""
        if what == self._held:
            self._held = None

    async def _got(self, deadline: float) -> T:
        tries = self._tries
        async with self._lock:
            if self._held is None:
                if self._fault is not None and self._tries > tries:
                    raise self._fault
                self._tries += 1
                try:
                    self._held = await self._get(deadline)
                except SourceFault as err:
                    self._fault = None if isinstance(err, TimedOut) else err  # others may have more time left
                    raise
            return self._held
