"""Alarms and tickets that two systems hold are one where the configuration says so, and never by a guess."""

import pytest

from model.ids import encode_id

pytestmark = pytest.mark.anyio

SOURCES = """
    inventory:
      lookups:
        circuit list: {get: /circuits, record: &circuit {code: code, name: name, customer: owner}}
        circuit by code: {get: /circuits, keys: {query: code}, record: *circuit}
        circuit by customer: {get: /circuits, keys: {query: owner}, record: *circuit}
        customer by customer_id: {get: /customers, keys: {query: id}, record: {customer_id: id, name: name}}
        element by element_id: {get: /elements, keys: {query: id}, record: {element_id: id, name: name}}
    nms:
      lookups:
        alarm list: {get: /alarms, record: &alarm {
          element: ne, port: port, probable_cause: cause, perceived_severity: severity, raised_at: at, circuits: lines}}
        alarm by alarm_id: {get: /alarms, keys: {query: id}, match: id, record: *alarm}
        alarm by circuit: {get: /alarms, keys: {query: lines}, match: lines, record: *alarm}
        alarm by element: {get: /alarms, keys: {query: ne}, record: *alarm}
    umbrella:
      lookups:
        alarm list: {get: /events, record: &event {
          element: node, port: port, probable_cause: cause, perceived_severity: severity, ack_state: ack, raised_at: at,
          circuits: lines, specific_problem: text, keys: {nms: origin}}}
        alarm by alarm_id: {get: /events, keys: {query: id}, match: id, record: *event}
        alarm by circuit: {get: /events, keys: {query: lines}, match: lines, record: *event}
        alarm by element: {get: /events, keys: {query: node}, record: *event}
"""
BY_KEYS = """
    alarm: {prefer: [nms, umbrella], correlate: [{keys: [nms]}], fields: {perceived_severity: worst}}
"""
BY_FIELDS = """
    alarm:
      prefer: [nms, umbrella]
      correlate: [{keys: [nms]}, {equal: [element, port, probable_cause], within: {raised_at: 5m}}]
"""
ALARMS = """{ alarms(first: 50) { totalCount completeness bySeverity { severity count }
    nodes { alarmId perceivedSeverity ackState provenance(fields: ["ackState"]) { source }
        conflicts { field values { source value chosen } } } } }"""


def alarm(id_, at="2026-11-20T08:00:00Z", **more):
    """An alarm of the NMS."""
    usual = {"ne": "E1", "port": "1/1", "cause": "LOS", "severity": "MINOR", "lines": ["C-1"]}
    return {"id": id_, "at": at, **usual, **more}


def event(id_, at="2026-11-20T08:02:00Z", **more):
    """The same in the words of the umbrella system."""
    usual = {"node": "E1", "port": "１/1", "cause": "LOS", "severity": "MAJOR", "ack": "ACKNOWLEDGED", "lines": ["C-1"]}
    return {"id": id_, "at": at, **usual, "text": "光信号丢失", **more}


def tables(alarms, events):
    """Two circuits of two customers, and what the two systems hold."""
    return {
        "inventory": {
            "circuits": [{"id": n, "code": f"C-{n}", "name": f"专线{n}", "owner": f"K{n}"} for n in (1, 2)],
            "elements": [{"id": "E1", "name": "网元1"}],
            "customers": [{"id": f"K{n}", "name": f"客户{n}"} for n in (1, 2)],
        },
        "nms": {"alarms": alarms},
        "umbrella": {"events": events},
    }


async def ids(gateway, *customers):
    """The ids of all alarms that are shown."""
    return [one["alarmId"] for one in (await gateway.data(ALARMS, *customers))["alarms"]["nodes"]]


async def test_without_rules_nothing_merges(opening):
    """Each system has alarms of its own."""
    gateway = await opening(SOURCES, tables([alarm("a1")], [event("u1", origin="a1")]))
    assert sorted(await ids(gateway)) == ["nms:a1", "umbrella:u1"]


async def test_a_shared_reference_makes_one_alarm_of_two(opening):
    """Merged by policy, with who said what, and where they differ; counted once."""
    told = tables([alarm("a1"), alarm("a2", port="2/1")], [event("u1", origin="a1")])
    gateway = await opening(SOURCES, told, BY_KEYS)
    alarms = (await gateway.data(ALARMS))["alarms"]
    one = next(node for node in alarms["nodes"] if node["alarmId"] == "nms:a1")
    assert (one["perceivedSeverity"], one["ackState"]) == ("MAJOR", "ACKNOWLEDGED")
    assert one["provenance"] == [{"source": "umbrella"}]
    assert {conflict["field"] for conflict in one["conflicts"]} == {"perceivedSeverity", "raisedAt"}
    assert (alarms["totalCount"], alarms["completeness"]) == (2, "COMPLETE")
    assert alarms["bySeverity"] == [{"severity": "MAJOR", "count": 1}, {"severity": "MINOR", "count": 1}]


