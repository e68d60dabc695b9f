"""How the benchmark tells in what way a cost grows."""

from xml.etree import ElementTree

import pytest

from bench.field.plot import plot
from bench.field.scaling import ROWS, Axis, Point, engine_rows, lined

SVG = "{http://www.w3.org/2000/svg}"


def points(*costs: float) -> list[Point]:
    """Points at 100, 200, ... that cost so many milliseconds."""
    return [Point(100 * number, cost) for number, cost in enumerate(costs, start=1)]


def test_what_grows_in_a_straight_line_is_told_by_what_it_costs_at_all_and_each() -> None:
    """2 ms, and 10 us a row."""
    axis = lined("rows", points(3, 4, 5, 6))
    assert (2, 10, 0) == pytest.approx((axis.fixed_ms, axis.each_us, axis.deviation), abs=1e-9)


def test_what_does_not_is_off_that_line() -> None:
    """What grows by the square is found out."""
    assert 0.2 < (lined("rows", points(1, 4, 9, 16)).deviation or 0)


def test_small_sizes_are_not_held_against_the_line() -> None:
    """There, what it costs at all is most of it."""
    assert 0 == pytest.approx(lined("rows", [Point(1, 50), *points(3, 4, 5)], since=100).deviation, abs=1e-9)


def test_the_figures_of_an_axis_are_told_by_size() -> None:
    """One object: axis -> points, line and deviation."""
    told = lined("rows", points(3, 4, 5)).told()
    assert ["100", "200", "300"] == list(told["points"])
    assert {"points", "fixed_ms", "each_us", "deviation"} == set(told)
    assert {"points"} == set(Axis("clients", points(3, 4)).told())


def test_the_picture_has_every_point_and_stays_in_its_frame() -> None:
    """A panel an axis, and a circle a point."""
    axes = [lined("rows", [Point(at, 1 + at / 100) for at in ROWS]), Axis("clients", points(3, 4))]
    picture = ElementTree.fromstring(plot(axes))  # noqa: S314 - made here
    panels = picture.findall(f"{SVG}g")
    assert [len(ROWS), 2] == [len(panel.findall(f"{SVG}circle")) for panel in panels]
    across = [float(circle.attrib["cx"]) for circle in picture.iter(f"{SVG}circle")]
    assert 0 < min(across) < max(across) < float(picture.attrib["width"])


def test_the_engine_is_timed_up_to_a_hundred_thousand_rows() -> None:
    """In memory, without anybody's network."""
    axis = engine_rows(0)
    assert 90_000 < axis.points[-1].at
    assert all(point.cpu_ms > 0 for point in axis.points)
