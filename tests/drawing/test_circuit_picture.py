"""Pictures of circuits: always the same, always legible, never more than what is known, and never less."""

from xml.etree import ElementTree

import pytest
from msgspec.structs import replace

from gateway.drawing import circuit as picture
from gateway.drawing.facts import Alarm, Alarms, Customer, Element, ElementId, End, Loss, Missing, Place

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "</text></svg><script>alert(1)</script>\"' onload=x <![CDATA[ &amp; &bogus; \x00\x1b\ud800\u202e ]]> <!--"
DRAWN = {"svg", "title", "desc", "style", "rect", "text", "g", "path", "polygon", "circle"}


def read(drawn: bytes) -> ElementTree.Element:
    """Parse a picture strictly."""
    return ElementTree.fromstring(drawn)  # noqa: S314 - it is ours


def words(drawn: bytes) -> str:
    """Read everything that is written in a picture."""
    return " ".join(read(drawn).itertext())


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(("hops", "protecting"), [(1, 0), (3, 0), (3, 2), (12, 7), (60, 60), (0, 0)])
def test_nothing_covers_anything(circuit, geometry, hops, protecting, language):
    """Cards and texts keep apart, with three hops and with sixty."""
    drawn = picture.drawn(circuit(hops, protecting), [], language)
    assert [] == geometry(drawn).collisions()


def test_long_names_are_cut_to_their_place(circuit, geometry):
    """The widest of names and ports stay on their cards; the whole name is in the tip."""
    long = "很长的网元名称" * 20
    one = circuit(7, 2)
    hops = [
        replace(
            hop,
            element=replace(hop.element, name=long, vendor="W" * 60, role="M" * 60),
            link=hop.link and replace(hop.link, risk_group="W" * 80, layer="W" * 40),
            in_port="W" * 50,
            out_port="W" * 50,
        )
        for hop in one.routes[0].hops
    ]
    end = End(Place("s", "W" * 300, "W" * 90), "W" * 40)
    changed = replace(
        one,
        code="W" * 200,
        name=long,
        customer=Customer("C1", "W" * 200),
        a_end=end,
        routes=[replace(one.routes[0], hops=hops)],
    )
    drawn = picture.drawn(changed, [], "en")
    assert [] == geometry(drawn).collisions()
    assert long in words(drawn)


def test_the_same_facts_are_the_same_bytes(circuit):
    """Nothing depends on chance, on the hour, or on who told of an alarm first."""
    one = circuit(12, 7)
    turned = [
        replace(route, hops=[replace(hop, alarms=Alarms(nodes=hop.alarms.nodes[::-1])) for hop in route.hops])
        for route in one.routes
    ]
    assert picture.drawn(one, [], "en") == picture.drawn(circuit(12, 7), [], "en")
    assert picture.drawn(one, [], "en") == picture.drawn(replace(one, routes=turned), [], "en")


def test_what_an_upstream_writes_stays_text(circuit):
    """Whatever a name contains, the picture is well-formed and has no element but those that are drawn."""
    one = circuit(3)
    hop = one.routes[0].hops[0]
    evil = replace(
        hop,
        in_port=HOSTILE,
        element=Element(HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE, HOSTILE),
        link=replace(hop.link, name=HOSTILE, risk_group=HOSTILE, layer=HOSTILE),
        alarms=Alarms(nodes=[Alarm(HOSTILE, HOSTILE, HOSTILE, HOSTILE)], missing=[Missing(HOSTILE, HOSTILE)]),
    )
    changed = replace(
        one,
        code=HOSTILE,
        name=HOSTILE,
        state=HOSTILE,
        category=HOSTILE,
        sla_class=HOSTILE,
        bandwidth_bps=HOSTILE,
        customer=Customer(HOSTILE, HOSTILE),
        a_end=End(Place(HOSTILE, HOSTILE, HOSTILE), HOSTILE, HOSTILE),
        routes=[replace(one.routes[0], role=HOSTILE, hops=[evil, *one.routes[0].hops[1:]])],
    )
    root = read(picture.drawn(changed, [Loss(HOSTILE, HOSTILE, HOSTILE)], "en"))
    assert {node.tag.removeprefix(SVG) for node in root.iter()} <= DRAWN
    assert not [name for node in root.iter() for name in node.attrib if name.lower().startswith("on")]
    assert "<script>alert(1)</script>" in " ".join(root.itertext())


