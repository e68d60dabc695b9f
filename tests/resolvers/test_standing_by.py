"""Who stands by for a noun is asked for its lists, its alarms and its measurements only where another has failed."""

import asyncio
from datetime import UTC, datetime

import pytest

from model.answer import Answer
from model.caller import Caller
from model.enums import Completeness, Kpi
from model.faults import Unavailable
from model.keys import Lookup
from model.records import Circuit, KpiPoint, KpiSeries
from resolvers.kpis import kpis_of
from resolvers.policy import NounPolicy
from resolvers.request import Request
from resolvers.upstreams import Upstreams
from sources.contract import Terms

pytestmark = pytest.mark.anyio
SOURCES = """
    inventory:
      lookups:
        circuit list: {get: /circuits, record: &circuit {code: code, name: name, customer: owner}}
        circuit by code: {get: /circuits, keys: {query: code}, record: *circuit}
    nms:
      lookups:
        alarm list: {get: /alarms, orders: &orders {query: sort, fields: {raised_at: at}, prefix: "-"},
          record: &alarm {probable_cause: cause, raised_at: at, circuits: lines}}
        alarm by circuit: {get: /alarms, keys: {query: lines}, match: lines, record: *alarm}
    pages:
      lookups:
        alarm list: {get: /alarms, orders: *orders, record: *alarm}
        alarm by circuit: {get: /alarms, keys: {query: lines}, match: lines, record: *alarm}
"""
STANDBY = "    alarm: {standby: [pages]}\n"
LIST = "{ alarms(first: 1) { completeness missing { source } nodes { alarmId } pageInfo { endCursor hasNextPage } } }"
NEXT = "query($after: String!) { alarms(first: 1, after: $after) { completeness nodes { alarmId } } }"
COUNTED = "{ alarms(first: 9) { totalCount completeness nodes { alarmId } } }"
ALARMED = "{ circuits(first: 9, filter: {withActiveAlarms: true}) { completeness nodes { code } } }"
AT = datetime(2026, 11, 20, tzinfo=UTC)
PER_CIRCUIT = Lookup("kpi", "circuit")


def tables():
    """Two circuits; the NMS knows of an alarm of the first, the pages of both."""
    alarms = [{"id": f"a{n}", "cause": "LOS", "at": f"2026-11-20T08:0{n}:00Z", "lines": [f"C-{n}"]} for n in (1, 2)]
    circuits = [{"id": n, "code": f"C-{n}", "name": f"专线{n}", "owner": "K1"} for n in (1, 2)]
    return {"inventory": {"circuits": circuits}, "nms": {"alarms": alarms[:1]}, "pages": {"alarms": alarms}}


async def opened(opening, nouns=STANDBY):
    """A gateway of which the pages stand by."""
    return await opening(SOURCES, tables(), nouns)


def ids(data):
    """The alarms that are shown."""
    return sorted(node["alarmId"] for node in data["alarms"]["nodes"])


@pytest.mark.parametrize("query", [LIST, COUNTED])
async def test_a_list_is_not_asked_of_who_stands_by(opening, query):
    """While the others are well: neither where pages are walked nor where all is read."""
    gateway = await opened(opening)
    data = await gateway.data(query)
    assert (["nms:a1"], "COMPLETE") == (ids(data), data["alarms"]["completeness"])
    assert 0 == gateway.systems.calls["pages"]


async def test_without_standing_by_all_are_asked(opening):
    """Else it would be no wonder that it is not."""
    gateway = await opened(opening, "    alarm: {prefer: [nms]}\n")
    assert ["nms:a1", "pages:a1", "pages:a2"] == ids(await gateway.data(COUNTED))


@pytest.mark.parametrize("query", [LIST, COUNTED])
async def test_a_list_is_asked_of_who_stands_by_where_another_fails(opening, query):
    """And says that it is partial."""
    gateway = await opened(opening)
    gateway.systems.down.add("nms")
    data = await gateway.data(query)
    assert "PARTIAL" == data["alarms"]["completeness"]
    assert set(ids(data)) <= {"pages:a1", "pages:a2"} != set()
    assert gateway.systems.calls["pages"]


async def test_a_list_goes_on_at_who_began_it(opening):
    """Though the other is well again."""
    gateway = await opened(opening)
    gateway.systems.down.add("nms")
    begun = (await gateway.data(LIST))["alarms"]
    gateway.systems.down.clear()
    rest = (await gateway.data(NEXT, after=begun["pageInfo"]["endCursor"]))["alarms"]
    assert begun["pageInfo"]["hasNextPage"]
    assert ["pages:a1", "pages:a2"] == sorted(one["alarmId"] for one in begun["nodes"] + rest["nodes"])


async def test_who_stands_by_for_nobody_is_asked(opening):
    """A noun of which no other source tells is not silent for a word in the configuration."""
    gateway = await opened(opening, "    alarm: {standby: [nms, pages]}\n")
    assert ["nms:a1", "pages:a1", "pages:a2"] == ids(await gateway.data(COUNTED))


async def test_active_alarms_are_asked_of_who_stands_by_where_another_fails(opening):
    """Of the circuits' filter, too."""
    gateway = await opened(opening)
    assert ["C-1"] == [node["code"] for node in (await gateway.data(ALARMED))["circuits"]["nodes"]]
    assert 0 == gateway.systems.calls["pages"]
    gateway.systems.down.add("nms")
    found = (await gateway.data(ALARMED))["circuits"]
    assert (["C-1", "C-2"], "PARTIAL") == (sorted(node["code"] for node in found["nodes"]), found["completeness"])


class Measuring:
    """A source of measurements, which fails for some circuits. asked: those of each call."""

    lookups = {PER_CIRCUIT: Terms(fields=frozenset({"circuit", "kpi", "step", "points"}))}  # noqa: RUF012 - never changed

    def __init__(self, name, value, fails=()):
        self.name, self.value, self.fails = name, value, fails
        self.asked = []

    async def fetch(self, lookup, keys, ask):
        """The same value for each."""
        self.asked.append(list(keys))
        points = [KpiPoint(at=AT, value=self.value)]
        said = {
            key: Answer(records=[KpiSeries(circuit=key, kpi=Kpi.AVAILABILITY, step=60.0, points=points)], as_of=AT)
            for key in keys
        }
        return said | {key: Unavailable(self.name) for key in keys if key in self.fails}

    async def aclose(self):
        """Nothing to let go of."""


async def test_measurements_are_asked_of_who_stands_by_for_what_another_failed(anyio_backend):
    """For these circuits alone; they are partial, the others complete."""
    probes, copy = Measuring("probes", 0.9, fails=("C-2",)), Measuring("copy", 0.8)
    upstreams = Upstreams({"copy": copy, "probes": probes}, {"kpi": NounPolicy(standby=("copy",))})
    request = Request(upstreams, Caller("tester", staff=True), asyncio.get_running_loop().time() + 10)
    circuits = [Circuit(code=f"C-{n}") for n in (1, 2, 3)]
    found = await kpis_of(request, circuits, Kpi.AVAILABILITY, None)
    assert [[["C-1", "C-2", "C-3"]], [["C-2"]]] == [probes.asked, copy.asked]
    assert [(0.9, Completeness.COMPLETE), (0.8, Completeness.PARTIAL), (0.9, Completeness.COMPLETE)] == [
        (series.points[0].value, series.completeness) for series in found
    ]
