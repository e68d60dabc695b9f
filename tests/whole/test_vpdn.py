"""VPDN: domains, their users' sessions and tunnels, counted against the truth and kept to their owners."""

import pytest

from auth.policy import shipped_policy, sight_of
from model.caller import Role

pytestmark = pytest.mark.anyio

DOMAINS = """{ customers(first: 100) { nodes { customerId vpdnDomains(first: 100) { completeness totalCount nodes {
    realm name administrativeState lns sessionsAtMost customer { customerId } circuit { code category }
    sessions(first: 200) { totalCount byState { state count } nodes { userName state startedAt domain { realm }
        tunnel { tunnelId } } }
    tunnels(first: 100) { totalCount nodes { tunnelId type lac lacAddress lns lnsAddress } } } } } } }"""
OF_CIRCUITS = """query OfCircuits($where: SessionFilter) { circuits(first: 500, filter: {category: [VPDN]}) { nodes {
    code state vpdnDomain { realm } vpdnSessions(first: 5, filter: $where) { totalCount nodes { lac state } } } } }"""
SESSION = """query S($realm: String!) { vpdnDomain(realm: $realm) { realm
    sessions(first: 3) { nodes { id userName callingStation framedIp sessionTime inputOctets
    tunnel { id sessions(first: 100) { totalCount nodes { id } } } } } } }"""


async def _domains(gateway, *customers):
    nodes = (await gateway.data(DOMAINS, *customers))["customers"]["nodes"]
    return [(one["customerId"], domain) for one in nodes for domain in one["vpdnDomains"]["nodes"]]


async def test_the_gateway_counts_what_the_operator_has(opening, truth):
    """Domains, sessions by state and tunnels: the same numbers, and each thing is its owner's."""
    async with opening() as gateway:
        told = await _domains(gateway)
        calls = await gateway.calls()
    totals = truth["totals"]
    domains = [domain for _, domain in told]
    states = [one for domain in domains for one in domain["sessions"]["byState"]]
    by_state = {
        state: sum(one["count"] for one in states if one["state"].lower() == state)
        for state in totals["sessionsByState"]
    }
    assert totals["domains"] == len({domain["realm"] for domain in domains})
    assert totals["sessionsByState"] == by_state
    assert totals["tunnels"] == sum(domain["tunnels"]["totalCount"] for domain in domains)
    assert all(owner == domain["customer"]["customerId"] for owner, domain in told)
    assert {"VPDN"} == {domain["circuit"]["category"] for domain in domains}
    assert calls["radius"] <= 8


async def test_circuits_lead_to_their_domains(opening, truth):
    """A VPDN circuit in service has a domain; its sessions are found in two waves, for all circuits together."""
    async with opening() as gateway:
        nodes = (await gateway.data(OF_CIRCUITS))["circuits"]["nodes"]
        calls = await gateway.calls()
        active = (await gateway.data(OF_CIRCUITS, where={"state": ["ACTIVE"], "lac": "lac1.bj"}))["circuits"]["nodes"]
    served = [one for one in nodes if one["state"] in ("ACTIVE", "INACTIVE")]
    assert all(one["code"].split("-")[2].lstrip("0") in one["vpdnDomain"]["realm"] for one in served)
    assert all(one["vpdnDomain"] is None for one in nodes if one not in served)
    assert truth["totals"]["sessions"] == sum(one["vpdnSessions"]["totalCount"] for one in nodes)
    assert calls["radius"] <= 5
    chosen = [session for one in active for session in one["vpdnSessions"]["nodes"]]
    assert chosen
    assert {("lac1.bj", "ACTIVE")} == {(one["lac"], one["state"]) for one in chosen}


async def test_a_realm_is_known_in_any_case(opening):
    """What users write in capitals is the same domain; a session and its tunnel are found again by their ids."""
    again = "query A($id: ID!) { node(id: $id) { id ... on VpdnSession { userName domain { realm } } } }"
    async with opening() as gateway:
        (_, domain), *_ = await _domains(gateway)
        told = (await gateway.data(SESSION, realm=domain["realm"].upper()))["vpdnDomain"]
        session = told["sessions"]["nodes"][0]
        node = (await gateway.data(again, id=session["id"]))["node"]
    assert domain["realm"] == told["realm"] == node["domain"]["realm"]
    assert session["userName"] == node["userName"]
    assert session["id"] in [one["id"] for one in session["tunnel"]["sessions"]["nodes"]]
    assert session["sessionTime"].startswith("P")


async def test_nobody_sees_anothers_users(opening):
    """Another's realm, session or tunnel is as unknown as one that there is not."""
    node = "query N($id: ID!) { node(id: $id) { id } }"
    async with opening() as gateway:
        told = await _domains(gateway)
        owner, domain = next(pair for pair in told if pair[1]["sessions"]["totalCount"])
        stranger = next(other for other, _ in told if other != owner)
        session = (await gateway.data(SESSION, realm=domain["realm"]))["vpdnDomain"]["sessions"]["nodes"][0]
        for id_ in (session["id"], session["tunnel"]["id"]):
            assert {"id": id_} == (await gateway.data(node, owner, id=id_))["node"]
            assert (await gateway.data(node, stranger, id=id_))["node"] is None
        assert (await gateway.data(SESSION, stranger, realm=domain["realm"]))["vpdnDomain"] is None
        assert {stranger} == {who for who, _ in await _domains(gateway, stranger)}


async def test_who_only_looks_sees_users_under_a_mask(opening):
    """A customer's viewer reads the realm and no name; a partner sees the domain and none of its users."""
    async with opening() as gateway:
        owner, domain = next(pair for pair in await _domains(gateway) if pair[1]["sessions"]["totalCount"])
        viewer = sight_of(shipped_policy(), [Role.CUSTOMER_VIEWER])
        partner = sight_of(shipped_policy(), [Role.PARTNER])
        masked = (await gateway.data(SESSION, owner, sight=viewer, realm=domain["realm"]))["vpdnDomain"]
        hidden = (await gateway.data(SESSION, owner, sight=partner, realm=domain["realm"]))["vpdnDomain"]
    assert masked["sessions"]["nodes"]
    for one in masked["sessions"]["nodes"]:
        assert one["userName"][1:] == f"***@{domain['realm']}"
        assert "****" in one["callingStation"]
    assert {"realm": domain["realm"], "sessions": {"nodes": []}} == hidden


async def test_without_the_accounts_circuits_are_still_told(opening):
    """While the accounting service is down its lists are partial, and a domain is unknown rather than none."""
    async with opening() as gateway:
        await gateway.trouble("radius", kind="down")
        answer = await gateway.ask(OF_CIRCUITS)
        lists = (await gateway.data(DOMAINS, "C100001"))["customers"]["nodes"][0]["vpdnDomains"]
    nodes = answer["data"]["circuits"]["nodes"]
    assert all(one["vpdnDomain"] is None and one["vpdnSessions"]["totalCount"] is None for one in nodes)
    assert {"SOURCE_REFUSED"} == {error["extensions"]["code"] for error in answer["errors"]}
    assert ("PARTIAL", []) == (lists["completeness"], lists["nodes"])
