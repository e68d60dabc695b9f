"""Systems that know a thing by keys that no record carries are reached by whoever translates; nothing is guessed."""

import pytest

pytestmark = pytest.mark.anyio

SOURCES = """
    inventory:
      lookups:
        circuit list: {get: /circuits, record: &circuit {code: code, name: name, customer: owner}}
        circuit by code: {get: /circuits, keys: {query: code}, record: *circuit}
        circuit by customer: {get: /circuits, keys: {query: owner}, record: *circuit}
        customer by customer_id: {get: /customers, keys: {query: id}, record: {customer_id: id, name: name}}
    xref:
      lookups:
        circuit by code: {get: /names, keys: {query: code}, record: &names {code: code, keys: {planning: plan}}}
        circuit by planning: {get: /names, keys: {query: plan}, record: *names}
    planning:
      lookups:
        circuit by self: {get: /plans, keys: {query: id}, record: &plan {code: title, keys: {nms: nms}, sla_class: sla}}
    nms:
      lookups:
        circuit by self: {get: /lines, keys: {query: id}, record: {code: label, bandwidth_bps: bps}}
        alarm by circuit: {get: /alarms, keys: {query: line}, space: self, match: line, record: &alarm {
          probable_cause: cause, perceived_severity: severity, state: {constant: RAISED}}}
        alarm list: {get: /alarms, record: {<<: *alarm}}
    desk:
      lookups:
        ticket by customer: {get: /tickets, keys: {query: customer}, record: {
          title: title, customer: customer, circuits: {at: plans, space: planning}}}
"""
SOURCES = SOURCES.replace("{<<: *alarm}", "*alarm")
NOUNS = """
    circuit: {authority: [inventory], prefer: [inventory, planning, nms]}
"""


def tables():
    """Three circuits of two customers, each known by another key to each system."""
    return {
        "inventory": {
            "circuits": [
                {"id": f"i{n}", "code": f"C-{n}", "name": f"专线{n}", "owner": f"K{n % 2}"} for n in (1, 2, 3)
            ],
            "customers": [{"id": "K0", "name": "甲"}, {"id": "K1", "name": "乙"}],
        },
        "xref": {"names": [{"id": f"x{n}", "code": f"C-{n}", "plan": f"p{n}"} for n in (1, 2, 3)]},
        "planning": {"plans": [{"id": f"p{n}", "title": f"C-{n}", "nms": f"n{n}", "sla": f"S{n}"} for n in (1, 2, 3)]},
        "nms": {
            "lines": [{"id": f"n{n}", "label": f"C-{n}", "bps": n * 1000} for n in (1, 2, 3)],
            "alarms": [{"id": f"a{n}", "line": f"n{n}", "cause": "LOS", "severity": "MAJOR"} for n in (1, 2)],
        },
        "desk": {
            "tickets": [
                {"id": "t1", "title": "断了", "customer": "K1", "plans": ["p1", "p3"]},
                {"id": "t2", "title": "慢", "customer": "K0", "plans": ["p2"]},
            ]
        },
    }


async def test_a_source_is_reached_over_two_hops_of_keys(opening):
    """Code -> planning's key, which only xref tells -> the NMS' key, which planning tells: a wave each, batched."""
    gateway = await opening(SOURCES, tables(), NOUNS)
    query = "{ circuits(first: 10) { nodes { code name bandwidthBps slaClass } completeness } }"
    circuits = (await gateway.data(query))["circuits"]
    assert circuits["completeness"] == "COMPLETE"
    assert [(one["bandwidthBps"], one["slaClass"]) for one in circuits["nodes"]] == [
        (n * 1000, f"S{n}") for n in (1, 2, 3)
    ]
    assert dict(gateway.systems.calls) == {"inventory": 1, "xref": 1, "planning": 1, "nms": 1}


async def test_only_what_is_wanted_is_translated(opening):
    """Who asks for nothing that lies behind a key costs no call for it."""
    gateway = await opening(SOURCES, tables(), NOUNS)
    await gateway.data("{ circuits(first: 10) { nodes { code name } } }")
    assert dict(gateway.systems.calls) == {"inventory": 1}


async def test_a_join_uses_the_key_that_the_next_source_knows(opening):
    """Alarms are asked by the NMS' keys, though neither the circuits nor whoever lists them has these."""
    gateway = await opening(SOURCES, tables(), NOUNS)
    query = '{ customer(id: "K1") { circuits { nodes { code alarms { nodes { probableCause } completeness } } } } }'
    circuits = (await gateway.data(query, "K1"))["customer"]["circuits"]["nodes"]
    assert [(one["code"], len(one["alarms"]["nodes"])) for one in circuits] == [("C-1", 1), ("C-3", 0)]
    assert {one["alarms"]["completeness"] for one in circuits} == {"COMPLETE"}
    assert {name: count for name, count in gateway.systems.calls.items() if name != "inventory"} == {
        "xref": 1,
        "planning": 1,
        "nms": 1,
    }


