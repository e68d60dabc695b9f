"""A bounded memory that counts."""

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Lru(Generic[K, V]):
    """Keeps the `size` entries that were used last, and counts hits, misses and evictions."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.hits = self.misses = self.evictions = 0
        self._entries: dict[K, V] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: K) -> V | None:
        """The entry, which now is the one that was used last."""
        found = self._entries.pop(key, None)
        if found is None:
            self.misses += 1
            return None
        self.hits += 1
        self._entries[key] = found
        return found

    def put(self, key: K, value: V) -> None:
        """Keep an entry; what was used longest ago makes room."""
        self._entries.pop(key, None)
        self._entries[key] = value
        if len(self._entries) > self.size:
            del self._entries[next(iter(self._entries))]
            self.evictions += 1

    def counts(self) -> dict[str, int]:
        """What has been counted so far."""
        return {"size": len(self), "hits": self.hits, "misses": self.misses, "evictions": self.evictions}
