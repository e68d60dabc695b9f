"""The running story, over HTTP: nothing of it at the base clock, all of it on the routes it hits, then over."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from demo.operator import Operator
from demo.serve import running
from demo.story import Chapter, chapters
from demo.story.story import TIMES
from demo.world.chance import NOW
from tests.demo.conftest import Desk
from tests.demo.test_vendor import Console

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
async def stage(anyio_backend: str) -> AsyncIterator[Desk]:
    """An operator of 300 circuits, to whom things happen."""
    async with running(seed=7, circuits=300, latency=False) as operator, httpx.AsyncClient(timeout=10) as client:
        yield Desk(operator, client)


@pytest.fixture(autouse=True)
async def rewound(stage: Desk) -> None:
    """Each test begins at the base clock."""
    assert (await stage.control("POST", "/clock", {"to": NOW.isoformat(), "speed": 0})).is_success


async def turn_to(stage: Desk, chapter: str) -> Chapter:
    """Set the clock to a chapter."""
    found = next(one for one in chapters(stage.running.operator) if one.id == chapter)
    assert (await stage.control("POST", "/clock", {"to": found.at.isoformat()})).is_success
    return found


async def crossing(stage: Desk, link: str) -> dict[str, dict[str, Any]]:
    """The services whose working route goes over a link, by code, as the inventory tells it."""
    codes = {
        route["name"]
        for route in await stage.all("resource", "?category=route")
        if any(c["value"] == "WORKING" for c in route["resourceCharacteristic"])
        for hop in route["resourceRelationship"]
        if any(c["value"] == link for c in hop["resourceRelationshipCharacteristic"])
    }
    rows = await stage.all("service", "?serviceCharacteristic.circuitCode=" + ",".join(sorted(codes)))
    found = {c["value"]: row for row in rows for c in row["serviceCharacteristic"] if c["name"] == "circuitCode"}
    assert codes == set(found)
    return found


def told(row: dict[str, Any], name: str) -> Any:
    """One characteristic of a resource, None where there is none."""
    return next((c["value"] for c in row["resourceCharacteristic"] if c["name"] == name), None)


async def one(stage: Desk, noun: str, query: str) -> dict[str, Any]:
    """The one row that a query finds."""
    (row,) = (await stage.ask(noun, query)).json()
    return row  # type: ignore[no-any-return]


async def test_nothing_is_there_at_the_base_clock(stage: Desk) -> None:
    """Before and after the story was told, every list at the base clock is the world's own."""
    operator = stage.running.operator
    before = {noun: await stage.all(noun) for noun in ("alarm", "troubleTicket", "resource")}
    await turn_to(stage, "complaints")
    changed = {noun: await stage.all(noun) for noun in before}
    assert all(changed[noun] != rows for noun, rows in before.items())
    await stage.control("POST", "/clock", {"to": NOW.isoformat()})
    assert before == {noun: await stage.all(noun) for noun in before}
    assert len(operator.alarms) == len(before["alarm"])
    assert len(operator.tickets) == len(before["troubleTicket"])


async def test_a_cut_fibre_hits_every_circuit_over_it(stage: Desk) -> None:
    """LOS at both ends names every circuit that the inventory leads over the link; those in service have AIS, too."""
    chapter = await turn_to(stage, "cut")
    services = await crossing(stage, chapter.links[0])
    alarms = [row for row in await stage.all("alarm", "?state=raised") if row["id"] > 8_900_000]
    los = [row for row in alarms if row["probableCause"] == "LOS"]
    assert set(chapter.elements) == {row["alarmedObject"]["id"] for row in los}
    everyone = {row["id"] for row in services.values()}
    assert all(everyone == {service["id"] for service in row["affectedService"]} for row in los)
    served = {row["id"] for row in services.values() if row["state"] == "active"}
    for cause in ("AIS", "RDI"):
        assert served == {s["id"] for row in alarms if row["probableCause"] == cause for s in row["affectedService"]}
    assert {"notInPlannedOutage"} == {row["plannedOutageIndicator"] for row in alarms}


