"""Routes from NetBox: cables followed from both ends, joined across devices, in a bounded number of calls."""

import json
from pathlib import Path
from typing import Any

import pytest

from model.answer import Answer
from model.enums import RouteRole
from model.faults import Malformed, SourceFault, Unauthorised, Unavailable
from model.keys import Key, Lookup
from tests.sources.chaos import Chaos, always, as_json
from tests.sources.conftest import AskFor, Declare, Serve
from tests.sources.plant import Plant

pytestmark = pytest.mark.anyio
ROUTES = Lookup("route", "circuit")
RECORDED = Path(__file__).parent.parent / "recorded"
PRESET = "preset: netbox\nauth: {bearer: {env: NETBOX_TOKEN}}"


@pytest.fixture(autouse=True)
def token(monkeypatch: pytest.MonkeyPatch) -> None:
    """The token of 4.7's form."""
    monkeypatch.setenv("NETBOX_TOKEN", "nbt_Key4711.secret")


class Traced:
    """What became of asking a plant for routes, and what it was asked."""

    def __init__(self, answers: dict[Key, Answer | SourceFault], chaos: Chaos, counts: dict[Any, int]) -> None:
        self.answers = answers
        self.seen = chaos.seen
        self.headers = chaos.headers
        self.counts = counts

    def route(self, code: str) -> Any:
        """The one route of a circuit; None for none."""
        answer = self.answers[code]
        assert isinstance(answer, Answer)
        assert len(answer.records) <= 1
        return answer.records[0] if answer.records else None

    def hops(self, code: str) -> list[tuple[str | None, str | None, str | None, str | None]]:
        """Element, in, out and link of each hop."""
        return [(hop.element, hop.in_port, hop.out_port, hop.link) for hop in self.route(code).hops]


@pytest.fixture
def trace(serve: Serve, declare: Declare, ask: AskFor) -> Any:
    """Ask a plant for the routes of circuits."""

    async def traced(plant: Plant, *codes: str, more: str = "") -> Traced:
        chaos = Chaos(plant.answer)
        source = declare(await serve(chaos), f"{PRESET}\n{more}", name="netbox")
        answers = await source.fetch(ROUTES, codes, ask("route"))
        return Traced(dict(answers), chaos, dict(source.oddities.counts))

    return traced


def multihop(plant: Plant, code: str, prefix: str = "") -> list[str]:
    """From CPE to CPE over two patched devices, as in the recorded trace; gives the ids of the cables, A to Z."""
    a, z = plant.circuit(code)
    near, far = f"{prefix}wuh-cpe", f"{prefix}yic-cpe"
    front_a, rear_a = plant.panel(f"{prefix}wuh-adm1")
    front_z, rear_z = plant.panel(f"{prefix}yic-adm1")
    return [
        plant.cable(plant.port(near, "1/1"), a),
        plant.cable(plant.port(near, "1/2"), front_a),
        plant.cable(rear_z, rear_a),
        plant.cable(front_z, plant.port(far, "1/2")),
        plant.cable(z, plant.port(far, "1/1")),
    ]


async def test_a_route_goes_from_its_a_end_to_its_z_end(trace: Any) -> None:
    """Through passive and active devices, whichever end of a cable is its A end."""
    plant = Plant()
    _, first, second, third, _ = multihop(plant, "HB-1")
    traced = await trace(plant, "HB-1")
    assert traced.hops("HB-1") == [
        ("wuh-cpe", "1/1", "1/2", first),
        ("wuh-adm1", "F1", "R1", second),
        ("yic-adm1", "R1", "F1", third),
        ("yic-cpe", "1/2", "1/1", None),
    ]
    route = traced.route("HB-1")
    assert (route.circuit, route.role, route.complete) == ("HB-1", RouteRole.WORKING, True)
    assert [hop.sequence for hop in route.hops] == [1, 2, 3, 4]
    assert traced.headers[0]["authorization"] == "Bearer nbt_Key4711.secret"


