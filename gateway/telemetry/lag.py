"""How late the event loop is: when something holds it up, everybody waits."""

import anyio

from sources.durations import Durations

EVERY = 0.25
"""Seconds between two looks."""


class Lag:
    """Looks again and again how much later than wanted it is woken."""

    def __init__(self) -> None:
        self.durations = Durations()

    async def watch(self) -> None:
        """Look, for ever."""
        while True:
            due = anyio.current_time() + EVERY
            await anyio.sleep_until(due)
            self.durations.note(max(0.0, anyio.current_time() - due))
