"""Sources disagree: every planted disagreement is told, nothing else is, and the policy decides."""

import pytest

pytestmark = pytest.mark.anyio

SYSTEMS = {"inventory/tmf638": "inventory", "inventory/tmf639": "resources", "crm/tmf629": "crm"}
EVERY_CIRCUIT = """
query Every($after: String) {
  circuits(first: 500, after: $after) {
    pageInfo { hasNextPage endCursor }
    totalCount completeness missing { source code }
    nodes {
      code bandwidthBps name slaClass customer { customerId }
      conflicts { field values { source value chosen } }
      provenance { field source raw }
    }
  }
}
"""


async def _every_circuit(gateway):
    circuits, after = {}, None
    while True:
        page = (await gateway.data(EVERY_CIRCUIT, after=after))["circuits"]
        circuits |= {node["code"]: node for node in page["nodes"]}
        if not page["pageInfo"]["hasNextPage"]:
            return circuits, page
        after = page["pageInfo"]["endCursor"]


async def test_every_planted_disagreement_is_a_conflict_and_nothing_else_is(opening, truth):
    """What the generator planted, and only that, is in `conflicts`, with the words of each system."""
    planted = {
        (row["key"], row["field"], SYSTEMS[system], str(value))
        for row in truth["disagreements"]
        for system, value in row["values"].items()
    }
    async with opening() as gateway:
        circuits, page = await _every_circuit(gateway)
    told = {
        (code, conflict["field"], value["source"], value["value"])
        for code, circuit in circuits.items()
        for conflict in circuit["conflicts"]
        for value in conflict["values"]
    }
    assert len(circuits) == page["totalCount"] == truth["totals"]["circuits"]
    assert page["completeness"] == "COMPLETE"
    assert {(code, field) for code, field, _, _ in told} == {(code, field) for code, field, _, _ in planted}
    assert planted <= told
    assert {value for _, _, _, value in told} == {value for _, _, _, value in planted}


async def test_the_chosen_value_is_the_one_of_the_preferred_source(opening, truth):
    """`prefer: [inventory, resources, crm]`: the inventory's word holds, and provenance says so."""
    async with opening() as gateway:
        circuits, _ = await _every_circuit(gateway)
    for row in truth["disagreements"]:
        circuit, said = circuits[row["key"]], row["values"]["inventory/tmf638"]
        shown = circuit["customer"]["customerId"] if row["field"] == "customer" else circuit[row["field"]]
        assert str(shown) == str(said)
        conflict = next(one for one in circuit["conflicts"] if one["field"] == row["field"])
        assert [value["chosen"] for value in conflict["values"]] == [True] + [False] * (len(conflict["values"]) - 1)
        assert conflict["values"][0]["source"] == "inventory"
        assert {"inventory"} == {one["source"] for one in circuit["provenance"] if one["field"] == row["field"]}


async def test_a_thing_looks_the_same_on_whichever_path_it_is_reached(opening, truth):
    """A circuit that two systems file under different customers is one customer's on every path."""
    row = next(row for row in truth["disagreements"] if row["field"] == "customer")
    owner, other = row["values"]["inventory/tmf638"], row["values"]["crm/tmf629"]
    query = "query Q($id: ID!) { customer(id: $id) { circuits(first: 1000) { nodes { code } } } }"
    by_code = "query Q($code: String!) { circuit(code: $code) { code customer { customerId } } }"
    async with opening() as gateway:
        owners = (await gateway.data(query, id=owner))["customer"]["circuits"]["nodes"]
        others = (await gateway.data(query, id=other))["customer"]["circuits"]["nodes"]
        assert {"code": row["key"]} in owners
        assert {"code": row["key"]} not in others
        assert (await gateway.data(by_code, owner, code=row["key"]))["circuit"]["customer"]["customerId"] == owner
        assert (await gateway.data(by_code, other, code=row["key"]))["circuit"] is None


async def test_staff_see_the_words_of_the_source_and_customers_see_labels(opening, truth):
    """`raw` and internal names are for staff; a customer sees the public label."""
    query = 'query Q($id: ID!) { customer(id: $id) { name provenance(fields: ["name"]) { field source raw } } }'
    async with opening() as gateway:
        staff = (await gateway.data(query, id="C100001"))["customer"]
        own = await gateway.ask(query, "C100001", id="C100001")
    assert staff["provenance"] == [{"field": "name", "source": "crm", "raw": staff["name"]}]
    assert own["data"]["customer"]["provenance"] == [{"field": "name", "source": "Customer records", "raw": None}]
    assert all(set(entry) & {"ms"} == set() for entry in own["extensions"]["sources"])
    assert {entry["source"] for entry in own["extensions"]["sources"]} == {"Customer records", "Party register"}
