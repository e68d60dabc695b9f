"""A bounded memory that counts."""

from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Lru(Generic[K, V]):
    """Keeps the `size` entries that were used last, and counts hits, misses and evictions.

    weight: what they may weigh together, if told what each does; the one that came last is kept whatever it weighs.
    """

    def __init__(self, size: int, weight: int | None = None) -> None:
        self.size = size
        self.weight = weight
        self._weighs = 0
        self._weights: dict[K, int] = {}
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

    def put(self, key: K, value: V, weight: int = 0) -> None:
        """Keep an entry; what was used longest ago makes room."""
        self._drop(key)
        self._entries[key] = value
        self._weights[key] = weight
        self._weighs += weight
        while len(self._entries) > self.size or (self._is_heavy() and len(self._entries) > 1):
            self._drop(next(iter(self._entries)))
            self.evictions += 1

    def _is_heavy(self) -> bool:
        return self.weight is not None and self._weighs > self.weight

    def _drop(self, key: K) -> None:
        if self._entries.pop(key, None) is not None:
            self._weighs -= self._weights.pop(key)

    def counts(self) -> dict[str, int]:
        """What has been counted so far."""
        return {"size": len(self), "hits": self.hits, "misses": self.misses, "evictions": self.evictions}
