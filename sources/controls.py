"""What is switched while a gateway runs, for all gateways that share a Redis: what is out of date, who is set aside."""

import asyncio
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol
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


AGAIN = 0.25
"""Seconds after which the others are told again what they could not be told."""
_KNOWN = ""
"""Is among the switches in the Redis, so that none being set is told apart from a Redis that has lost them."""
_decoder = msgspec.json.Decoder(_Told)
_notice = msgspec.json.Decoder(Notice | None)


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
        self._unshared: dict[str, Notice | None] = {}
        self._telling = False

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
        await self._tell()
        return dropped

    async def switch(self, source: str, notice: Notice | None) -> None:
        """Set a source aside, or take it back (None), in every gateway; also as soon as that can be told."""
        self._turn(source, notice)
        self._unshared[source] = notice
        await self._tell()

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

    def _turn(self, source: str, notice: Notice | None) -> None:
        if notice is None:
            self._set_aside.pop(source, None)
        else:
            self._set_aside[source] = notice

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
        await self._read_switches()
        await self._tell()

    async def _tell(self) -> None:
        """Tell the others what they have not been told; if that fails, try again until it is done."""
        if self.shared is None or self.second is None:
            self._untold.clear()
            self._unshared.clear()
        elif not await self._told(self.shared, self.second) and not self._telling:
            self._telling = True
            self._errands.run(self._go_on_telling(self.shared, self.second))

    async def _go_on_telling(self, shared: "Shared", second: SecondTier) -> None:
        try:
            while not await self._told(shared, second):  # noqa: ASYNC110 - a Redis does not say when it is back
                await asyncio.sleep(AGAIN)
        finally:
            self._telling = False

    async def _told(self, shared: "Shared", second: SecondTier) -> bool:
        """Whether the others know everything now."""
        tags, switches = frozenset(self._untold), dict(self._unshared)
        if tags and await second.forget(tags) and await shared.tell(msgspec.json.encode(_Told(tags))):
            self._untold -= tags
        if switches and await self._written(shared, switches):
            since = self._unshared.items() - switches.items()
            self._unshared = dict(since)
        return not (self._untold or self._unshared)

    async def _written(self, shared: "Shared", switches: Mapping[str, Notice | None]) -> bool:
        """Put switches where all read them, and say so; whether that could be done."""
        name = shared.key("set aside")
        on = {source: msgspec.json.encode(notice) for source, notice in switches.items() if notice is not None}
        off = [source for source, notice in switches.items() if notice is None]

        async def write(redis: Any) -> bool:
            await redis.hset(name, mapping={**on, _KNOWN: b"null"})
            if off:
                await redis.hdel(name, *off)
            return True

        return bool(await shared.urged(write)) and await shared.tell(msgspec.json.encode(_Told(switched=True)))

    async def _read_switches(self) -> None:
        if self.shared is None:
            return
        name = self.shared.key("set aside")
        found = await self.shared.tried(lambda redis: redis.hgetall(name))
        if found == {}:
            self._unshared = {**self._set_aside, **self._unshared}  # it has lost them, in a restart
        elif found is not None:
            self._set_aside.clear()
            for source, said in {source.decode(): _notice.decode(data) for source, data in found.items()}.items():
                self._turn(source, said)
            for source, said in self._unshared.items():
                self._turn(source, said)


def notice(by: str, reason: str | None = None) -> Notice:
    """A notice as of now."""
    return Notice(datetime.now(UTC), by, reason)