async def test_alarms_are_where_the_signal_is_missed(stage: Desk) -> None:
    """AIS is at the two ends of each route, RDI on the hops next to the break; every port is a port of the route."""
    chapter = await turn_to(stage, "cut")
    operator = stage.running.operator
    link = operator.network.links[chapter.links[0]]
    by_service = {circuit.service_id: circuit for circuit in operator.circuits}
    for row in await stage.all("alarm", "?state=raised"):
        if row["id"] < 8_900_000 or row["probableCause"] == "LOS":
            continue
        place = (row["alarmedObject"]["id"], row["alarmDetails"].removeprefix("port="))
        for service in row["affectedService"]:
            hops = operator.route(by_service[service["id"]], "WORKING")
            at = next(number for number, hop in enumerate(hops) if hop.link is link)
            ends = {(hops[-1].element, hops[-1].in_port), (hops[0].element, hops[0].out_port)}
            beside = {(hops[at].element, hops[at].in_port), (hops[at + 1].element, hops[at + 1].out_port)}
            assert place in (ends if row["probableCause"] == "AIS" else beside)


async def test_protection_switches_where_there_is_any(stage: Desk) -> None:
    """Protected circuits go on by their other route, the rest stop; both are told by trails, routes and KPIs."""
    chapter = await turn_to(stage, "cut")
    services = await crossing(stage, chapter.links[0])
    protected = {circuit.code for circuit in stage.running.operator.circuits if circuit.protected}
    served = {code for code, row in services.items() if row["state"] == "active"}
    assert (served & protected, served - protected) == (set(chapter.switched), set(chapter.down))
    assert chapter.switched
    assert chapter.down
    for code in served:
        switched = code in chapter.switched
        routes = {
            told(row, "role"): row for row in (await stage.ask("resource", f"?category=route&name={code}")).json()
        }
        assert ("disable", "idle") == (routes["WORKING"]["operationalState"], routes["WORKING"]["usageState"])
        for trail in (await stage.ask("resource", f"?category=trail&name={code}")).json():
            works = ("enable", "active", "switched") if switched else ("disable", "idle", None)
            assert works == (trail["operationalState"], trail["usageState"], told(trail, "protectionState"))
        if switched:
            assert ("enable", "active") == tuple(
                routes["PROTECTION"][state] for state in ("operationalState", "usageState")
            )


async def test_a_standby_that_is_cut_is_told(stage: Desk) -> None:
    """A circuit whose protection goes over the worked-upon link works, without a net."""
    chapter = await turn_to(stage, "work")
    assert chapter.standby_lost
    for code in chapter.standby_lost:
        routes = {
            told(row, "role"): row for row in (await stage.ask("resource", f"?category=route&name={code}")).json()
        }
        assert ("enable", "disable") == tuple(routes[role]["operationalState"] for role in ("WORKING", "PROTECTION"))


async def test_kpis_dip_and_recover(stage: Desk) -> None:
    """During the outage an unprotected circuit is unavailable; a protected one takes the longer way."""
    chapter = await turn_to(stage, "settled")
    operator = stage.running.operator
    ailing = {circuit.code for alarm in operator.alarms for circuit in alarm.circuits}
    down = next(code for code in chapters(operator)[1].down if code not in ailing)
    minutes = await series(
        stage, f'unavailable_seconds{{circuit="{down}"}}', TIMES.cut, TIMES.mended + timedelta(hours=1)
    )
    assert (TIMES.mended - TIMES.cut).total_seconds() == sum(minutes)
    switched = next(code for code in chapters(operator)[1].switched if code not in ailing)
    delays = await series(stage, f'frame_delay_seconds{{circuit="{switched}"}}', NOW, TIMES.mended + timedelta(hours=1))
    assert max(delays) > 1.05 * delays[0]
    assert abs(delays[-1] - delays[0]) < 1e-4
    assert "calm" == chapters(operator)[0].id != chapter.id


