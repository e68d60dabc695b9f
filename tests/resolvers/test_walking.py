"""Rows of a walked list of which nobody else has anything to say are shown as they are, and come out the same."""

import pytest

from resolvers import walking

pytestmark = pytest.mark.anyio

SOURCES = """
    crm:
      lookups:
        customer list: {get: /customers, record: &customer {customer_id: id, name: name, status: status, parent: over,
          keys: {billing: bill}}}
        customer by customer_id: {get: /customers, keys: {query: id}, record: *customer}
        customer by parent: {get: /customers, keys: {query: over}, record: *customer}
    billing:
      lookups:
        customer by self: {get: /accounts, keys: {query: id}, record: {customer_id: customer, tier: tier}}
"""
NOUNS = "customer: {key: {case: upper}, authority: [crm]}"
TABLES = {
    "crm": {
        "customers": [
            {"id": "k1", "name": "甲", "status": "active", "over": "", "bill": "b1"},
            {"id": "K2", "name": "乙", "status": "closed", "over": "k1", "bill": "b2"},
            {"id": "K 1", "name": "丙", "status": "active", "over": "K2", "bill": "b3"},
            {"id": "", "name": "丁", "status": "active"},
            {"id": "K3", "name": "戊", "status": "active", "over": "k1", "bill": "b3"},
        ]
    },
    "billing": {"accounts": [{"id": f"b{n}", "customer": f"K{n}", "tier": "GOLD"} for n in (1, 2, 3)]},
}
QUERIES = {
    "as they are": "customers { edges { cursor node { id status } } totalCount completeness pageInfo { endCursor } }",
    "a part of them": "customers(first: 1) { edges { cursor node { name } } pageInfo { hasNextPage endCursor } }",
    "filtered here": 'customers(filter: {status: "active"}) { edges { cursor node { name } } totalCount }',
    "who says so": 'customers { nodes { provenance(fields: ["name"]) { field source raw } conflicts { field } } }',
    "met again": "customers { nodes { name parent { name status parent { name } } } }",
    "by another's word": "customers { nodes { name tier } completeness missing { source code } }",
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
async def test_rows_of_which_all_is_told_come_out_as_if_they_were_gathered(opening, monkeypatch, query):
    """Nodes, cursors, totals, who said what, what is met again, and the calls."""
    gateway = await opening(SOURCES, TABLES, NOUNS)
    told_whole, whole = walking.told_whole, []

    def noted(*arguments):
        whole.append(told_whole(*arguments))
        return whole[-1]

    monkeypatch.setattr(walking, "told_whole", noted)
    short, calls = await gateway.data("{ " + query + " }"), dict(gateway.systems.calls)
    monkeypatch.setattr(walking, "told_whole", lambda *_: False)
    assert short == await gateway.data("{ " + query + " }")
    assert calls == gateway.systems.calls
    assert whole == [("tier" not in query and "conflicts" not in query)]
