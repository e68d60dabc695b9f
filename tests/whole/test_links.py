"""The linked view: every join leads to the thing that is meant, and back."""

import pytest

from model.ids import encode_id

pytestmark = pytest.mark.anyio


async def test_a_circuit_leads_to_everything_around_it(opening):
    """Customer, ends, routes, hops, elements, links, sites: each is what the systems say."""
    query = """query Q($code: String!) { circuit(code: $code) {
        id code category startDate product usageState administrativeState operationalState
        customer { customerId parent { customerId } contacts { role phone email address preferred } }
        aEnd { port address site { siteId address city latitude longitude } }
        zEnd { site { siteId circuits(first: 1000) { nodes { code } } } }
        routes { role complete hops {
            sequence inPort outPort layer
            element { id elementId vendor model role operationalState site { name } }
            link { id linkId aPort zPort layer riskGroup lengthKm aElement { elementId } zElement { elementId } }
        } } } }"""
    async with opening() as gateway:
        first = (await gateway.data("{ circuits(first: 1, filter: {state: [ACTIVE]}) { nodes { code } } }"))["circuits"]
        code = first["nodes"][0]["code"]
        circuit = (await gateway.data(query, code=f" {code.lower()}　"))["circuit"]
    assert circuit["code"] == code
    assert {"code": code} in circuit["zEnd"]["site"]["circuits"]["nodes"]
    assert circuit["aEnd"]["address"] == circuit["aEnd"]["site"]["address"]
    working = circuit["routes"][0]
    assert working["role"] == "WORKING"
    assert [hop["sequence"] for hop in working["hops"]] == sorted(hop["sequence"] for hop in working["hops"])
    for hop, following in zip(working["hops"], working["hops"][1:], strict=False):
        ends = {hop["link"]["aElement"]["elementId"], hop["link"]["zElement"]["elementId"]}
        assert ends == {hop["element"]["elementId"], following["element"]["elementId"]}
        assert hop["outPort"] in (hop["link"]["aPort"], hop["link"]["zPort"])
    assert working["hops"][-1]["link"] is None


async def test_protection_shares_no_link_and_no_risk_with_what_it_protects(opening):
    """Where there is a protection route, the fibre that fails is not in it."""
    query = """{ circuits(first: 150) { nodes { routes { role hops { link { linkId riskGroup } } } } } }"""
    async with opening() as gateway:
        circuits = (await gateway.data(query))["circuits"]["nodes"]
    protected = 0
    for circuit in circuits:
        by_role = {
            route["role"]: {hop["link"]["riskGroup"] for hop in route["hops"] if hop["link"]}
            for route in circuit["routes"]
        }
        if "PROTECTION" in by_role:
            protected += 1
            assert not by_role["WORKING"] & by_role["PROTECTION"]
    assert protected > 20


async def test_alarms_lead_to_circuits_and_elements_and_back(opening):
    """An alarm of a circuit names that circuit among those it affects; its element has it, too."""
    query = """{ alarms(first: 100, filter: {state: [RAISED]}) { nodes {
        id alarmId eventType specificProblem ackState isRootCause plannedWork port changedAt clearedAt
        circuit { code alarms { nodes { alarmId } } }
        affectedCircuits(first: 100) { totalCount nodes { code } }
        element { elementId alarms(first: 1000) { nodes { alarmId } } } } } }"""
    async with opening() as gateway:
        alarms = (await gateway.data(query))["alarms"]["nodes"]
        again = await gateway.data(
            "query Q($id: ID!) { node(id: $id) { ... on Alarm { alarmId } } }", id=alarms[0]["id"]
        )
    assert again["node"] == {"alarmId": alarms[0]["alarmId"]}
    on_circuits = [alarm for alarm in alarms if alarm["circuit"]]
    assert on_circuits
    for alarm in on_circuits:
        assert {"alarmId": alarm["alarmId"]} in alarm["circuit"]["alarms"]["nodes"]
        assert {"code": alarm["circuit"]["code"]} in alarm["affectedCircuits"]["nodes"]
    for alarm in alarms:
        if alarm["element"]:
            assert {"alarmId": alarm["alarmId"]} in alarm["element"]["alarms"]["nodes"]


