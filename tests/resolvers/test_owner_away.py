"""Whose something is while the system whose word counts is away: the next one's word, if it has one."""

import pytest

pytestmark = pytest.mark.anyio
SOURCES = """
    inventory:
      lookups:
        customer by customer_id: {get: /customers, keys: {query: no}, record: &customer {customer_id: no, name: name}}
        circuit by code: {get: /circuits, keys: {query: code},
          record: &circuit {code: code, name: name, customer: owner}}
        circuit by customer: {get: /circuits, keys: {query: owner}, record: *circuit}
    crm:
      lookups:
        customer by customer_id: {get: /customers, keys: {query: no}, record: *customer}
        circuit by code: {get: /circuits, keys: {query: code}, RECORD
"""
KNOWS_OWNERS = """record: *circuit}
        circuit by customer: {get: /circuits, keys: {query: owner}, record: *circuit}
"""
KNOWS_NONE = "record: {code: code, name: name}}"
NOUNS = "circuit: {authority: [inventory, crm], prefer: [inventory, crm]}"
CUSTOMERS = [{"id": n, "no": f"K{n}", "name": f"甲{n}"} for n in (1, 2)]
TABLES = {
    "inventory": {"customers": CUSTOMERS, "circuits": [{"id": 1, "code": "C-1", "name": "专线", "owner": "K1"}]},
    "crm": {"customers": CUSTOMERS, "circuits": [{"id": 1, "code": "C-1", "name": "专线", "owner": "K2"}]},
}
CIRCUIT = '{ circuit(code: "C-1") { code } }'
CIRCUITS = '{ customer(id: "K2") { circuits(first: 9) { completeness nodes { code } } } }'
SHOWN, HIDDEN = {"circuit": {"code": "C-1"}}, {"circuit": None}


@pytest.mark.parametrize(
    ("record", "by_key", "nodes"),
    [(KNOWS_OWNERS, SHOWN, [{"code": "C-1"}]), (KNOWS_NONE, HIDDEN, [])],
    ids=["with a word on owners", "without"],
)
async def test_who_shall_not_tell_owners_is_not_asked_for_them(opening, record, by_key, nodes):
    """A source that tells whose something is does so while a better one is away; one that is not declared to, never."""
    gateway = await opening(SOURCES.replace("RECORD", record), TABLES, NOUNS)
    assert HIDDEN == await gateway.data(CIRCUIT, "K2")
    assert SHOWN == await gateway.data(CIRCUIT, "K1")
    gateway.systems.down.add("inventory")
    assert by_key == (await gateway.ask(CIRCUIT, "K2"))["data"]
    told = (await gateway.ask(CIRCUITS, "K2"))["data"]["customer"]["circuits"]
    assert {"completeness": "PARTIAL", "nodes": nodes} == told
