"""A source gets so many calls at a time. More wait, in bounded numbers, and customers take turns.

Whoever would be one too many is told at once (`Overloaded`) instead of waiting for nothing. When the queue is full, the
place is taken from whoever has the most in it: a burst of one customer's makes that customer wait, and nobody else.
"""

import asyncio
from collections import deque
from typing import ClassVar, TypeAlias

from model.ask import Ask
from model.caller import Caller
from model.faults import Overloaded
from model.keys import Lookup
from sources.contract import Source
from sources.guards.guard import Call, Guard, T, W

Party: TypeAlias = frozenset[str] | str
"""On whose behalf is asked: for these customers, or by this member of staff."""
Turn: TypeAlias = "asyncio.Future[None]"


class Bulkhead(Guard):
    """Counts the calls under way. at_once: how many there may be; waiting: how many more may wait."""

    kind: ClassVar[str] = "bulkhead"

    def __init__(self, inner: Source, at_once: int, waiting: int) -> None:
        super().__init__(inner)
        self.at_once = at_once
        self.free = at_once
        """How many calls may go at once now; whoever goes takes one, and passes it on."""
        self._places = waiting
        self.queues: dict[Party, deque[Turn]] = {}
        """In the order of turns: who has had one goes to the end."""

    @property
    def under_way(self) -> int:
        """How many calls have their turn."""
        return self.at_once - self.free

    @property
    def waiting(self) -> int:
        """How many calls wait for their turn."""
        return sum(map(len, self.queues.values()))

    async def around(self, call: Call[W, T], lookup: Lookup, what: W, ask: Ask) -> T:
        """Make the call in its turn."""
        if self.free:
            self.free -= 1
        else:
            await self.turn(ask.caller)
        try:
            return await call(lookup, what, ask)
        finally:
            self.pass_on()

    async def turn(self, caller: Caller) -> None:
        """Wait until it is their turn; whoever gives up meanwhile leaves no gap."""
        who = party(caller)
        if self.waiting >= self._places:
            self._make_room(who)
        self.counts["waited"] += 1
        turn: Turn = asyncio.get_running_loop().create_future()
        self.queues.setdefault(who, deque()).append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self.pass_on()
            else:
                self._leave(who, turn)
            raise

    def _make_room(self, who: Party) -> None:
        """Take the last place of the longest queue, unless that would be the newcomer's own."""
        longest = max(self.queues, key=lambda one: len(self.queues[one]), default=who)
        self.counts["refused"] += 1
        full = Overloaded(self.name, f"{self._places} calls are waiting already")
        if len(self.queues.get(longest, ())) <= len(self.queues.get(who, ())) + 1:
            raise full
        last = self.queues[longest].pop()
        if not last.done():
            last.set_exception(full)

    def pass_on(self) -> None:
        """Give the turn to the next, each party's first in turn.

        Whoever was cancelled in this very moment has not left the queue yet, and is passed over.
        """
        while self.queues:
            who, queue = next(iter(self.queues.items()))
            del self.queues[who]
            turn = queue.popleft()
            if queue:
                self.queues[who] = queue
            if not turn.done():
                turn.set_result(None)
                return
        self.free += 1

    def _leave(self, who: Party, turn: Turn) -> None:
        queue = self.queues.get(who)
        if queue is not None and turn in queue:
            queue.remove(turn)
            if not queue:
                del self.queues[who]


def party(caller: Caller) -> Party:
    """On whose behalf somebody asks."""
    return caller.acting_for or caller.customers or caller.subject