async def test_tickets_lead_to_customers_and_circuits_and_back(opening):
    """A ticket is found on its customer, on its circuits, and by its id."""
    query = """{ tickets(first: 20) { nodes { __typename id ticketId kind title priority updatedAt closedAt
        notes { author at text } ... on TroubleTicket { severity resolution }
        customer { customerId tickets(first: 100) { nodes { ticketId } } }
        circuits { nodes { code tickets(first: 100) { nodes { ticketId } } } } } } }"""
    async with opening() as gateway:
        tickets = (await gateway.data(query))["tickets"]["nodes"]
        for by in (tickets[0]["id"], tickets[0]["ticketId"]):
            one = await gateway.data("query Q($id: ID!) { ticket(id: $id) { ticketId } }", id=by)
            assert one["ticket"]["ticketId"] == tickets[0]["ticketId"]
    assert {(ticket["__typename"], ticket["kind"]) for ticket in tickets} == {
        ("TroubleTicket", "TROUBLE"),
        ("ProvisioningOrder", "PROVISIONING"),
    }
    for ticket in tickets:
        assert {"ticketId": ticket["ticketId"]} in ticket["customer"]["tickets"]["nodes"]
        for circuit in ticket["circuits"]["nodes"]:
            assert {"ticketId": ticket["ticketId"]} in circuit["tickets"]["nodes"]


async def test_global_ids_find_their_things_again(opening):
    """Every noun by its id; garbage and ids of other nouns are null, not errors."""
    query = """{ circuits(first: 1) { nodes { id customer { id sites(first: 1) { nodes { id } } }
        routes { hops { element { id } link { id } } } } } }"""
    node = "query Q($id: ID!) { node(id: $id) { __typename id } }"
    async with opening() as gateway:
        circuit = (await gateway.data(query))["circuits"]["nodes"][0]
        hop = circuit["routes"][0]["hops"][0]
        ids = {
            "Circuit": circuit["id"],
            "Customer": circuit["customer"]["id"],
            "Site": circuit["customer"]["sites"]["nodes"][0]["id"],
            "NetworkElement": hop["element"]["id"],
            "Link": hop["link"]["id"],
        }
        for typename, id_ in ids.items():
            assert (await gateway.data(node, id=id_))["node"] == {"__typename": typename, "id": id_}
        for id_ in ("garbage", "", "汉字", encode_id("route", "x"), encode_id("circuit", "NO-SUCH"), "Y2lyY3VpdDo"):
            assert (await gateway.data(node, id=id_))["node"] is None
        one = await gateway.data("query Q($id: ID!) { site(id: $id) { __typename } }", id=ids["Site"])
        other = await gateway.data("query Q($id: ID!) { customer(id: $id) { __typename } }", id=ids["Site"])
        by_id = await gateway.data("query Q($id: ID!) { circuit(id: $id) { id } }", id=ids["Circuit"])
    assert one == {"site": {"__typename": "Site"}}
    assert other == {"customer": None}
    assert by_id == {"circuit": {"id": circuit["id"]}}


async def test_circuit_takes_exactly_one_of_id_and_code(opening):
    """Neither and both are refused in words."""
    async with opening() as gateway:
        for arguments in ("", '(id: "a", code: "b")'):
            answer = await gateway.ask(f"{{ circuit{arguments} {{ code }} }}")
            assert answer["errors"][0]["message"] == "circuit needs exactly one of id and code"


