"""The benchmark's data: the same for every run and every contestant."""

from bench.field.rows import Shape, branches
from bench.field.twice import first, second

SMALL = Shape(enterprises=2, branches=2, circuits=6, hops=3)


def test_the_same_seed_makes_the_same_rows() -> None:
    """Figures of two runs are about the same work."""
    assert list(branches(SMALL, 7)) == list(branches(SMALL, 7))
    assert list(branches(SMALL, 7)) != list(branches(SMALL, 8))


def test_there_is_as_much_as_the_shape_says() -> None:
    """Every circuit has one route of so many hops."""
    everybody = list(branches(SMALL))
    assert 4 == len(everybody)
    assert {6} == {len(branch.circuits) for branch in everybody}
    assert {3} == {len(route["hops"]) for branch in everybody for route in branch.routes}


def test_two_systems_together_say_what_one_says() -> None:
    """The second fills what the first leaves out, so that nobody can answer without merging."""
    whole = next(branches(SMALL))
    known = {row["code"]: row for row in second(whole).circuits}
    told = first(whole).circuits
    assert whole.circuits != told
    assert whole.circuits == [
        {name: row.get(name, known[row["code"]].get(name)) for name in whole.circuits[0]} for row in told
    ]
    disagreeing = [row["code"] for row in told if row["bandwidthBps"] != known[row["code"]]["bandwidthBps"]]
    assert ["C1000-00"] == disagreeing
