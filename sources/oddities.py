"""What a source says that it should not: counted always, logged the first time."""

import logging
from collections import Counter
from collections.abc import Mapping

log = logging.getLogger(__name__)


class Oddities:
    """The oddities of one source, by what they are and where.

    Kinds: `foreign rows` (nobody asked for them), `rows without identity`, `unreadable values`, `duplicate rows`.
    The log gets no data of the source above the level `debug`.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self._counts: Counter[tuple[str, str]] = Counter()

    @property
    def counts(self) -> Mapping[tuple[str, str], int]:
        """(kind, where) -> how often."""
        return self._counts

    def note(self, kind: str, where: str, value: object = None, *, times: int = 1) -> None:
        """Count one more of a kind, or several."""
        first = not self._counts[kind, where]
        self._counts[kind, where] += times
        if first:
            log.warning("%s: %s in %s (told once)", self.source, kind, where)
        if value is not None and log.isEnabledFor(logging.DEBUG):
            log.debug("%s: %s in %s: %.60r", self.source, kind, where, value)
