"""Signing in: once for all who wait, and again when what was got by it is refused."""

from collections.abc import Awaitable, Callable, Mapping

import anyio

from model.faults import SourceFault, TimedOut

Shown = Mapping[str, str]
"""What requests show of a session: a token or cookies, by name."""


class SigningIn:
    """Holds what signing in gives until that is refused.

    Who waited while a sign-in failed gets that failure: a wrong password is not tried once for each of them, which
    would lock the account.
    """

    def __init__(self, sign_in: Callable[[float], Awaitable[Shown]]) -> None:
        self._sign_in = sign_in
        self._lock = anyio.Lock()
        self._shown: Shown | None = None
        self._tries = 0
        self._fault: SourceFault | None = None

    async def shown(self, deadline: float) -> Shown:
        """What a session gives that is open as far as we know."""
        return self._shown if self._shown is not None else await self._signed_in(deadline)

    def refused(self, shown: Shown) -> None:
        """Forget what was refused, unless another caller has renewed it meanwhile."""
        if shown == self._shown:
            self._shown = None

    async def _signed_in(self, deadline: float) -> Shown:
        tries = self._tries
        async with self._lock:
            if self._shown is None:
                if self._fault is not None and self._tries > tries:
                    raise self._fault
                self._tries += 1
                try:
                    self._shown = await self._sign_in(deadline)
                except SourceFault as err:
                    self._fault = None if isinstance(err, TimedOut) else err  # others may have more time left
                    raise
            return self._shown
