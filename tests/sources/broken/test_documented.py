"""What is documented of broken answers is what becomes of them."""

from collections.abc import Mapping
from pathlib import Path

from model.faults import SourceFault
from tests.sources.broken import test_broken_metrics as metrics
from tests.sources.broken.case import BOTH, Rows
from tests.sources.broken.test_broken_answers import MEDIA

DOCUMENT = Path(__file__).parents[3] / "docs" / "resilience.md"


def becomes(outcome: type[SourceFault] | Rows | metrics.Values, *, complete: bool, well: Rows | metrics.Values) -> str:
    """What becomes of a case, in the words of the document."""
    if isinstance(outcome, type):
        return f"`{outcome.code}`"
    if not complete:
        return "what came, told as incomplete"
    return "as it was meant" if outcome == well else "what can be believed of it" if outcome else "nothing found"


def table() -> str:
    """All cases, by medium and by what becomes of them."""
    told: dict[tuple[str, str], list[str]] = {}
    for medium in MEDIA:
        for name, case in medium.cases.items():
            outcome = becomes(case.becomes, complete=case.complete, well=BOTH)
            told.setdefault((medium.name, outcome), []).append(name)
    for name, (_, measured, complete) in metrics.BROKEN.items():
        told.setdefault(("metrics", becomes(measured, complete=complete, well=metrics.BOTH)), []).append(name)
    return "| in | what comes | becomes |\n| --- | --- | --- |\n" + _lines(told)


def _lines(told: Mapping[tuple[str, str], list[str]]) -> str:
    return "".join(f"| {medium} | {'; '.join(names)} | {outcome} |\n" for (medium, outcome), names in told.items())


def test_the_table_of_broken_answers_is_true() -> None:
    """Every case of the set stands there, under what becomes of it."""
    assert table() in DOCUMENT.read_text(encoding="utf-8")