def test_a_picture_says_itself_to_who_cannot_see_it(circuit):
    """A title, a description of hops and alarms, and the language they are in."""
    root = read(picture.drawn(circuit(12), [], "zh"))
    told = {node.get("id"): node.text for node in root if node.tag in (f"{SVG}title", f"{SVG}desc")}
    assert "img" == root.get("role")
    assert root.get("aria-labelledby").split() == list(told)
    assert "电路 SYBJ-OTN-000042 · 屿林汽车制造沈阳-北京OTN专线00042" == told["title"]
    assert "沈阳第0枢纽节点-OSN1800V → 沈阳第1枢纽节点-OSN1800V" in told["description"]
    assert "沈阳第1枢纽节点-OSN1800V 1/1/1：LOS（紧急）" in told["description"]
    assert "zh-Hans" == root.get("{http://www.w3.org/XML/1998/namespace}lang")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", ["alarms unknown: alarms SOURCE_TIMED_OUT", "routes unknown: Resources SOURCE_REFUSED"]),
        ("zh", ["告警未知：alarms SOURCE_TIMED_OUT", "路由未知：Resources SOURCE_REFUSED"]),
    ],
)
def test_what_is_missing_is_said(circuit, language, expected):
    """Silence about alarms is not the absence of alarms."""
    silent = Alarms("PARTIAL", [Missing("alarms", "SOURCE_TIMED_OUT")])
    drawn = picture.drawn(
        circuit(0, alarms=silent, routes=None), [Loss("routes", "Resources", "SOURCE_REFUSED")], language
    )
    said = words(drawn)
    assert [] == [line for line in expected if line not in said]
    assert "no active alarms" not in said
    assert "无活动告警" not in said


def test_some_alarms_are_not_all(circuit):
    """What is known is drawn, and that there may be more is said."""
    one = circuit(6)
    hops = [
        replace(hop, alarms=replace(hop.alarms, missing=[Missing("nms", "SOURCE_REFUSED")]))
        for hop in one.routes[0].hops
    ]
    said = words(picture.drawn(replace(one, routes=[replace(one.routes[0], hops=hops)]), [], "en"))
    assert "alarms incomplete: nms SOURCE_REFUSED" in said
    assert "LOS 1/1/1" in said


def test_alarms_are_where_they_are(circuit):
    """On the port and the link it faces; echoes blame no link; what is nowhere on the route is told apart."""
    one = circuit(2)
    near, far = one.routes[0].hops
    bare = [replace(near, alarms=Alarms()), replace(far, alarms=Alarms())]
    los = Alarm("a:1", "CRITICAL", "LOS", "1/1/2", element=ElementId(near.element.element_id))
    ais = Alarm("a:2", "MINOR", "AIS", "1/1/1", element=ElementId(far.element.element_id))
    stray = Alarm("a:3", "MAJOR", "SD", None)

    def ways(alarms: list[Alarm]) -> list[str]:
        changed = replace(one, alarms=Alarms(nodes=alarms), routes=[replace(one.routes[0], hops=bare)])
        root = read(picture.drawn(changed, [], "en"))
        return [node.get("class", "") for node in root.iter(f"{SVG}path") if node.get("class", "").startswith("way")]

    assert "way s0" in ways([los])
    assert "way s2" not in ways([ais])
    changed = replace(one, alarms=Alarms(nodes=[los, ais, stray]), routes=[replace(one.routes[0], hops=bare)])
    said = words(picture.drawn(changed, [], "en"))
    assert "Not on a drawn hop:" in said
    assert "SD (major)" in said


def test_an_incomplete_route_shows_its_gap(circuit):
    """Hops that nobody knows are a gap, not a link."""
    one = circuit(5)
    route = one.routes[0]
    known = replace(one, routes=[replace(route, complete=False, hops=[*route.hops[:2], *route.hops[3:]])])
    said = words(picture.drawn(known, [], "en"))
    assert "unknown hops" in said
    assert "not every hop is known" in said


def test_a_shared_risk_is_pointed_out(circuit):
    """A protection that fails together with what it protects is no protection."""
    one = circuit(3, 3)
    working, protection = one.routes
    hops = [replace(hop, link=hop.link and replace(hop.link, risk_group="SRLG-W-1")) for hop in protection.hops]
    said = words(picture.drawn(replace(one, routes=[working, replace(protection, hops=hops)]), [], "en"))
    assert "shares with the working route: SRLG-W-1" in said


def test_endless_routes_end(circuit):
    """Beyond what can be looked at, hops are counted."""
    assert "and 50 more hops" in words(picture.drawn(circuit(250), [], "en"))
