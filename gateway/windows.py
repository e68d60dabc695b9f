"""Requests counted in this process, in windows of fixed length.

One that would end later than a new one, since the clock was set back, has ended: else it would for as long be full.
"""

ROOM = 10_000
"""So many windows are kept; when there are more, those that have ended go, and there is room for twice what is left."""


class Window:
    """Requests counted until it `ends`, in seconds since 1970."""

    __slots__ = ("count", "ends")

    def __init__(self, ends: float) -> None:
        self.count, self.ends = 0, ends


class Windows:
    """Counts by name and key; a window begins with its first request."""

    def __init__(self) -> None:
        self._windows: dict[tuple[str, str], Window] = {}
        self._room = ROOM

    def hit(self, name: str, key: str, seconds: float, now: float) -> Window:
        """Count one request, in the window that there is, or in a new one of so many seconds."""
        window = self._windows.get((name, key))
        if window is None or not now < window.ends <= now + seconds:
            window = self._begin(name, key, now + seconds, now)
        window.count += 1
        return window

    def now(self, name: str, key: str, seconds: float, now: float) -> Window:
        """The window that there is, or one in which nothing was counted, without counting."""
        window = self._windows.get((name, key))
        return window if window is not None and now < window.ends <= now + seconds else Window(now)

    def _begin(self, name: str, key: str, ends: float, now: float) -> Window:
        if len(self._windows) >= self._room:
            self._windows = {place: window for place, window in self._windows.items() if window.ends > now}
            self._room = max(ROOM, 2 * len(self._windows))
        begun = self._windows[name, key] = Window(ends)
        return begun
