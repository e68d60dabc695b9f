"""Pictures of customers: places apart, names where there is room, the worst on top, and what is left out counted."""

from xml.etree import ElementTree

import pytest
from msgspec.structs import replace

from gateway.drawing import customer as picture
from gateway.drawing.facts import Alarms, Circuits, End, Missing, PageInfo, Place


def read(drawn: bytes) -> ElementTree.Element:
    """Parse a picture strictly."""
    return ElementTree.fromstring(drawn)  # noqa: S314 - it is ours


def words(drawn: bytes) -> str:
    """Read everything that is written in a picture."""
    return " ".join(read(drawn).itertext())


def scattered(customer, circuits: int, *, known: bool = True, city: str | None = None):
    """A customer with a place of its own at each end of each circuit, all near each other."""
    one = customer(circuits)

    def end(at: int) -> End:
        where = (30 + at % 7 * 0.01, 104 + at % 5 * 0.01) if known else (None, None)
        return End(Place(f"s{at}", f"屿林汽车制造网点{at}", city or f"城市{at}", *where))

    nodes = [replace(c, a_end=end(2 * at), z_end=end(2 * at + 1)) for at, c in enumerate(one.circuits.nodes)]
    return replace(one, circuits=replace(one.circuits, nodes=nodes))


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("circuits", [0, 1, 6, 60, 200])
def test_nothing_covers_anything(customer, geometry, circuits, language):
    """Names and lists keep apart, however many circuits there are."""
    assert [] == geometry(picture.drawn(customer(circuits), [], language)).collisions()


@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("city", [None, "沈阳"])
def test_many_places_in_one_spot_are_pushed_apart(customer, geometry, known, city):
    """Where the map has no room for a name, the list and the tip have it."""
    drawn = picture.drawn(scattered(customer, 40, known=known, city=city), [], "zh")
    assert [] == geometry(drawn).collisions()
    assert "另有 44 处" in words(drawn)
    assert known != ("位置未知" in words(drawn))


def test_the_same_facts_are_the_same_bytes(customer):
    """Whatever order the sources answered in."""
    one = customer(60)
    turned = replace(one, circuits=replace(one.circuits, nodes=one.circuits.nodes[::-1]))
    assert picture.drawn(one, [], "en") == picture.drawn(turned, [], "en")


def test_what_is_not_drawn_is_counted(customer):
    """The list is short, and says how much longer it is."""
    one = customer(60)
    assert "and 42 more" in words(picture.drawn(one, [], "en"))
    longer = replace(one, circuits=replace(one.circuits, total_count=3000, page_info=PageInfo(has_next_page=True)))
    said = words(picture.drawn(longer, [], "en"))
    assert "60 of 3000 circuits drawn" in said
    assert "and 2982 more" in said
    unknown = replace(longer, circuits=replace(longer.circuits, total_count=None))
    assert "the first 60 circuits" in words(picture.drawn(unknown, [], "en"))


def test_the_worst_comes_first(customer):
    """Circuits without alarms are below those with some."""
    drawn = read(picture.drawn(customer(30), [], "en"))
    codes = [text for node in drawn.iter() if (text := node.text or "").startswith("C-OTN-") and "·" not in text]
    assert ["C-OTN-000000", "C-OTN-000007", "C-OTN-000014", "C-OTN-000021", "C-OTN-000028", "C-OTN-000001"] == [
        code for code in codes if "," not in code and ":" not in code
    ][:6]


def test_what_is_missing_is_said(customer):
    """Alarms that could not be heard are not told as none."""
    one = customer(0)
    silent = Alarms("PARTIAL", [Missing("Alarms", "SOURCE_REFUSED")])
    nodes = [replace(c, alarms=silent) for c in customer(3).circuits.nodes]
    said = words(
        picture.drawn(replace(one, circuits=Circuits(None, "PARTIAL", [Missing("crm", "X")], nodes)), [], "en")
    )
    assert "alarms unknown: Alarms SOURCE_REFUSED" in said
    assert "circuits incomplete: crm X" in said
    assert "no active alarms ." not in said
