"""What is switched while a gateway runs, for all gateways that share a Redis: what is out of date, who is set aside."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol
from weakref import WeakSet

import msgspec

from sources.guards.errands import Errands
from sources.guards.second_tier import SecondTier
from sources.guards.tags import normal

if TYPE_CHECKING:
    from sources.guards.shared import Shared  # what speaks to a Redis is 20 MB, for who has one


class Notice(msgspec.Struct, frozen=True):
    """That a source is set aside: since when, by whom, and why if they told."""

    since: datetime
    by: str
    reason: str | None = None


class _Told(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one gateway tells the others: tags that are out of date, or that somebody was set aside or taken back."""

    forget: frozenset[str] = frozenset()
    switched: bool = False


_decoder = msgspec.json.Decoder(_Told)
_notice = msgspec.json.Decoder(Notice)


class Forgetful(Protocol):
    """Whatever holds what sources have said, and has to drop what is out of date."""

    def forget(self, tags: frozenset[str]) -> int:
        """Drop what has any of these tags; how many answers were kept of it."""
        ...

    def forget_all(self) -> None:
        """Drop everything."""
        ...


class Controls:
    """The switches of one gateway. Without a Redis they are its own."""

    def __init__(self, shared: "Shared | None" = None) -> None:
        self.shared = shared
        self.second = SecondTier(shared) if shared is not None else None
        self._holding: WeakSet[Forgetful] = WeakSet()
        self._errands = Errands()
        self._set_aside: dict[str, Notice] = {}
        self._untold: set[str] = set()

    @property
    def set_aside(self) -> Mapping[str, Notice]:
        """The sources that are out of use."""
        return self._set_aside

    def watch(self, holding: Forgetful) -> None:
        """Let a cache, or whatever holds answers, know of what is out of date; for as long as somebody has it."""
        self._holding.add(holding)

    async def forget(self, tags: Iterable[str]) -> int:
        """Drop all answers that have one of these tags, in every gateway; how many this one had.

        While the Redis is away the others are told as soon as it is back.
        """
        gone = frozenset(map(normal, tags))
        dropped = self._drop(gone)
        self._untold |= gone
        await self._tell_untold()
        return dropped

    async def switch(self, source: str, notice: Notice | None) -> None:
        """Set a source aside, or take it back (None), in every gateway."""
        if notice is None:
            self._set_aside.pop(source, None)
        else:
            self._set_aside[source] = notice
        if self.shared is not None:
            await self._share(self.shared, source, notice)

    def start(self) -> None:
        """Begin to listen to the others."""
        if self.shared is not None:
            self._errands.run(self.shared.listen(self._hear, self._catch_up))

    async def aclose(self) -> None:
        """Listen no longer."""
        await self._errands.aclose()
        if self.shared is not None:
            await self.shared.aclose()

    def _drop(self, tags: frozenset[str]) -> int:
        return sum(one.forget(tags) for one in self._holding)

    def _hear(self, message: bytes) -> None:
        try:
            told = _decoder.decode(message)
        except msgspec.MsgspecError:
            return  # of a version that speaks otherwise
        if told.forget:
            self._drop(told.forget)
        if told.switched:
            self._errands.run(self._read_switches())

    async def _catch_up(self) -> None:
        """Whatever was told while nobody listened: nothing that is kept here can be trusted, all switches are read."""
        for one in self._holding:
            one.forget_all()
        await self._tell_untold()
        await self._read_switches()

    async def _tell_untold(self) -> None:
        if self.shared is None or self.second is None or not self._untold:
            self._untold.clear()
            return
        tags = frozenset(self._untold)
        if await self.second.forget(tags) and await self.shared.tell(msgspec.json.encode(_Told(tags))):
            self._untold -= tags

    async def _share(self, shared: "Shared", source: str, notice: Notice | None) -> None:
        name = shared.key("set aside")
        if notice is None:
            await shared.tried(lambda redis: redis.hdel(name, source))
        else:
            data = msgspec.json.encode(notice)
            await shared.tried(lambda redis: redis.hset(name, source, data))
        await shared.tell(msgspec.json.encode(_Told(switched=True)))

    async def _read_switches(self) -> None:
        if self.shared is None:
            return
        name = self.shared.key("set aside")
        found = await self.shared.tried(lambda redis: redis.hgetall(name))
        if found is not None:
            self._set_aside.clear()
            self._set_aside.update({source.decode(): _notice.decode(data) for source, data in found.items()})


def notice(by: str, reason: str | None = None) -> Notice:
    """A notice as of now."""
    return Notice(datetime.now(UTC), by, reason)
