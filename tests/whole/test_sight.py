"""Roles: fields that are null, fields that wear a mask, nouns that are not shown; parts of an enterprise."""

import asyncio

import msgspec
import pytest

from auth.policy import shipped_policy, sight_of
from gateway.engine_execution import EngineExecutor
from gateway.operation import Operation
from model.caller import Caller, Role
from resolvers.request import Request
from schema.root import schema

pytestmark = pytest.mark.anyio

CUSTOMER = "C100003"
EXECUTOR = EngineExecutor(schema, planned_at=1)
CONTACTS = """query Q($id: ID!) { customer(id: $id) { contacts { name phone email address }
    accountManager { name } provenance(fields: ["contacts"]) { source raw } conflicts { values { value } }
    sites(first: 3) { completeness nodes { address } } } }"""


async def _ask(gateway, role, query, children=False, customers=(CUSTOMER,), **variables):
    sight = sight_of(shipped_policy(), [role])
    staff = role in (Role.OPERATOR, Role.ADMINISTRATOR)
    caller = Caller("t", staff, frozenset(customers), children, frozenset({role}), sight)
    request = Request(gateway.upstreams, caller, asyncio.get_running_loop().time() + 10)
    executed = await EXECUTOR(Operation(query=query, variables=variables), request)
    return msgspec.json.decode(executed.body)


async def test_a_viewer_sees_masked_contacts_and_a_manager_sees_them_plainly(opening):
    """The mask is on the value, and on everything from which the value could be told."""
    async with opening() as gateway:
        plain = await _ask(gateway, Role.CUSTOMER_MANAGER, CONTACTS, id=CUSTOMER)
        masked = await _ask(gateway, Role.CUSTOMER_VIEWER, CONTACTS, id=CUSTOMER)
    told = plain["data"]["customer"]["contacts"]
    secrets = [one[field] for one in told for field in ("phone", "email", "name") if one[field]]
    assert secrets
    assert plain["data"]["customer"]["accountManager"]
    assert masked["data"]["customer"]["accountManager"] is None
    text = msgspec.json.encode(masked).decode()
    assert not [secret for secret in secrets if secret in text]
    phones = [one["phone"] for one in masked["data"]["customer"]["contacts"] if one["phone"]]
    assert phones
    assert all("****" in phone for phone in phones)
    assert [one["address"] for one in masked["data"]["customer"]["contacts"]] == [one["address"] for one in told]


async def test_a_partner_sees_no_network(opening):
    """Nouns that a role does not see are absent, and the list says why; no source is asked for them."""
    query = """query Q($id: ID!) { customer(id: $id) { contacts { phone } circuits(first: 2) { nodes {
        code routes { role } alarms { completeness } } } } }"""
    node = '{ node(id: "ZWxlbWVudDpuZS1scy1jMQ") { id } }'
    async with opening() as gateway:
        seen = await _ask(gateway, Role.PARTNER, query, id=CUSTOMER)
        element = await _ask(gateway, Role.PARTNER, node)
        asked = {lookup for told in seen["extensions"]["sources"] for lookup in told["lookups"]}
    assert "errors" not in seen
    assert [node["routes"] for node in seen["data"]["customer"]["circuits"]["nodes"]] == [[], []]
    assert seen["data"]["customer"]["contacts"] is None
    assert element["data"] == {"node": None}
    assert not {"route by circuit", "element by element_id"} & asked


async def test_internals_are_for_roles_that_see_them(opening):
    """Timings and internal names."""
    query = '{ customers(first: 1) { nodes { provenance(fields: ["name"]) { source raw } } } sources { name } }'
    async with opening() as gateway:
        operator = await _ask(gateway, Role.OPERATOR, query)
        manager = await _ask(gateway, Role.ACCOUNT_MANAGER, query)
    assert operator["data"]["sources"]
    assert operator["data"]["customers"]["nodes"][0]["provenance"][0]["source"] == "crm"
    assert manager["data"]["sources"] is None
    assert manager["data"]["customers"]["nodes"][0]["provenance"] == [{"source": "Customer records", "raw": None}]


async def test_a_head_office_sees_its_branches_where_its_role_says_so(opening):
    """The scope grows by the enterprises that are part of it, and by nothing else."""
    query = "{ customers(first: 1000) { completeness nodes { customerId parent { customerId } } } }"
    children = '{ customer(id: "C100001") { children(first: 100) { nodes { customerId } } } }'
    async with opening() as gateway:
        parts = (await gateway.data(children))["customer"]["children"]["nodes"]
        alone = await _ask(gateway, Role.CUSTOMER_MANAGER, query, customers=["C100001"])
        whole = await _ask(gateway, Role.CUSTOMER_MANAGER, query, customers=["C100001"], children=True)
        await gateway.trouble("crm", kind="down")
        unsure = await _ask(gateway, Role.CUSTOMER_MANAGER, query, customers=["C100001"], children=True)
    assert [node["customerId"] for node in alone["data"]["customers"]["nodes"]] == ["C100001"]
    seen = {node["customerId"] for node in whole["data"]["customers"]["nodes"]}
    assert seen == {"C100001", *(part["customerId"] for part in parts)}
    assert len(seen) > 1
    assert [node["customerId"] for node in unsure["data"]["customers"]["nodes"]] == ["C100001"]
    assert unsure["data"]["customers"]["completeness"] == "PARTIAL"
