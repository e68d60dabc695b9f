"""How much one caller has under way at the same time, so that nobody takes all of a gateway."""

from collections.abc import Iterator
from contextlib import contextmanager

from gateway.refusals import too_many_at_once
from model.caller import Caller


class AtOnce:
    """Counts what is under way, in this process, by caller."""

    def __init__(self, at_most: int) -> None:
        self._at_most = at_most
        self._under_way: dict[str, int] = {}

    @contextmanager
    def __call__(self, caller: Caller) -> Iterator[None]:
        """Count a request for as long as the block lasts; refuses one too many."""
        subject = caller.subject
        under_way = self._under_way.get(subject, 0)
        if under_way >= self._at_most:
            raise too_many_at_once(self._at_most)
        self._under_way[subject] = under_way + 1
        try:
            yield
        finally:
            left = self._under_way[subject] - 1
            if left:
                self._under_way[subject] = left
            else:
                del self._under_way[subject]
