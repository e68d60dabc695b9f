"""What may stand in a list that its source cut short is missing, and told to be, also where no list can say so."""

import asyncio

import pytest

from model.caller import Caller
from resolvers.request import Request
from resolvers.scope import enter

pytestmark = pytest.mark.anyio
SOURCES = """
    inventory:
      paging: {by: none, total: {header: X-Total-Count}}
      lookups:
        customer by customer_id: {get: /customers, keys: {query: no}, record: &customer {customer_id: no, parent: up}}
        customer by parent: {get: /customers, keys: {query: up}, record: *customer}
        circuit list: {get: /circuits, orders: {query: sort, fields: {code: code}, prefix: "-"},
          record: &circuit {code: code, customer: owner}}
        circuit by code: {get: /circuits, keys: {query: code}, record: *circuit}
        circuit by customer: {get: /circuits, keys: {query: owner}, record: *circuit}
    network:
      paging: {by: none, total: {header: X-Total-Count}}
      lookups:
        route by circuit: {get: /routes, keys: {query: line}, record: {circuit: line, role: role, complete: whole,
          hops: {each: hops, record: {sequence: no, element: at}}}}
        domain by circuit: {get: /domains, keys: {query: line}, record: {realm: realm, circuit: line}}
        alarm by circuit: {get: /alarms, keys: {query: line}, record: {probable_cause: cause, circuits: line}}
"""
CIRCUIT = 'circuit(code: "C-1")'
ALARMED = (
    "{ circuits(first: 9, filter: {withActiveAlarms: true}) { completeness missing { source code } nodes { code } } }"
)
LIST = "{ circuits(first: 9) { completeness totalCount missing { source code } nodes { code } } }"
CUT = {"completeness": "PARTIAL", "missing": [{"source": "network", "code": "SOURCE_LIST_CUT"}]}


def tables(domains=()):
    """A circuit with a route, and another with nothing; of two customers of which one is a part of the other."""
    return {
        "inventory": {
            "circuits": [{"id": n, "code": f"C-{n}", "owner": "K1"} for n in (1, 2)],
            "customers": [{"id": "1", "no": "K1", "up": None}, {"id": "2", "no": "K2", "up": "K1"}],
        },
        "network": {
            "routes": [
                {"id": "r1", "line": "C-1", "role": "PROTECTION", "whole": True, "hops": [{"no": 1, "at": "ne-1"}]}
            ],
            "domains": list(domains),
            "alarms": [{"id": "a1", "cause": "LOS", "line": "C-1"}],
        },
    }


@pytest.mark.parametrize(("field", "asked"), [("routes", "routes { role }"), ("vpdnDomain", "vpdnDomain { realm }")])
async def test_a_field_that_is_no_list_of_ours_is_not_told_from_a_cut_one(opening, field, asked):
    """One route of two, or no domain where there may be one, would look as if that were all."""
    gateway = await opening(SOURCES, tables())
    whole = await gateway.data(f"{{ {CIRCUIT} {{ {asked} }} }}")
    gateway.systems.cut.add("network")
    answer = await gateway.ask(f"{{ {CIRCUIT} {{ {asked} }} }}")
    assert {"routes": [{"role": "PROTECTION"}], "vpdnDomain": None}[field] == whole["circuit"][field]
    assert {"circuit": {field: None}} == answer["data"]
    assert [("SOURCE_MALFORMED", "network")] == [
        (error["extensions"]["code"], error["extensions"]["source"]) for error in answer["errors"]
    ]


async def test_a_domain_that_came_is_told_though_others_did_not(opening):
    """It is one of them."""
    gateway = await opening(SOURCES, tables([{"id": "d1", "realm": "vpdn.example", "line": "C-1"}]))
    gateway.systems.cut.add("network")
    told = await gateway.data(f"{{ {CIRCUIT} {{ vpdnDomain {{ realm }} }} }}")
    assert {"circuit": {"vpdnDomain": {"realm": "vpdn.example"}}} == told


async def test_who_may_have_an_active_alarm_is_missing(opening):
    """Where the alarms that came do not tell."""
    gateway = await opening(SOURCES, tables())
    whole = (await gateway.data(ALARMED))["circuits"]
    gateway.systems.cut.add("network")
    told = (await gateway.data(ALARMED))["circuits"]
    assert {"completeness": "COMPLETE", "missing": [], "nodes": [{"code": "C-1"}]} == whole
    assert {**CUT, "nodes": [{"code": "C-1"}]} == told


async def test_a_list_that_is_walked_says_that_it_is_cut(opening):
    """By the source's own total."""
    gateway = await opening(SOURCES, tables())
    gateway.systems.cut.add("inventory")
    told = (await gateway.data(LIST))["circuits"]
    assert {
        "completeness": "PARTIAL",
        "totalCount": None,
        "missing": [{"source": "inventory", "code": "SOURCE_LIST_CUT"}],
        "nodes": [{"code": "C-1"}, {"code": "C-2"}],
    } == told


async def test_who_may_be_a_part_of_a_customer_is_not_told_from_a_cut_list(opening):
    """Its lists are of those that are known to be, and say that there may be more."""
    gateway = await opening(SOURCES, tables())
    gateway.systems.cut.add("inventory")
    caller = Caller("tester", customers=frozenset({"K1"}), children=True)
    request = Request(gateway.upstreams, caller, asyncio.get_running_loop().time() + 10)
    await enter(request)
    assert frozenset({"K1", "K2"}) == request.caller.customers
    assert ("inventory", "OWNER_UNKNOWN") == request.scope_unsure


SORTED = LIST.replace("first: 9", "first: 9, orderBy: {field: NAME}")


@pytest.mark.parametrize("query", [LIST, SORTED], ids=["walked", "read to its end"])
async def test_a_list_that_changes_between_its_pages_says_so(opening, query):
    """By totals that differ."""
    paged = SOURCES.replace("{by: none, ", "{by: offset, size: 1, ", 1)
    gateway = await opening(paged, tables())
    whole = (await gateway.data(query))["circuits"]
    gateway.systems.shrinking.add("inventory")
    told = (await gateway.data(query))["circuits"]
    assert ("COMPLETE", []) == (whole["completeness"], whole["missing"])
    assert {"code": "SOURCE_LIST_CUT", "source": "inventory"} in told["missing"]
    assert [{"code": "C-1"}, {"code": "C-2"}] == whole["nodes"] == told["nodes"]
