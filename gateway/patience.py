"""How long a request may take: as its caller's roles have it, or as the client asks, within a bound."""

from collections.abc import Mapping

from pydantic import TypeAdapter, ValidationError

from gateway.refusals import malformed
from gateway.settings import Settings
from model.caller import Caller
from sources.grammar.words import Duration

TIMEOUT_HEADER = "x-trunkline-timeout"
"""`X-Trunkline-Timeout: 800ms`, or `2s`: how long a client will wait; never longer than `longest`."""

_duration: TypeAdapter[float] = TypeAdapter(Duration)


class Patience:
    """The time that requests get, in seconds."""

    def __init__(self, settings: Settings) -> None:
        self._usual = settings.deadline
        self._by_role = settings.deadlines
        self._most = settings.longest

    def with_(self, caller: Caller, headers: Mapping[str, str]) -> float:
        """How many seconds a request of this caller gets; refuses a header that tells no duration."""
        asked = headers.get(TIMEOUT_HEADER)
        if asked is None:
            return self._of(caller) if self._by_role else self._usual
        try:
            return min(_duration.validate_python(asked), self._most)
        except ValidationError:
            raise malformed("X-Trunkline-Timeout tells a duration such as 800ms or 2s.") from None

    def _of(self, caller: Caller) -> float:
        """The longest of what the caller's roles have."""
        return max((self._by_role[role] for role in caller.roles if role in self._by_role), default=self._usual)
