"""How much one caller has under way at the same time, so that nobody takes all of a gateway."""

from gateway.refusals import too_many_at_once
from model.caller import Caller


class AtOnce:
    """Counts what is under way, in this process, by caller."""

    def __init__(self, at_most: int) -> None:
        self._at_most = at_most
        self._under_way: dict[str, int] = {}

    def enter(self, caller: Caller) -> None:
        """Begin a request, or refuse one too many; whoever has begun one leaves again."""
        under_way = self._under_way.get(caller.subject, 0)
        if under_way >= self._at_most:
            raise too_many_at_once(self._at_most)
        self._under_way[caller.subject] = under_way + 1

    def leave(self, caller: Caller) -> None:
        """End a request."""
        left = self._under_way[caller.subject] - 1
        if left:
            self._under_way[caller.subject] = left
        else:
            del self._under_way[caller.subject]