async def series(stage: Desk, query: str, start: datetime, end: datetime) -> list[float]:
    """The values of one series, minute by minute."""
    url = stage.running.systems["metrics"].url + "/api/v1/query_range"
    form = {"query": query, "start": start.isoformat(), "end": end.isoformat(), "step": 60}
    (row,) = (await stage.client.post(url, data=form)).json()["data"]["result"]
    return [float(value) for _, value in row["values"]]


async def test_customers_complain_and_are_answered(stage: Desk) -> None:
    """Every customer with a circuit down opens one ticket about all of them, which goes its way and is closed."""
    chapter = await turn_to(stage, "complaints")
    rows = [row for row in await stage.all("troubleTicket") if row["id"] > "TT2026900"]
    assert sorted(chapter.down) == sorted(entity["id"] for row in rows for entity in row["relatedEntity"])
    assert len(rows) == len({row["relatedParty"][0]["id"] for row in rows})
    statuses = []
    for at in (
        TIMES.complaints,
        TIMES.splicing + timedelta(minutes=30),
        TIMES.solved + timedelta(minutes=30),
        TIMES.announced,
    ):
        await stage.control("POST", "/clock", {"to": at.isoformat()})
        row = (await stage.ask("troubleTicket", path=f"/{rows[-1]['id']}")).json()
        statuses.append(row["status"][0].lower() + row["status"][1:])
        assert ("resolutionDate" in row) == (statuses[-1] in ("resolved", "closed"))
        assert all(datetime.fromisoformat(note["date"]) <= at for note in row["note"])
    assert ["acknowledged", "inProgress", "resolved", "closed"] == statuses


async def test_repair_clears_everything(stage: Desk) -> None:
    """After the repair no alarm of the cut is active; traffic returns when the wait to restore is over."""
    chapter = await turn_to(stage, "repair")
    assert not [row for row in await stage.all("alarm") if row["id"] > 8_900_000 and row["state"] != "cleared"]
    assert ([], True) == (list(chapter.down), bool(chapter.switched))
    await stage.control("POST", "/clock", {"advance_s": 300})
    for code in chapter.switched:
        for row in (await stage.ask("resource", f"?name={code}")).json():
            assert told(row, "protectionState") is None


async def test_a_planned_work_is_announced_and_flagged(stage: Desk) -> None:
    """Customers have a notice hours before; the alarms of the work say that they are planned."""
    chapter = await turn_to(stage, "announced")
    notices = [row for row in await stage.all("troubleTicket") if row["ticketType"] == "计划作业"]
    served = {code for code, row in (await crossing(stage, chapter.links[0])).items() if row["state"] == "active"}
    assert served == {entity["id"] for row in notices for entity in row["relatedEntity"]}
    assert not [row for row in await stage.all("alarm") if row["id"] > 8_900_000 and row["state"] != "cleared"]
    await turn_to(stage, "work")
    active = [row for row in await stage.all("alarm") if row["id"] > 8_900_000 and row["state"] != "cleared"]
    assert {"inPlannedOutage"} == {row["plannedOutageIndicator"] for row in active}
    await turn_to(stage, "work-done")
    assert not [row for row in await stage.all("alarm") if row["id"] > 8_900_000 and row["state"] != "cleared"]