async def test_it_is_the_same_alarm_on_every_path_and_by_either_id(opening):
    """From a customer, a circuit and the root; `node` takes the id of either system."""
    told = tables([alarm("a1", lines=["C-1", "C-2"])], [event("u1", origin="a1", lines=["C-2"])])
    gateway = await opening(SOURCES, told, BY_KEYS)
    query = """{ customer(id: "K2") {
        alarms { nodes { id ackState } totalCount } circuits { nodes { alarms { nodes { id } } } } } }"""
    customer = (await gateway.data(query, "K2"))["customer"]
    own = encode_id("alarm", "nms:a1")
    assert customer["alarms"] == {"nodes": [{"id": own, "ackState": "ACKNOWLEDGED"}], "totalCount": 1}
    assert customer["circuits"]["nodes"] == [{"alarms": {"nodes": [{"id": own}]}}]
    node = "query Q($id: ID!) { node(id: $id) { id ... on Alarm { ackState perceivedSeverity } } }"
    for id_ in (own, encode_id("alarm", "umbrella:u1")):
        found = (await gateway.data(node, "K2", id=id_))["node"]
        assert found == {"id": own, "ackState": "ACKNOWLEDGED", "perceivedSeverity": "MAJOR"}


async def test_equal_fields_within_a_time_make_one_alarm_of_two(opening):
    """Notation does not count; an alarm of an hour ago on the same port is another one."""
    told = tables([alarm("a1"), alarm("a2", at="2026-11-20T07:00:00Z")], [event("u1"), event("u2", port=None)])
    gateway = await opening(SOURCES, told, BY_FIELDS)
    assert sorted(await ids(gateway)) == ["nms:a1", "nms:a2", "umbrella:u2"]


async def test_one_that_may_be_either_of_two_is_neither(opening):
    """All are shown as they are, each tells the others, and the worklist has them."""
    told = tables([alarm("a1"), alarm("a2", at="2026-11-20T08:04:00Z")], [event("u1")])
    gateway = await opening(SOURCES, told, BY_FIELDS)
    nodes = (await gateway.data(ALARMS))["alarms"]["nodes"]
    assert sorted(node["alarmId"] for node in nodes) == ["nms:a1", "nms:a2", "umbrella:u1"]
    told = {node["alarmId"]: [v["value"] for c in node["conflicts"] for v in c["values"]] for node in nodes}
    assert told["umbrella:u1"] == ["umbrella:u1", "nms:a1", "nms:a2"]
    assert {work.about.field for work in gateway.upstreams.worklist.newest(9)} == {"correlation"}


async def test_a_reference_decides_where_fields_would_not(opening):
    """What an earlier rule has brought together, a later one does not doubt."""
    told = tables([alarm("a1"), alarm("a2", at="2026-11-20T08:04:00Z")], [event("u1", origin="a2")])
    gateway = await opening(SOURCES, told, BY_FIELDS)
    nodes = (await gateway.data(ALARMS))["alarms"]["nodes"]
    assert {node["alarmId"]: node["ackState"] for node in nodes} == {"nms:a1": None, "nms:a2": "ACKNOWLEDGED"}


async def test_a_crowd_that_looks_alike_is_told_apart_by_nobody(opening):
    """A port that flaps a hundred times in both systems costs no comparison of each with each."""
    many = [f"2026-11-20T08:{n // 60:02}:{n % 60:02}Z" for n in range(100)]
    told = tables(
        [alarm(f"a{n}", at=at) for n, at in enumerate(many)], [event(f"u{n}", at=at) for n, at in enumerate(many)]
    )
    gateway = await opening(SOURCES, told, BY_FIELDS)
    assert (await gateway.data("{ alarms(first: 1) { totalCount } }"))["alarms"]["totalCount"] == 200


async def test_what_another_customers_record_says_is_not_merged_in(opening):
    """The umbrella's event is on another's circuit only: a customer sees the NMS' alarm, and nothing of the event."""
    secret = event("u1", origin="a1", lines=["C-2"], text="K2的秘密")
    gateway = await opening(SOURCES, tables([alarm("a1")], [secret]), BY_KEYS)
    query = """query Q($id: ID!) { node(id: $id) { ... on NetworkElement { alarms(first: 9) { totalCount nodes {
        alarmId specificProblem perceivedSeverity ackState conflicts { field } } } } } }"""
    element = encode_id("element", "E1")
    own = (await gateway.data(query, "K1", id=element))["node"]["alarms"]
    assert own["totalCount"] == 1
    assert own["nodes"] == [
        {
            "alarmId": "nms:a1",
            "specificProblem": None,
            "perceivedSeverity": "MINOR",
            "ackState": None,
            "conflicts": [],
        }
    ]
    node = "query Q($id: ID!) { node(id: $id) { id } }"
    assert (await gateway.data(node, "K1", id=encode_id("alarm", "umbrella:u1")))["node"] is None
    staff = (await gateway.data(query, id=element))["node"]["alarms"]
    assert [one["specificProblem"] for one in staff["nodes"]] == ["K2的秘密"]


async def test_while_one_system_is_down_the_other_is_shown(opening):
    """And the list says that it may be short."""
    gateway = await opening(SOURCES, tables([alarm("a1")], [event("u1", origin="a1")]), BY_KEYS)
    gateway.systems.down.add("nms")
    alarms = (await gateway.data(ALARMS))["alarms"]
    assert [one["alarmId"] for one in alarms["nodes"]] == ["umbrella:u1"]
    assert (alarms["completeness"], alarms["totalCount"]) == ("PARTIAL", None)
