"""Requests counted in this process, in windows of fixed length."""

from time import time

from limits import RateLimitItem
from limits.util import WindowStats

ROOM = 10_000
"""So many windows are kept; when there are more, those that have ended go, and there is room for twice what is left."""


class _Window:
    __slots__ = ("count", "ends")

    def __init__(self, ends: float) -> None:
        self.count, self.ends = 0, ends


class Windows:
    """Counts by key; a window begins with its first request."""

    def __init__(self) -> None:
        self._windows: dict[tuple[str, str], _Window] = {}
        self._room = ROOM

    def hit(self, item: RateLimitItem, name: str, key: str) -> tuple[bool, WindowStats]:
        """Count one request: whether it is let in, and what is left."""
        now = time()
        window = self._windows.get((name, key))
        if window is None or window.ends <= now:
            window = self._begin(item, name, key, now)
        window.count += 1
        return window.count <= item.amount, WindowStats(window.ends, max(0, item.amount - window.count))

    def stats(self, item: RateLimitItem, name: str, key: str) -> WindowStats:
        """What is left, without counting."""
        window, now = self._windows.get((name, key)), time()
        if window is None or window.ends <= now:
            return WindowStats(now, item.amount)
        return WindowStats(window.ends, max(0, item.amount - window.count))

    def _begin(self, item: RateLimitItem, name: str, key: str, now: float) -> _Window:
        if len(self._windows) >= self._room:
            self._windows = {place: window for place, window in self._windows.items() if window.ends > now}
            self._room = max(ROOM, 2 * len(self._windows))
        begun = self._windows[name, key] = _Window(now + item.get_expiry())
        return begun