async def test_a_laser_fades_before_it_fails(stage: Desk) -> None:
    """Light falls and errored seconds rise hour by hour; the alarm comes at the limit, gets worse, and is cleared."""
    operator = stage.running.operator
    link = operator.story.plot.fading
    console = Console(stage)
    await console.sign_in()
    ailing = {circuit.code for alarm in operator.alarms for circuit in alarm.circuits}
    code = next(c.code for c in operator.story.laser.circuits if c.state == "active" and c.code not in ailing)
    light, errors, severities = [], [], []
    for at in (TIMES.fading, TIMES.fading + timedelta(minutes=40), TIMES.worse + timedelta(minutes=1), TIMES.replaced):
        await stage.control("POST", "/clock", {"to": at.isoformat()})
        (port,) = await console.items(f"/ports?aliases={link.z}:{link.z_port}")
        light.append(float(port["rxPower"]))
        errors.append(sum(await series(stage, f'errored_seconds{{circuit="{code}"}}', at - timedelta(minutes=20), at)))
        rows = (await stage.ask("alarm", f"?alarmedObject.id={link.z}&state=raised&state=updated")).json()
        deg = [row for row in rows if row["id"] > 8_900_000]
        severities.append([row["perceivedSeverity"].lower() for row in deg])
        assert bool(deg) == (float(port["rxPower"]) < float(port["rxPowerLowThreshold"]))
    assert light[0] > light[1] > light[2] < light[3] == light[0]
    assert errors[0] < errors[1] < errors[2]
    assert [[], [], ["major"], []] == severities


async def test_every_fact_of_every_chapter_is_there(stage: Desk) -> None:
    """What the story says can be seen in the systems can be seen there, at that moment, over HTTP."""
    console = Console(stage)
    await console.sign_in()
    story = (await stage.control("GET", "/story")).json()
    kinds = set()
    for chapter in story["chapters"]:
        await stage.control("POST", "/clock", {"to": chapter["at"]})
        for fact in chapter["facts"]:
            found = await look(stage, console, fact)
            for step in fact["where"]:
                found = len(found) if step == "length" else found[step]
            assert fact["value"] == found, (chapter["id"], fact)
            kinds.add((fact["system"], fact["value"]))
    assert {("vendor", "DOWN"), ("inventory", "disable"), ("metrics", "0")} <= kinds
    assert ["calm", "cut", "complaints", "repair", "settled"] == [c["id"] for c in story["chapters"][:5]]
    assert all(chapter["title"]["en"] and chapter["title"]["zh"] for chapter in story["chapters"])
    moments = [chapter["at"] for chapter in story["chapters"]]
    assert sorted(moments) == moments


async def look(stage: Desk, console: Console, fact: dict[str, Any]) -> Any:
    """Ask for a fact's path."""
    if fact["system"] == "vendor":
        assert fact["url"].endswith("/nbi/v2" + fact["path"])
        return await console.ask(fact["path"])
    if fact["system"] == "metrics":
        return (await stage.client.get(fact["url"])).json()
    noun, _, query = fact["path"][1:].partition("?")
    answer = await stage.ask(noun, f"?{query}")
    assert fact["url"] == str(answer.url)
    return answer.json()


async def test_the_truth_follows_the_clock(stage: Desk) -> None:
    """The totals of the truth are those of the demo's clock, so that they equal what the servers count."""
    before = (await stage.control("GET", "/truth")).json()["totals"]
    await turn_to(stage, "complaints")
    totals = (await stage.control("GET", "/truth")).json()["totals"]
    active = [row for row in await stage.all("alarm") if row["state"] != "cleared"]
    assert len(active) == totals["activeAlarms"] > before["activeAlarms"]
    assert len(await stage.all("troubleTicket")) == totals["tickets"] > before["tickets"]


@pytest.mark.parametrize("circuits", [20, 60, 1000])
async def test_every_operator_has_a_story(circuits: int) -> None:
    """Whatever its size, the acts are on three links, over each of which something goes; the numbers are unique."""
    operator = Operator(circuits=circuits)
    story = operator.story
    assert 3 == len({act.link.id for act in story.acts})
    assert all(act.circuits for act in story.acts)
    alarms = [life.alarm.id for act in story.acts for life in act.alarms] + [alarm.id for alarm in operator.alarms]
    tickets = [ticket.id for act in story.acts for ticket in act.tickets] + [ticket.id for ticket in operator.tickets]
    assert len(alarms) == len(set(alarms))
    assert len(tickets) == len(set(tickets))
    again = Operator(circuits=circuits).story
    assert story.acts == again.acts
