"""What an answer says of itself: systems that answer everything with HTTP 200 tell in the body how it went."""

from typing import Any

from model.faults import Malformed, Rejected, Unauthorised, Unavailable
from sources.grammar.outcome import OutcomeDeclaration
from sources.paths import Paths, Wanted
from sources.values import text


class Outcome:
    """Reads off a body whether it is an answer, as declared."""

    def __init__(self, source: str, declared: OutcomeDeclaration, paths: Paths) -> None:
        self._source = source
        self._declared = declared
        self._get = paths.compile(declared.at, Wanted.VALUE)

    def found(self, body: Any) -> bool:
        """Whether the body answers; False where it says that there is no such thing, a fault where it is no answer."""
        declared = self._declared
        try:
            code = text(self._get(body))
        except ValueError as err:
            raise Malformed(self._source, "an answer that does not say how it went") from err
        if code in declared.good:
            return True
        if code in declared.missing:
            return False
        detail = f"outcome {code[:40]!r}"
        if code in declared.unauthorised:
            raise Unauthorised(self._source, detail)
        if code in declared.unavailable:
            raise Unavailable(self._source, detail)
        raise Rejected(self._source, detail)