async def test_the_recorded_ports_make_the_recorded_routes(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """As a real NetBox told them, here to whatever it is asked: rows that nobody asked for are passed over."""
    lists = json.loads((RECORDED / "netbox-ports.json").read_text(encoding="utf-8"))
    chaos = Chaos(lambda request, body: as_json(lists[request.url.path.split("/")[-2]]))
    source = declare(await serve(chaos), PRESET, name="netbox")
    answers = await source.fetch(ROUTES, ["HB-1"], ask("route"))
    traced = Traced(dict(answers), chaos, dict(source.oddities.counts))
    assert traced.route("HB-1").complete is True
    assert [hop[:3] for hop in traced.hops("HB-1")] == [
        ("HB-1-cpe-a", "1/1", "1/2"),
        ("HB-1-odf-a", "F1", "R1"),
        ("HB-1-odf-z", "R1", "F1"),
        ("HB-1-cpe-z", "1/2", "1/1"),
    ]
    assert traced.counts["foreign rows", "route by circuit"] > 0


async def test_calls_grow_with_the_devices_and_not_with_the_circuits(trace: Any) -> None:
    """Two calls find the ends; then three lists a wave, and from both ends, so that a wave passes two devices."""
    one, many = Plant(), Plant()
    multihop(one, "HB-1")
    codes = [f"HB-{number}" for number in range(30)]
    for code in codes:
        multihop(many, code, f"{code}-")
    alone, together = await trace(one, "HB-1"), await trace(many, *codes)
    assert len(alone.seen) == len(together.seen) == 2 + 3 * 2
    assert all(together.route(code).complete for code in codes)


async def test_no_filter_is_empty_and_no_request_line_too_long(trace: Any) -> None:
    """Many circuits are cut by bytes; what has no value is not asked for, since that would bring everything."""
    plant = Plant()
    codes = [f"鄂-工行-{number:04}" for number in range(300)]
    for code in codes:
        a, z = plant.circuit(code)
        plant.cable(a, plant.port(f"{code}-a", "1"))
        plant.cable(z, plant.port(f"{code}-z", "1"))
    traced = await trace(plant, *codes, " ", "")
    assert all(len(traced.hops(code)) == 2 for code in codes)
    assert all("=&" not in line and not line.endswith("=") for line in traced.seen)
    assert len(traced.seen) < 40
    assert (await trace(plant)).seen == []


@pytest.mark.parametrize(("forgetting", "asked"), [("circuits", "HB-4"), ("circuit-terminations", "HB-3")])
async def test_what_nobody_asked_for_is_dropped(trace: Any, forgetting: str, asked: str) -> None:
    """Where others are told of in a list, it is not known of a circuit that is not in it what its route is."""
    plant = Plant()
    multihop(plant, "HB-1")
    plant.circuit("HB-2")
    plant.circuit("HB-3")
    del plant.tables["circuit-terminations"][-2:]

    def answer(request: Any, body: bytes) -> Any:
        return asks(_without_filters(request) if request.url.path.split("/")[-2] == forgetting else request, body)

    plant.answer, asks = answer, plant.answer  # type: ignore[method-assign]
    traced = await trace(plant, asked, "HB-1")
    assert isinstance(traced.answers[asked], Malformed)
    assert len(traced.hops("HB-1")) == 4
    assert traced.counts["foreign rows", "route by circuit"] > 0


def _without_filters(request: Any) -> Any:
    kept = [
        (name, value) for name, value in request.query_params.multi_items() if name in {"fields", "limit", "offset"}
    ]
    request._query_params = type(request.query_params)(kept)
    return request


async def test_an_active_device_is_passed_where_one_port_can_be_meant(trace: Any) -> None:
    """A bridge says it, else a description that names the circuit, else there is but one other cable."""
    plant = Plant()
    for code in ("HB-1", "HB-10"):
        a, z = plant.circuit(code)
        plant.cable(a, plant.port("adm", f"{code}-a", description=f"to customer, {code}"))
        plant.cable(plant.port("adm", f"{code}-out", description=f"{code}/trunk"), plant.port(f"cpe-{code}", "1"))
        plant.cable(plant.port(f"cpe-{code}", "2"), z)
    a, z = plant.circuit("HB-3")
    bridge = plant.port("adm", "br0")
    plant.cable(a, plant.port("adm", "x1", bridge={"id": bridge["id"], "name": "br0"}))
    plant.cable(plant.port("adm", "x2", bridge={"id": bridge["id"], "name": "br0"}), plant.port("cpe-3", "1"))
    plant.cable(plant.port("cpe-3", "2"), z)
    traced = await trace(plant, "HB-1", "HB-10", "HB-3")
    assert [hop[:3] for hop in traced.hops("HB-1")] == [("adm", "HB-1-a", "HB-1-out"), ("cpe-HB-1", "1", "2")]
    assert [hop[:3] for hop in traced.hops("HB-10")] == [("adm", "HB-10-a", "HB-10-out"), ("cpe-HB-10", "1", "2")]
    assert [hop[:3] for hop in traced.hops("HB-3")] == [("adm", "x1", "x2"), ("cpe-3", "1", "2")]


async def test_walks_from_both_ends_meet_where_neither_could_go_on(trace: Any) -> None:
    """At a device with many cables, each end knows the port by which it came in."""
    plant = Plant()
    a, z = plant.circuit("HB-1")
    plant.cable(a, plant.port("adm", "1"))
    plant.cable(z, plant.port("adm", "2"))
    for number in range(3, 9):
        plant.cable(plant.port("adm", str(number)), plant.port(f"other-{number}", "1"))
    traced = await trace(plant, "HB-1")
    assert traced.hops("HB-1") == [("adm", "1", "2", None)]
    assert traced.route("HB-1").complete is True


async def test_nothing_is_guessed(trace: Any) -> None:
    """Where two ways lead on from either end, both ends are told, and that what is between them is not known."""
    plant = Plant()
    a, z = plant.circuit("HB-1")
    plant.cable(a, plant.port("a", "in"))
    plant.cable(z, plant.port("z", "in"))
    for number in "12":
        plant.cable(plant.port("a", number), plant.port(f"ring-{number}", "1"))
        plant.cable(plant.port(f"ring-{number}", "2"), plant.port("z", number))
    traced = await trace(plant, "HB-1")
    assert traced.hops("HB-1") == [("a", "in", None, None), ("z", None, "in", None)]
    assert traced.route("HB-1").complete is False


async def test_a_circuit_between_two_devices_is_not_known_inside(trace: Any) -> None:
    """As NetBox documents what others provide: each end is cabled to a device with nothing behind it."""
    plant = Plant()
    a, z = plant.circuit("HB-1")
    cable = plant.cable(plant.port("wuh-cpe", "1/1"), a)
    plant.cable(z, plant.port("yic-cpe", "1/1"))
    traced = await trace(plant, "HB-1")
    assert traced.hops("HB-1") == [("wuh-cpe", None, "1/1", cable), ("yic-cpe", "1/1", None, None)]
    assert traced.route("HB-1").complete is False


async def test_a_trunk_is_left_at_the_position_at_which_it_was_entered(trace: Any) -> None:
    """Fibre 2 of a cable of four comes out as fibre 2, into whatever order the panels were put."""
    plant = Plant()
    rears = [plant.port(panel, "R", "rear-ports") for panel in ("odf-a", "odf-z")]
    fronts = [[plant.front(rear, f"F{position}", position) for position in (4, 2, 1, 3)] for rear in rears]
    trunk = plant.cable(*rears)
    codes = []
    for near, far in zip(*fronts, strict=True):
        codes.append(f"HB-{near['name']}")
        a, z = plant.circuit(codes[-1])
        plant.cable(a, near)
        plant.cable(far, z)
    traced = await trace(plant, *codes)
    for code in codes:
        assert traced.hops(code) == [("odf-a", code[3:], "R", trunk), ("odf-z", "R", code[3:], None)]


async def test_another_circuit_on_the_way_is_a_link(trace: Any) -> None:
    """A leased section is passed through like a cable."""
    plant = Plant()
    a, z = plant.circuit("HB-1")
    leased_a, leased_z = plant.circuit("LEASED-9")
    plant.cable(a, plant.port("near", "1"))
    link = plant.cable(plant.port("near", "2"), leased_a)
    plant.cable(plant.port("far", "2"), leased_z)
    plant.cable(plant.port("far", "1"), z)
    traced = await trace(plant, "HB-1")
    assert traced.hops("HB-1") == [("near", "1", "2", link), ("far", "2", "1", None)]
    assert traced.route("HB-1").complete is True


async def test_cables_in_a_circle_and_with_several_ends_end_a_walk(trace: Any) -> None:
    """What cannot be followed is told as far as it is known."""
    plant = Plant()
    a, _ = plant.circuit("HB-1")
    plant.cable(a, plant.port("one", "1"))
    plant.cable(plant.port("one", "2"), plant.port("two", "1"))
    plant.cable(plant.port("two", "2"), plant.port("one", "3", mgmt_only=True))
    b, _ = plant.circuit("HB-2")
    plant.cable(b, plant.port("three", "1"), plant.port("three", "2"))
    traced = await trace(plant, "HB-1", "HB-2")
    assert [hop[:3] for hop in traced.hops("HB-1")] == [("one", "1", "2"), ("two", "1", "2")]
    assert traced.route("HB-1").complete is False
    assert traced.route("HB-2") is None


async def test_a_code_of_two_providers_means_neither(trace: Any) -> None:
    """NetBox's cid is unique for a provider only: an ambiguous match is never guessed."""
    plant = Plant()
    multihop(plant, "HB-1", "one-")
    multihop(plant, "HB-1", "two-")
    assert (await trace(plant, "HB-1")).route("HB-1") is None


async def test_all_pages_of_a_list_are_read(trace: Any) -> None:
    """A NetBox that gives fewer rows than are asked for is asked again; the host in its links is not."""
    plant = Plant(most=3)
    a, z = plant.circuit("HB-1")
    plant.cable(a, plant.port("adm", "in"))
    for number in range(8):
        plant.cable(plant.port("adm", str(number)), plant.port(f"other-{number}", "1"))
    plant.cable(plant.port("adm", "out", description="HB-1"), plant.port("cpe", "1"))
    plant.cable(plant.port("cpe", "2"), z)
    traced = await trace(plant, "HB-1", more="health: null")
    assert [hop[0] for hop in traced.hops("HB-1")] == ["adm", "cpe"]


async def test_a_walk_without_end_is_cut_and_says_so(trace: Any) -> None:
    """A chain of devices longer than anybody would wait for."""
    plant = Plant()
    a, _ = plant.circuit("HB-1")
    plant.cable(a, plant.port("0", "in"))
    for number in range(60):
        plant.cable(plant.port(str(number), "out"), plant.port(str(number + 1), "in"))
    traced = await trace(plant, "HB-1")
    assert traced.answers["HB-1"].complete is False
    assert traced.route("HB-1").complete is False
    assert len(traced.seen) == 2 + 3 * 32


async def test_a_fault_on_the_way_takes_only_those_who_wait(trace: Any) -> None:
    """A route that is found already is told; without the ends nothing is."""
    plant = Plant(broken=frozenset({"rear-ports"}))
    a, z = plant.circuit("direct")
    plant.cable(a, z)
    multihop(plant, "HB-1")
    traced = await trace(plant, "direct", "HB-1")
    assert traced.route("direct") is None
    assert isinstance(traced.answers["HB-1"], Unavailable)
    plant.broken = frozenset({"circuits"})
    with pytest.raises(Unavailable):
        await trace(plant, "direct")


def _without(plant: Plant, path: str, **said: Any) -> Any:
    """The plant, except that one of its lists says something else."""

    def answer(request: Any, body: bytes) -> Any:
        response = plant.answer(request, body)
        return as_json({**json.loads(response.body), **said}) if path in request.url.path else response

    return answer


@pytest.mark.parametrize(
    "said",
    [
        {"results": [], "next": None},
        {"results": [{"id": 7, "device": {"id": 1}}], "next": "http://elsewhere.example/"},
        {"results": None},
        {"results": [{"id": "seven"}]},
        {"results": [{"device": {"id": 1}}]},
    ],
)
async def test_a_list_that_is_not_whole_is_no_ground_for_a_route(
    serve: Serve, declare: Declare, ask: AskFor, said: dict[str, Any]
) -> None:
    """Of the ports that are left one might seem to be the only one that can be meant."""
    plant = Plant()
    multihop(plant, "HB-1")
    source = declare(await serve(Chaos(_without(plant, "interfaces", **said))), PRESET, name="netbox")
    answers = await source.fetch(ROUTES, ["HB-1"], ask("route"))
    assert isinstance(answers["HB-1"], Malformed)


async def test_who_is_not_let_in_learns_of_no_route(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A refused token is a fault, not a circuit without a route."""
    source = declare(await serve(Chaos(always(as_json({"detail": "Invalid v2 token"}, 403)))), PRESET, name="netbox")
    with pytest.raises(Unauthorised):
        await source.fetch(ROUTES, ["HB-1"], ask("route"))