async def test_circuits_are_filtered_by_alarms_behind_other_keys(opening):
    """The filter by active alarms, too, finds the keys."""
    gateway = await opening(SOURCES, tables(), NOUNS)
    query = "{ circuits(first: 10, filter: {withActiveAlarms: true}) { nodes { code } } }"
    assert (await gateway.data(query))["circuits"]["nodes"] == [{"code": "C-1"}, {"code": "C-2"}]


async def test_references_in_another_systems_keys_lead_back(opening):
    """A ticket that names plans names circuits, in one call of whoever translates."""
    gateway = await opening(SOURCES, tables(), NOUNS)
    query = '{ customer(id: "K1") { tickets { nodes { title circuits { nodes { code name } } } } } }'
    (ticket,) = (await gateway.data(query, "K1"))["customer"]["tickets"]["nodes"]
    assert ticket["circuits"]["nodes"] == [{"code": "C-1", "name": "专线1"}, {"code": "C-3", "name": "专线3"}]
    assert gateway.systems.calls["xref"] == 1


async def test_who_cannot_be_asked_for_want_of_a_key_is_missing(opening):
    """While the translator is down, what lies behind it is PARTIAL; what does not is not harmed."""
    gateway = await opening(SOURCES, tables(), NOUNS)
    gateway.systems.down.add("xref")
    query = "{ circuits(first: 1) { nodes { name alarms { completeness missing { source code } } } } }"
    (circuit,) = (await gateway.data(query))["circuits"]["nodes"]
    assert circuit["name"] == "专线1"
    assert circuit["alarms"]["completeness"] == "PARTIAL"
    assert {"source": "nms", "code": "SOURCE_KEY_UNKNOWN"} in circuit["alarms"]["missing"]
    answer = await gateway.ask('{ circuit(code: "C-1") { name slaClass } }')
    assert answer["data"]["circuit"] == {"name": "专线1", "slaClass": None}
    assert answer["errors"][0]["extensions"]["code"] == "SOURCE_KEY_UNKNOWN"


async def test_two_keys_of_one_thing_are_a_conflict_and_neither_is_used(opening):
    """Which of two plans is the circuit's nobody can tell: no SLA, no alarms, and staff see why."""
    told = tables()
    told["xref"]["names"].append({"id": "x9", "code": "C-1", "plan": "p2"})
    gateway = await opening(SOURCES, told, NOUNS)
    query = """{ circuit(code: "C-1") {
        name alarms { nodes { alarmId } missing { source code } } conflicts { field values { value chosen } } } }"""
    circuit = (await gateway.data(query))["circuit"]
    assert circuit["alarms"] == {"nodes": [], "missing": [{"source": "nms", "code": "SOURCE_KEY_UNKNOWN"}]}
    values = {one["field"]: one["values"] for one in circuit["conflicts"]}
    assert values == {
        "keys.planning": [{"value": "p1", "chosen": False}, {"value": "p2", "chosen": False}],
        "keys.xref": [{"value": "x1", "chosen": False}, {"value": "x9", "chosen": False}],
    }
    answer = await gateway.ask('{ circuit(code: "C-1") { slaClass } }')
    assert answer["errors"][0]["extensions"] == {"code": "SOURCE_KEY_AMBIGUOUS", "source": "planning", "rows": 1}
    own = await gateway.data('{ circuit(code: "C-1") { conflicts { field } } }', "K1")
    assert own["circuit"]["conflicts"] == []


TICKET = '{ customer(id: "K1") { tickets { nodes { circuits { nodes { code } totalCount missing { code } } } } } }'


async def test_a_key_that_means_two_things_means_neither(opening):
    """A ticket's plan that two circuits have leads to no circuit, and the list says that it is short."""
    told = tables()
    told["planning"]["plans"].append({"id": "p3", "title": "C-2", "nms": "n3", "sla": "S3"})
    gateway = await opening(SOURCES, told, NOUNS)
    (ticket,) = (await gateway.data(TICKET))["customer"]["tickets"]["nodes"]
    assert ticket["circuits"] == {
        "nodes": [{"code": "C-1"}],
        "totalCount": None,
        "missing": [{"code": "SOURCE_KEY_AMBIGUOUS"}],
    }
    (work,) = gateway.upstreams.worklist.newest(5)
    assert (work.about.key, work.about.field) == ("p3", "keys.planning")


async def test_a_systems_word_on_its_own_keys_counts_alone(opening):
    """What a table of keys says against it leads nobody astray."""
    told = tables()
    told["xref"]["names"].append({"id": "x9", "code": "C-2", "plan": "p3"})
    gateway = await opening(SOURCES, told, NOUNS)
    (ticket,) = (await gateway.data(TICKET))["customer"]["tickets"]["nodes"]
    assert ticket["circuits"] == {"nodes": [{"code": "C-1"}, {"code": "C-3"}], "totalCount": 2, "missing": []}


async def test_who_translates_does_not_say_what_there_is(opening):
    """Where nobody has authority by configuration, a table of keys has none either: its rows make no circuits."""
    told = tables()
    told["xref"]["names"].append({"id": "x4", "code": "C-4", "plan": "p4"})
    gateway = await opening(SOURCES, told)
    assert (await gateway.data('{ circuit(code: "C-4") { code } }'))["circuit"] is None
