"""What a route passes is found by its key, however the route's system writes it."""

import pytest

pytestmark = pytest.mark.anyio

SOURCES = """
    inventory:
      lookups:
        circuit by code: {get: /circuits, keys: {query: code}, record: {code: code, customer: owner}}
        route by circuit: {get: /routes, keys: {query: circuit}, record: {circuit: circuit, role: role, hops: {
          each: hops, record: {sequence: n, element: ne}}}}
    nms:
      lookups:
        element by element_id: {get: /elements, keys: {query: name}, record: {element_id: name, vendor: vendor}}
        alarm by element: {get: /alarms, keys: {query: ne}, record: {element: ne, probable_cause: cause}}
"""
NOUNS = "element: {key: {case: upper}}"
TABLES = {
    "inventory": {
        "circuits": [{"id": "1", "code": "C-1", "owner": "K1"}],
        "routes": [
            {
                "circuit": "C-1",
                "role": "WORKING",
                "hops": [{"n": 1, "ne": "ne-1"}, {"n": 2, "ne": "NE-2"}, {"n": 3, "ne": "Ne-1"}, {"n": 4}],
            }
        ],
    },
    "nms": {
        "elements": [{"id": "e1", "name": "NE-1", "vendor": "甲"}, {"id": "e2", "name": "NE-2", "vendor": "乙"}],
        "alarms": [{"id": "a1", "ne": "NE-1", "cause": "LOS"}],
    },
}
QUERY = """{ circuit(code: "C-1") { routes { hops { sequence
    element { elementId vendor } alarms { nodes { probableCause } } } } } }"""


async def test_elements_and_alarms_of_hops_are_asked_for_by_the_key_in_its_one_form(opening):
    """Two ways to write a key are one element, and one call; a hop that names none has none, and no alarms."""
    gateway = await opening(SOURCES, TABLES, NOUNS)
    (route,) = (await gateway.data(QUERY))["circuit"]["routes"]
    first, second = {"elementId": "NE-1", "vendor": "甲"}, {"elementId": "NE-2", "vendor": "乙"}
    assert [hop["element"] for hop in route["hops"]] == [first, second, first, None]
    assert [[one["probableCause"] for one in hop["alarms"]["nodes"]] for hop in route["hops"]] == [
        ["LOS"],
        [],
        ["LOS"],
        [],
    ]
    assert gateway.systems.calls == {"inventory": 2, "nms": 2}


@pytest.mark.parametrize("two", [False, True], ids=["one source", "two sources"])
async def test_what_a_route_passes_is_told_in_order_however_it_is_listed(opening, two):
    """By the places of the hops; nobody says here that all of them are known."""
    hops = [{"n": 3, "ne": "NE-3"}, {"n": 1, "ne": "NE-1"}, {"n": 2, "ne": "NE-2"}]
    routes = [{"circuit": "C-1", "role": role, "hops": hops} for role in ("PROTECTION", "WORKING")]
    inventory = SOURCES.partition("    nms:")[0]
    other = "    other:\n      lookups:\n        " + inventory.splitlines()[4].strip()
    sources = inventory + other + inventory.splitlines()[5] if two else inventory
    tables = {"inventory": {**TABLES["inventory"], "routes": routes}}
    gateway = await opening(sources, {**tables, "other": {"routes": routes[:1]}} if two else tables)
    query = """{ circuit(code: "C-1") { routes { role complete hops { sequence } } } }"""
    passed = [{"sequence": place} for place in (1, 2, 3)]
    expected = [{"role": role, "complete": False, "hops": passed} for role in ("WORKING", "PROTECTION")]
    assert (await gateway.data(query))["circuit"]["routes"] == expected
