"""What each source did for a request, in a word and a code; and how long it is still waited for."""

from datetime import UTC, datetime, timedelta

import pytest

from model.answer import Answer
from model.caller import Caller
from model.faults import CircuitOpen, SetAside, TimedOut, Unavailable
from model.keys import Lookup
from resolvers.outcomes import Outcomes
from resolvers.upstreams import Upstreams
from resolvers.worklist import Worklist

BY_CODE = Lookup("circuit", "code")
THEN = datetime.now(UTC) - timedelta(hours=5)
FRESH = Answer(records=[], as_of=datetime.now(UTC))
OLD = Answer(records=[], as_of=THEN, stale=True)
DOWN = Unavailable("crm")


def told(*said):
    """What is reported of `crm` to staff."""
    outcomes = Outcomes({"crm": 1}, Worklist())
    outcomes.note("crm", BY_CODE, 0.1, said)
    report = outcomes.report(Upstreams({}, labels={"crm": "crm", "copy": "copy"}), Caller("op", staff=True))
    return [(one.source, one.outcome, one.code, one.age_ms // 3_600_000) for one in report]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ([FRESH], [("crm", "ok", None, 0)]),
        ([FRESH, DOWN], [("crm", "failed", "SOURCE_UNAVAILABLE", 0)]),
        ([CircuitOpen("crm")], [("crm", "skipped", "SOURCE_CIRCUIT_OPEN", 0)]),
        ([SetAside("crm")], [("crm", "skipped", "SOURCE_SET_ASIDE", 0)]),
        ([FRESH, OLD], [("crm", "stale", None, 5)]),
        (
            [Answer(records=[], as_of=THEN, stale=True, because=DOWN)],
            [("crm", "stale", "SOURCE_UNAVAILABLE", 5)],
        ),
        (
            [Answer(records=[], as_of=FRESH.as_of, source="copy", because=DOWN)],
            [("copy", "ok", None, 0), ("crm", "failed", "SOURCE_UNAVAILABLE", 0)],
        ),
    ],
    ids=["good", "a key failed", "left in peace", "set aside", "old", "old for a fault", "a copy"],
)
def test_a_source_is_told_in_a_word_and_a_code(said, expected):
    """Old answers tell their age, and why they are given; who answered for another is told beside it."""
    assert expected == told(*said)


def test_what_was_kept_saves_no_time_a_second_time():
    """A source that hangs is waited for before an old answer is given; a copy that answers for it needs its time."""
    outcomes = Outcomes({}, Worklist())
    hangs = TimedOut("crm")
    outcomes.note("crm", BY_CODE, 3.0, [Answer(records=[], as_of=FRESH.as_of, source="copy", because=hangs)])
    assert 110.0 == outcomes.until("crm", 110.0, 103.0)
    outcomes.note("crm", BY_CODE, 3.0, [Answer(records=[], as_of=THEN, stale=True, because=hangs)])
    assert 106.6 == outcomes.until("crm", 110.0, 106.0)


def test_a_source_that_hangs_costs_its_time_about_once():
    """What it did not answer in three seconds, it gets a fifth of for the rest; nobody else is concerned."""
    outcomes = Outcomes({}, Worklist())
    assert 110.0 == outcomes.until("crm", 110.0, 100.0)
    outcomes.note("crm", BY_CODE, 3.0, [TimedOut("crm")])
    outcomes.note("alarms", BY_CODE, 3.0, [Unavailable("alarms")])
    assert (103.6, 110.0) == (outcomes.until("crm", 110.0, 103.0), outcomes.until("alarms", 110.0, 103.0))
    assert 103.1 == outcomes.until("crm", 103.1, 103.0)
    outcomes.note("crm", BY_CODE, 0.6, [TimedOut("crm")])
    assert 104.6 == outcomes.until("crm", 110.0, 104.0)
