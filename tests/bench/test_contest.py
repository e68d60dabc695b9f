"""How the benchmark judges: whether answers are equal, and what figures come to beside the others."""

import json

import pytest

from bench.field.answers import Differs, data_of, hold
from bench.field.contestants import CONTESTANTS
from bench.field.figures import Figures, compared, median, table


def test_what_was_asked_about_provenance_is_left_out() -> None:
    """Only one contestant can tell of it."""
    told = {"data": {"circuit": {"code": "A", "provenance": [{"source": "crm"}]}}, "extensions": {"sources": []}}
    assert {"circuit": {"code": "A"}} == data_of(json.dumps(told).encode())


def test_an_answer_with_errors_is_none() -> None:
    """Errors are fast to give."""
    with pytest.raises(Differs, match="errors"):
        data_of(b'{"data": null, "errors": [{"message": "no"}]}')


@pytest.mark.parametrize(
    ("found", "where"),
    [
        ({"nodes": [{"code": "A"}]}, r"data\.nodes has 1 items and should have 2"),
        ({"nodes": [{"code": "A"}, {"code": "C"}]}, r"data\.nodes\[1\]\.code is 'C' and should be 'B'"),
        ({"nodes": [{"code": "A"}, {"name": "B"}]}, r"data\.nodes\[1\] has \['name'\] and should have \['code'\]"),
        ({"nodes": None}, r"data\.nodes is 'None'"),
    ],
)
def test_the_first_difference_is_told(found: object, where: str) -> None:
    """Whoever answers otherwise is not timed."""
    with pytest.raises(Differs, match=where):
        hold({"nodes": [{"code": "A"}, {"code": "B"}]}, found)


def test_equal_answers_are_equal_whatever_the_order_of_their_fields() -> None:
    """JSON objects have none."""
    hold({"a": 1, "b": [True, None]}, {"b": [True, None], "a": 1})


def figures(cpu_ms: float, failed: int = 0) -> Figures:
    """Figures of which only the processor time matters."""
    return Figures(cpu_ms, 10, 1, 2, 50, 5, 36000, failed)


def test_figures_are_medians_and_failures_are_all_counted() -> None:
    """One slow round is not what a contestant is like."""
    assert figures(2, failed=3) == median([figures(1, failed=1), figures(2), figures(9, failed=2)])


def test_each_is_held_against_those_that_did_the_same_work() -> None:
    """Who merges two systems by Trunkline is held against peers who do so, too; the floor is no peer."""
    measured = {
        "floor": figures(0.5),
        "yoga-jit": figures(2),
        "mercurius-jit": figures(1.5),
        "mercurius-jit-two": figures(3),
        "trunkline": figures(3),
        "trunkline-two": figures(1.5),
    }
    told = {name: one.told() for name, one in compared(measured, CONTESTANTS).items()}
    assert ("mercurius-jit", 2.0) == (told["trunkline"]["best_peer"], told["trunkline"]["ratio_to_best_peer"])
    assert ("mercurius-jit-two", 0.5) == (
        told["trunkline-two"]["best_peer"],
        told["trunkline-two"]["ratio_to_best_peer"],
    )
    assert 0.5 == told["mercurius-jit"]["ratio"]
    assert "best_peer" not in told["yoga-jit"]
    assert 1 + len(measured) == len(list(table("q2", compared(measured, CONTESTANTS))))
