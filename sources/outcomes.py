"""What an answer says of itself: systems that answer everything with HTTP 200 tell in the body how it went."""

from typing import Any

from model.faults import Malformed, Rejected, Unauthorised, Unavailable
from sources.grammar.outcome import NOTHING, OutcomeDeclaration
from sources.paths import ABSENT, Paths, Wanted
from sources.units import plain
from sources.values import text


class Outcome:
    """Reads off a body whether it is an answer, as declared."""

    def __init__(self, source: str, declared: OutcomeDeclaration, paths: Paths) -> None:
        self._source = source
        self._declared = declared
        self._known = {*declared.good, *declared.missing, *declared.unauthorised, *declared.unavailable}
        self._get = paths.compile(declared.at, Wanted.VALUE)

    def found(self, body: Any) -> bool:
        """Whether the body answers; False where it says that there is no such thing, a fault where it is no answer."""
        declared = self._declared
        code = self._code(body)
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

    def _code(self, body: Any) -> str:
        found = self._get(body)
        if (found is None or found is ABSENT) and NOTHING in self._known:
            return NOTHING
        try:
            code = text(found)
        except ValueError as err:
            raise Malformed(self._source, "an answer that does not say how it went") from err
        return code if code in self._known else plain(code)
