"""What each row of an answer says of itself: in a batch, one key may fail while the others are answered."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from model.faults import SourceFault, Unauthorised
from sources.grammar.lookup import AnsweredDeclaration, LookupDeclaration
from sources.outcomes import Outcome
from sources.paths import Getter, Paths
from sources.rows import Row


class Verdicts:
    """Reads off each of the outermost rows of an answer how it went, where a lookup declares that they say so."""

    def __init__(self, source: str, declared: AnsweredDeclaration, paths: Paths) -> None:
        outcome = declared.outcome if isinstance(declared, LookupDeclaration) else None
        self._outcome = Outcome(source, outcome, paths) if outcome is not None else None

    def of(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows, those that are no answers with their faults; what says that it is not there is left out.

        Unauthorised where none is an answer, and all because we are not let in: then other credentials may be worth
        a try.
        """
        if self._outcome is None:
            return rows
        judged = list(_judged(self._outcome, rows))
        faults = [row.fault for row in judged]
        if faults and all(isinstance(fault, Unauthorised) for fault in faults):
            raise faults[0]  # type: ignore[misc]  # all of them are
        return judged


def within(rows: Iterable[Row], step: Getter, inner: Any = list) -> list[Row]:
    """The rows to which a further step leads inside each of these; what is no answer stays."""
    return [
        one
        for row in rows
        for one in ([row] if row.fault is not None else [Row(data, row.data) for data in inner(step(row.data))])
    ]


def _judged(outcome: Outcome, rows: Iterable[Row]) -> Iterator[Row]:
    for row in rows:
        try:
            if outcome.found(row.data):
                yield row
        except SourceFault as err:
            yield Row(row.data, row.data, fault=err)  # its key may be told here, or around the rows within
