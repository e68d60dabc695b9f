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


PAGED = """
    crm:
      PAGING
      lookups:
        customer list: {get: /customers, record: {customer_id: id, name: name}}
"""
WAYS = {
    "in one piece": "paging: {by: none, total: {header: X-Total-Count}}",
    "by offsets": "paging: {by: offset, limit: limit, size: 3, total: {header: X-Total-Count}}",
    "by offsets, without a total": "paging: {by: offset, limit: limit, size: 3}",
}
ROWS = [f"K{number:02}" for number in range(10)]
PAGE = """query ($after: String) { customers(first: 4, after: $after) {
  completeness missing { source code } nodes { customerId } pageInfo { hasNextPage endCursor } } }"""


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
@pytest.mark.parametrize("pages", [1, 2])
@pytest.mark.parametrize(
    "left",
    [ROWS, ROWS[:6], ROWS[3:], ROWS[2:9], ["K000", *ROWS], ROWS[:3], ROWS[5:], ROWS[7:], ROWS[:2], [], ROWS[::2]],
    ids=lambda left: " ".join(left) or "none",
)
async def test_who_goes_on_in_a_list_that_has_changed_misses_nothing_unmarked(opening, way, pages, left):
    """A system that restarts with fewer rows moves others up: these are told, or that some may be missing."""
    table = [{"id": name, "name": name} for name in ROWS]
    gateway = await opening(PAGED.replace("PAGING", way), {"crm": {"customers": table}})
    seen, after = [], None
    for _ in range(pages):
        page = (await gateway.data(PAGE, after=after))["customers"]
        seen += [node["customerId"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert seen == ROWS[: 4 * pages]
    table[:] = [{"id": name, "name": name} for name in left]
    marked, more = False, True
    while more:
        page = (await gateway.data(PAGE, after=after))["customers"]
        seen += [node["customerId"] for node in page["nodes"]]
        marked = marked or page["completeness"] == "PARTIAL"
        more, after = page["pageInfo"]["hasNextPage"], page["pageInfo"]["endCursor"]
    behind = [name for name in left if name not in ROWS[: 4 * pages] and name != "K000"]
    assert marked or behind == [name for name in seen[4 * pages :] if name != "K000"]
    if ROWS[4 * pages - 1] in left and "none" in way:
        assert not marked
        assert len(seen) == len(set(seen))
