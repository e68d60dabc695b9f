"""What somebody should look at: the last things seen, each once, in bounds."""

from model.faults import Malformed
from model.keys import Lookup
from resolvers.worklist import WorkKind, Worklist


def test_what_is_seen_again_is_newer_and_counted():
    """The same fields, the same sources: one piece of work."""
    worklist = Worklist()
    worklist.note_conflict("circuit", "C1", "name", ["crm", "inventory"])
    worklist.note_conflict("circuit", "C2", "name", ["crm", "inventory"])
    worklist.note_conflict("circuit", "C1", "name", ["inventory", "crm"])
    worklist.note_drift("crm", Lookup("circuit", "code"), Malformed("crm"))
    seen = [(work.about.kind, work.about.key, work.about.lookup, work.times) for work in worklist.newest(10)]
    assert [
        (WorkKind.DRIFT, None, "circuit by code", 1),
        (WorkKind.CONFLICT, "C1", None, 2),
        (WorkKind.CONFLICT, "C2", None, 1),
    ] == seen


def test_the_oldest_goes():
    """So many, and no more."""
    worklist = Worklist(at_most=3)
    for number in range(5):
        worklist.note_conflict("circuit", f"C{number}", "name", ["a", "b"])
    assert ["C4", "C3", "C2"] == [work.about.key for work in worklist.newest(10)]
    assert ["C4"] == [work.about.key for work in worklist.newest(1)]
