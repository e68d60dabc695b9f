"""What several gateways keep together, in a Redis: entries under tags, and what was told to be out of date.

A Redis that is away costs speed and nothing else: each step has a short bound, and after a failure it is left in peace
for a moment. An answer that was asked for before its tags were told out of date is not kept after: the Redis counts
what is told, and whoever keeps says at which count they asked.
"""

from collections.abc import Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import msgspec

from sources.guards.kept import Entry, Name
from sources.guards.packed import FORM, packed, unpacked

if TYPE_CHECKING:
    from sources.guards.shared import Shared  # 20 MB, for who has a Redis

_TOLD_FOR = 120
"""Seconds for which it is remembered that a tag was told out of date: longer than any call takes."""

_KEEP = """
for i = 3, #KEYS do
  local gone = redis.call('GET', KEYS[i] .. ':gone')
  if gone and tonumber(gone) > tonumber(ARGV[3]) then return 0 end
end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
for i = 3, #KEYS do
  redis.call('SADD', KEYS[i], KEYS[2])
  if redis.call('PTTL', KEYS[i]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[i], ARGV[2]) end
end
return 1
"""
_FORGET = """
local count = redis.call('INCR', KEYS[1])
for i = 2, #KEYS do
  redis.call('SET', KEYS[i] .. ':gone', count, 'EX', ARGV[1])
  for _, name in ipairs(redis.call('SMEMBERS', KEYS[i])) do redis.call('UNLINK', name) end
  redis.call('UNLINK', KEYS[i])
end
return count
"""


class SecondTier:
    """Entries in a Redis. version: which source, as it is configured; what it said under another one is not seen."""

    def __init__(self, shared: "Shared") -> None:
        self._shared = shared
        self._count = shared.key("count")

    async def find(self, version: str, names: Sequence[Name]) -> tuple[list[Entry | None], int]:
        """What is kept under these names, and the count of what has been told out of date."""
        keys = [self._name(version, name) for name in names]

        async def read(redis: Any) -> Any:
            pipeline = redis.pipeline(transaction=False).mget(self._count, *keys)
            for key in keys:
                pipeline.pttl(key)
            return await pipeline.execute()

        told = await self._shared.tried(read)
        if told is None:
            return [None] * len(names), 0
        (count, *found), *left = told
        entries = [
            unpacked(name[0].noun, data, milliseconds / 1000) if data is not None else None
            for name, data, milliseconds in zip(names, found, left, strict=True)
        ]
        return entries, int(count or 0)

    async def mark(self) -> int:
        """The count of what has been told out of date."""
        return int(await self._shared.tried(lambda redis: redis.get(self._count)) or 0)

    async def keep(self, version: str, entries: Sequence[tuple[Name, Entry]], seconds: float, mark: int) -> None:
        """Keep what was asked for at this count, but for entries of which a tag has been told out of date since."""

        async def kept(redis: Any) -> bool:
            pipeline = redis.pipeline(transaction=False)
            for name, entry in entries:
                keys = [self._count, self._name(version, name), *(self._tag(tag) for tag in sorted(entry.tags))]
                pipeline.eval(_KEEP, len(keys), *keys, packed(entry, seconds), int(seconds * 1000), mark)
            await pipeline.execute()
            return True

        await self._shared.tried(kept)

    async def forget(self, tags: frozenset[str]) -> bool:
        """Drop what has any of these tags; whether that could be done."""
        keys = [self._count, *(self._tag(tag) for tag in sorted(tags))]
        told = await self._shared.urged(lambda redis: redis.eval(_FORGET, len(keys), *keys, _TOLD_FOR))
        return told is not None

    def _name(self, version: str, name: Name) -> str:
        lookup, place, rest = name
        told = msgspec.msgpack.encode((str(lookup), place, rest), enc_hook=repr, order="deterministic")
        return self._shared.key("entry", version, blake2b(told, digest_size=16).hexdigest())

    def _tag(self, tag: str) -> str:
        """A tag's key: entries of all versions are under the same, so that no one is forgotten by half."""
        return self._shared.key("tag", str(FORM), tag)