async def test_provenance_of_a_strange_field_is_refused(opening):
    """A field that sources cannot speak of is named in the error."""
    async with opening() as gateway:
        answer = await gateway.ask('{ circuits(first: 1) { nodes { provenance(fields: ["colour"]) { source } } } }')
    assert "colour" in answer["errors"][0]["message"]
    assert answer["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}


async def test_aliases_of_one_field_do_not_mix(opening):
    """Two aliases with other arguments and selections are two columns."""
    query = """{ customer(id: "C100001") {
        few: circuits(first: 2) { nodes { code } }
        many: circuits(first: 5, filter: {state: [ACTIVE]}) { nodes { code state name } } } }"""
    async with opening() as gateway:
        customer = (await gateway.data(query))["customer"]
    assert [set(node) for node in customer["few"]["nodes"]] == [{"code"}] * 2
    assert [set(node) for node in customer["many"]["nodes"]] == [{"code", "state", "name"}] * 5


async def test_viewer_tells_who_is_asking(opening):
    """Staff is staff; a customer's caller has its customers."""
    async with opening() as gateway:
        staff = (await gateway.data("{ viewer { subject staff customerIds } }"))["viewer"]
        own = (await gateway.data("{ viewer { staff customerIds } }", "C100002", "C100001"))["viewer"]
    assert staff == {"subject": "tester", "staff": True, "customerIds": []}
    assert own == {"staff": False, "customerIds": ["C100001", "C100002"]}


async def test_an_element_leads_to_the_circuits_that_pass_it(opening):
    """Their routes say so; each circuit is as complete as on any other path."""
    query = """query Q($id: ID!) { node(id: $id) { ... on NetworkElement { circuits(first: 1000) {
        completeness totalCount nodes { code state operationalState } } } } }"""
    circuit = """query Q($code: String!) { circuit(code: $code) {
        code state operationalState routes { hops { element { id } } } } }"""
    async with opening() as gateway:
        through = (await gateway.data(query, id=encode_id("element", "ne-bj-c1")))["node"]["circuits"]
        for one in through["nodes"][:5]:
            told = (await gateway.data(circuit, code=one["code"]))["circuit"]
            passed = {hop["element"]["id"] for route in told.pop("routes") for hop in route["hops"]}
            assert encode_id("element", "ne-bj-c1") in passed
            assert told == one
        own = (await gateway.data(query, "C100001", id=encode_id("element", "ne-bj-c1")))["node"]["circuits"]
    assert through["completeness"] == "COMPLETE"
    assert through["totalCount"] == len(through["nodes"]) > 100
    assert 0 < own["totalCount"] < through["totalCount"]


async def test_measurements_come_for_many_circuits_in_one_call(opening):
    """One query to the metrics for a column; a span that makes no sense is refused before."""
    query = """query Q($to: DateTime!, $step: Duration) { circuits(first: 30, filter: {state: [ACTIVE]}) { nodes {
        kpi(kpi: FRAME_DELAY, from: "2026-11-19T08:00:00Z", to: $to, step: $step) {
            kpi unit step completeness points { at value } } } } }"""
    async with opening() as gateway:
        answer = await gateway.ask(query, to="2026-11-20T08:00:00Z", step="PT1H")
        calls = {told["source"]: told["calls"] for told in answer["extensions"]["sources"]}
        for to, step in [
            ("2026-11-19T07:00:00Z", None),
            ("2026-11-20T08:00:00Z", "PT1S"),
            ("2026-11-20T08:00:00Z", "PT0S"),
        ]:
            refused = await gateway.ask(query, to=to, step=step)
            assert refused["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
        await gateway.trouble("metrics", kind="down")
        down = await gateway.ask(query, to="2026-11-20T08:00:00Z", step="PT1H")
    series = [node["kpi"] for node in answer["data"]["circuits"]["nodes"]]
    assert calls["metrics"] == 1
    assert {(one["unit"], one["step"], one["completeness"]) for one in series} == {("s", "PT1H", "COMPLETE")}
    assert {len(one["points"]) for one in series} <= {0, 24}  # some circuits are not measured
    assert any(point["value"] for one in series for point in one["points"])
    assert [node["kpi"] for node in down["data"]["circuits"]["nodes"]] == [None] * 30
    assert [error["extensions"]["rows"] for error in down["errors"]] == [30]


async def test_the_latest_measurement_needs_no_span(opening):
    """One instant query for a column; half a span is refused."""
    query = """{ circuits(first: 30, filter: {state: [ACTIVE]}) { nodes {
        kpi(kpi: FRAME_DELAY) { step points { at value } } } } }"""
    half = query.replace("FRAME_DELAY", 'FRAME_DELAY, to: "2026-11-20T08:00:00Z"')
    alone = query.replace("FRAME_DELAY", 'FRAME_DELAY, step: "PT1H"')
    async with opening() as gateway:
        answer = await gateway.ask(query)
        refused = [await gateway.ask(one) for one in (half, alone)]
    calls = {told["source"]: told["calls"] for told in answer["extensions"]["sources"]}
    series = [node["kpi"] for node in answer["data"]["circuits"]["nodes"]]
    assert calls["metrics"] == 1
    assert {(one["step"], len(one["points"])) for one in series} == {("PT0S", 0), ("PT0S", 1)}
    assert any(point["value"] for one in series for point in one["points"])
    assert [one["errors"][0]["extensions"]["code"] for one in refused] == ["BAD_USER_INPUT"] * 2


async def test_orders_are_tickets_with_milestones(opening, truth):
    """What is being delivered is found among a circuit's tickets, with its steps and its clock."""
    query = """{ tickets(first: 1000, filter: {kind: PROVISIONING}) { totalCount nodes { __typename kind ticketId
        ... on ProvisioningOrder { milestones { name state } } sla { kind } circuits { nodes { code state } } } } }"""
    async with opening() as gateway:
        orders = (await gateway.data(query))["tickets"]
    assert orders["totalCount"] == truth["totals"]["orders"] + truth["totals"]["workOrders"]
    assert {one["__typename"] for one in orders["nodes"]} == {"ProvisioningOrder"}
    assert all(one["milestones"] for one in orders["nodes"] if one["ticketId"].startswith("orders:"))
    assert {clock["kind"] for one in orders["nodes"] for clock in one["sla"]} == {"DELIVER"}


async def test_search_finds_by_parts_of_codes_names_and_addresses(opening):
    """Chinese and English, any case and width; the best match first; nobody finds what is not theirs."""
    query = """query Q($text: String!, $first: Int = 1000) { search(text: $text, first: $first) {
        totalCount completeness nodes { __typename
            ... on Customer { customerId name tradingName }
            ... on Circuit { code name }
            ... on Site { siteId name address } } } }"""
    async with opening() as gateway:
        bank = (await gateway.data(query, text="汐岳 银行"))["search"]
        english = (await gateway.data(query, text="xiyue bank"))["search"]
        code = (await gateway.data(query, text="ｂｊｂｊ-ethernet-000280"))["search"]
        street = (await gateway.data(query, text="和平路538号"))["search"]
        own = (await gateway.data(query, "C100003", text="银行"))["search"]
        short = await gateway.ask(query, text="汐")
    assert bank["nodes"][0] == {
        "__typename": "Customer",
        "customerId": "C100001",
        "name": "汐岳银行",
        "tradingName": "Xiyue Bank",
    }
    assert {one["__typename"] for one in bank["nodes"]} == {"Customer", "Circuit", "Site"}
    assert all("汐岳银行" in one["name"] for one in bank["nodes"])
    assert english["nodes"][0]["customerId"] == "C100001"
    assert [one.get("code") for one in code["nodes"]] == ["BJBJ-ETHERNET-000280"]
    assert street["nodes"]
    assert all("和平路538号" in one["address"] for one in street["nodes"])
    assert own["nodes"]
    assert {one["customerId"] for one in own["nodes"] if one["__typename"] == "Customer"} == {"C100003"}
    assert own["totalCount"] < bank["totalCount"]
    assert short["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_filters_hold_on_what_is_referred_to(opening):
    """The circuits of a ticket that have an active alarm are fewer than all, and each of them has one."""
    query = """{ tickets(first: 1000) { nodes { ticketId
        all: circuits { totalCount nodes { code alarms(filter: {state: [RAISED, UPDATED]}) { totalCount } } }
        alarmed: circuits(filter: {withActiveAlarms: true}) { totalCount completeness nodes { code } } } } }"""
    async with opening() as gateway:
        tickets = (await gateway.data(query))["tickets"]["nodes"]
        await gateway.trouble("alarms", kind="down")
        blind = (await gateway.data(query))["tickets"]["nodes"]
    for ticket in tickets:
        active = [one["code"] for one in ticket["all"]["nodes"] if one["alarms"]["totalCount"]]
        assert [one["code"] for one in ticket["alarmed"]["nodes"]] == active
    alarmed = sum(ticket["alarmed"]["totalCount"] for ticket in tickets)
    assert 0 < alarmed < sum(ticket["all"]["totalCount"] for ticket in tickets)
    assert {ticket["alarmed"]["completeness"] for ticket in blind if ticket["all"]["totalCount"]} == {"PARTIAL"}
