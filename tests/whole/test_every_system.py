"""What only the smaller systems know: people, orders and their milestones, measurements, the equipment's own words."""

import pytest

pytestmark = pytest.mark.anyio

PEOPLE = """{ customers(first: 20) { nodes { customerId
    contacts { name role phone email } accountManager { name phone }
    conflicts(fields: ["name", "tradingName", "parent"]) { field } } } }"""
KPIS = """query Kpis($first: Int!) { circuits(first: $first, filter: {state: [ACTIVE]}) { nodes { code
    kpi(kpi: FRAME_DELAY, from: "2026-11-19T00:00:00Z", to: "2026-11-19T06:00:00Z", step: "PT10M")
    { unit step completeness points { at value } } } } }"""
SITES = """query Sites($code: String!) { circuit(code: $code) { routes { hops { element { elementId
    site { siteId name address city latitude longitude } } } } } }"""
ELEMENTS = "{ circuits(first: 5) { nodes { routes { hops { element { id name vendor model operationalState } } } } } }"


async def test_people_are_the_party_system_s_and_the_crm_s_while_it_fails(opening):
    """Contacts with names and roles from the party system, in one call; without it, what the CRM has."""
    async with opening() as gateway:
        told = (await gateway.data(PEOPLE))["customers"]["nodes"]
        calls = await gateway.calls()
        await gateway.trouble("parties", kind="failing", path="/tmf-api/party/v4/individual")
        without = (await gateway.data(PEOPLE))["customers"]["nodes"]
    assert calls["parties"] == 2  # one for organizations, one for people
    for customer, crm in zip(told, without, strict=True):
        assert [one["role"] for one in customer["contacts"]] == ["contactPerson", "technicalContact"]
        assert all(one["name"] and one["phone"] and one["email"] for one in customer["contacts"])
        assert customer["accountManager"]["name"] == crm["accountManager"]["name"]
        assert customer["accountManager"]["phone"]
        assert crm["accountManager"]["phone"] is None
        assert crm["contacts"]
        assert customer["conflicts"] == []


async def test_orders_tell_how_far_they_got(opening, truth):
    """Every circuit that is not yet there has an order, with its milestones, reached or due."""
    query = """{ tickets(first: 500, filter: {kind: PROVISIONING}) { totalCount nodes { ticketId dueAt
        circuits { nodes { code } } ... on ProvisioningOrder { milestones { name state dueAt reachedAt } } } } }"""
    async with opening() as gateway:
        tickets = (await gateway.data(query))["tickets"]["nodes"]
    orders = [one for one in tickets if one["ticketId"].startswith("orders:")]
    assert truth["totals"]["orders"] == len(orders)
    for order in orders:
        assert len(order["circuits"]["nodes"]) == 1
        for step in order["milestones"]:
            assert (step["state"] == "COMPLETED") == (step["reachedAt"] is not None) == (step["dueAt"] is None)


async def test_measurements_of_many_circuits_are_one_call(opening):
    """As many points as steps, gaps as null; ten circuits cost the call of one."""
    async with opening() as gateway:
        await gateway.data(KPIS, first=1)
        of_one = await gateway.calls()
        circuits = (await gateway.data(KPIS, first=10))["circuits"]["nodes"]
        of_ten = await gateway.calls()
    assert of_one["metrics"] == of_ten["metrics"] == 1
    assert of_one == of_ten
    for circuit in circuits:
        series = circuit["kpi"]
        assert (series["unit"], series["step"], series["completeness"]) == ("s", "PT10M", "COMPLETE")
        assert len(series["points"]) in {0, 36}
        assert all(point["value"] is None or 0 < point["value"] < 1 for point in series["points"])
    assert sum(len(circuit["kpi"]["points"]) for circuit in circuits) > 36


async def test_equipment_speaks_for_itself_while_the_inventory_fails(opening):
    """The vendor's controller and the inventory say the same of an element; either does while the other is silent."""
    element = "query Q($id: ID!) { node(id: $id) { ... on NetworkElement { name vendor model operationalState } } }"
    async with opening() as gateway:
        hops = (await gateway.data(ELEMENTS))["circuits"]["nodes"][0]["routes"][0]["hops"]
        told = {name: value for name, value in hops[0]["element"].items() if name != "id"}
        own = []
        for system in ("vendor", "inventory"):
            await gateway.trouble(system, kind="down")
            own.append((await gateway.data(element, id=hops[0]["element"]["id"]))["node"])
            await gateway.heal(system)
    assert own == [told, told]
    assert None not in told.values()


async def _sites(gateway, code):
    """Where the elements of a circuit's routes stand, by their ids, and what went wrong."""
    answer = await gateway.ask(SITES, code=code)
    hops = [hop for route in answer["data"]["circuit"]["routes"] for hop in route["hops"]]
    return {hop["element"]["elementId"]: hop["element"]["site"] for hop in hops}, answer.get("errors", [])


async def test_facilities_know_where_equipment_stands_while_the_inventory_fails(opening):
    """It tells the same sites as the inventory, in a call a wave; what it lacks in part is lost alone."""
    code = "BJLZ-OTN-000437"
    async with opening() as gateway:
        whole, _ = await _sites(gateway, code)
        assert (await gateway.calls())["facilities"] == 2
        await gateway.trouble("inventory", kind="down")
        alone, errors = await _sites(gateway, code)
        assert (await gateway.calls())["facilities"] == 2
        await gateway.trouble("facilities", kind="partial", every=2)
        partly, losses = await _sites(gateway, code)
    assert whole == alone
    assert errors == []
    lost = {element for element, site in partly.items() if site != whole[element]}
    assert 0 < len(lost) < len(whole)
    assert {"SOURCE_REFUSED", "SOURCE_UNAVAILABLE"} >= {error["extensions"]["code"] for error in losses} != set()


async def test_work_orders_stand_beside_the_orders_they_are_part_of(opening, truth):
    """Over SOAP, with its WSDL: every one is told once, in our states and in UTC, and only to whom it belongs."""
    query = """{ tickets(first: 1000, filter: {kind: PROVISIONING}) { totalCount nodes { ticketId title state openedAt
        closedAt customer { customerId } circuits(first: 5) { nodes { code } } notes { author text } } } }"""
    async with opening() as gateway:
        everything = (await gateway.data(query))["tickets"]["nodes"]
        work = [one for one in everything if one["ticketId"].startswith("provisioning:")]
        owner = work[0]["customer"]["customerId"]
        own = (await gateway.data(query, owner))["tickets"]["nodes"]
    assert truth["totals"]["workOrders"] == len({one["ticketId"] for one in work})
    assert {one["title"].split()[0] for one in work} == {
        node["code"] for one in work for node in one["circuits"]["nodes"]
    }
    assert {one["state"] == "COMPLETED" for one in work if one["closedAt"]} == {True}
    assert all(one["openedAt"].endswith("Z") and one["openedAt"] <= "2026-11-20T08:00:00Z" for one in work)
    assert any(note["text"].startswith("已") for one in work for note in one["notes"])
    assert [one for one in everything if one["customer"]["customerId"] == owner] == own


async def test_too_much_for_one_envelope_is_asked_in_several(opening):
    """The system takes a hundred keys at once and says so in a fault under HTTP 200: nobody gets to see it."""
    query = "{ circuits(first: 250) { nodes { tickets(first: 3) { completeness } } } }"
    async with opening() as gateway:
        nodes = (await gateway.data(query))["circuits"]["nodes"]
        calls = await gateway.calls()
    assert {"COMPLETE"} == {node["tickets"]["completeness"] for node in nodes}
    assert 3 <= calls["provisioning"] <= 4
