"""What a source says to many keys as a whole is what it says to each of them."""

from datetime import UTC, datetime

from model.answer import Answer
from model.records import Circuit
from sources.contract import Answers

NOW = datetime.now(UTC)
RECORDS = {"A": [Circuit(code="A"), Circuit(code="B")], "C": []}
ANSWERS = Answers(RECORDS, NOW)


def test_an_answer_is_made_for_who_asks_for_one() -> None:
    """Whole, of now and the source's own; of what is left out there is none."""
    expected = {key: Answer(records=records, as_of=NOW) for key, records in RECORDS.items()}
    assert (expected, list(expected.values())) == (dict(ANSWERS), list(ANSWERS.values()))
    assert (None, False, True, 2) == (ANSWERS.get("D"), "D" in ANSWERS, "C" in ANSWERS, len(ANSWERS))


def test_records_are_told_in_the_order_of_keys() -> None:
    """Of a key that comes twice they are the same ones, of one that is not there none."""
    assert [[], RECORDS["A"], (), RECORDS["A"]] == ANSWERS.column(["C", "A", "D", "A"])


def test_a_part_of_it_is_of_the_same_time() -> None:
    """It has the keys that were answered, in the order in which they are asked for."""
    part = ANSWERS.among(["C", "D", "A"])
    assert (["C", "A"], {key: ANSWERS[key] for key in "CA"}) == (list(part), dict(part))
