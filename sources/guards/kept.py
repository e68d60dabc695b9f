"""Answers that are kept for a while, in this process: so many, of so many bytes, the longest unused going first."""

from collections import deque
from collections.abc import Iterable
from typing import TypeAlias

from msgspec import Struct

from model.answer import Answer
from model.keys import Key, Lookup

Name: TypeAlias = tuple[Lookup, Key | None, tuple[object, ...]]
"""Lookup, key (or place in a list), and what else decides the answer, but for the fields."""
_OVERHEAD = 400
"""Bytes that an entry takes besides what it says, about."""
_REMEMBERED = 256


class Entry(Struct, frozen=True):
    """What was said. answer: None: there is no such thing. fields: that were asked for.

    at: when it came, by the clock of who keeps it. size: how many bytes the answer has, about.
    """

    answer: Answer | None
    fields: frozenset[str]
    at: float
    tags: frozenset[str]
    size: int = 0


class Kept:
    """The entries of one source."""

    def __init__(self, entries: int, size: int) -> None:
        self._entries_at_most = entries
        self._bytes_at_most = size
        self._entries: dict[Name, Entry] = {}
        self._by_tag: dict[str, set[Name]] = {}
        self._dropped: deque[tuple[int, frozenset[str]]] = deque(maxlen=_REMEMBERED)
        self.bytes = 0
        self.mark = 0
        """Counts what was told to be out of date; an answer that was asked for before is not kept after."""

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, name: Name) -> Entry | None:
        """What is kept under a name, which is used by that."""
        entry = self._entries.pop(name, None)
        if entry is not None:
            self._entries[name] = entry
        return entry

    def keep(self, name: Name, entry: Entry, mark: int) -> bool:
        """Keep an answer that was asked for when the mark was as told, unless it has been told out of date since."""
        if self._is_outdated(entry.tags, mark):
            return False
        self._drop(name)
        self._entries[name] = entry
        self.bytes += entry.size + _OVERHEAD
        for tag in entry.tags:
            self._by_tag.setdefault(tag, set()).add(name)
        while len(self._entries) > self._entries_at_most or self.bytes > self._bytes_at_most:
            self._drop(next(iter(self._entries)))
        return True

    def forget(self, tags: frozenset[str]) -> int:
        """Drop what has any of these tags; how many that were."""
        self.mark += 1
        self._dropped.append((self.mark, tags))
        names = set[Name]().union(*(self._by_tag.get(tag, ()) for tag in tags))
        self._drop_all(names)
        return len(names)

    def forget_all(self) -> None:
        """Drop everything."""
        self.mark += _REMEMBERED + 1
        self._dropped.clear()
        self._entries.clear()
        self._by_tag.clear()
        self.bytes = 0

    def _is_outdated(self, tags: frozenset[str], mark: int) -> bool:
        if mark == self.mark:
            return False
        if self.mark - mark > len(self._dropped):
            return True  # more was told than is remembered
        return any(told > mark and not tags.isdisjoint(gone) for told, gone in self._dropped)

    def _drop_all(self, names: Iterable[Name]) -> None:
        for name in names:
            self._drop(name)

    def _drop(self, name: Name) -> None:
        entry = self._entries.pop(name, None)
        if entry is None:
            return
        self.bytes -= entry.size + _OVERHEAD
        for tag in entry.tags:
            named = self._by_tag[tag]
            named.discard(name)
            if not named:
                del self._by_tag[tag]
