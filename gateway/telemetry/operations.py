"""Operations by name: how many there were, what came of them, how long they took."""

from collections import Counter
from collections.abc import Collection, Mapping

from sources.durations import Durations

AT_MOST = 100
"""So many names are told apart; clients make them up."""
ANONYMOUS, OTHER = "anonymous", "other"
_ANSWERED = frozenset({"ok", "partial"})


class Answered:
    """The operations of one name so far."""

    __slots__ = ("durations", "outcomes")

    def __init__(self) -> None:
        self.durations = Durations()
        self.outcomes: Counter[str] = Counter()
        """`ok`, `partial`, `refused`, `failed` or `cancelled`."""


class Operations:
    """All operations. names: those that are told apart; without any, the first that are answered."""

    def __init__(self, names: Collection[str] = ()) -> None:
        self._learns = not names
        self._by_name = {name: Answered() for name in (*names, ANONYMOUS, OTHER)}

    @property
    def by_name(self) -> Mapping[str, Answered]:
        """What is known so far."""
        return self._by_name

    def note(self, name: str | None, outcome: str, seconds: float) -> None:
        """Count one more."""
        answered = self._by_name.get(name or ANONYMOUS) or self._newcomer(name or ANONYMOUS, outcome)
        answered.durations.note(seconds)
        answered.outcomes[outcome] += 1

    def _newcomer(self, name: str, outcome: str) -> Answered:
        """Where a name is counted that nobody has told of: what is not answered earns none a place."""
        if not self._learns or outcome not in _ANSWERED or len(self._by_name) >= AT_MOST + 2:
            return self._by_name[OTHER]
        return self._by_name.setdefault(name, Answered())
