"""The party system's quirks, over HTTP."""

from typing import Any

import pytest

pytestmark = pytest.mark.anyio


def external(row: dict[str, Any]) -> str:
    """The customer's business id, as an organization tells it."""
    return next(e["name"] for e in row["externalReference"] if e["externalReferenceType"] == "customerId")


async def test_every_customer_is_an_organization(desk: Any) -> None:
    """Organizations are the CRM's engaged parties, and name the customer among their external references."""
    customers, organizations = await desk.all("customer"), await desk.all("organization")
    assert {row["engagedParty"]["id"]: row["id"] for row in customers} == {
        row["id"]: external(row) for row in organizations
    }
    found = await desk.all("organization", "?externalReference.name=C100003&externalReference.name=C100001")
    assert {"ORG-C100001", "ORG-C100003"} == {row["id"] for row in found}


async def test_families_are_told_from_both_sides(desk: Any) -> None:
    """A branch names its head office, the head office exactly the branches that name it, as the CRM does."""
    rows = {row["id"]: row for row in await desk.all("organization")}
    up = {
        (row["organizationParentRelationship"]["organization"]["id"], name)
        for name, row in rows.items()
        if "organizationParentRelationship" in row
    }
    down = {
        (name, child["organization"]["id"])
        for name, row in rows.items()
        for child in row.get("organizationChildRelationship", ())
    }
    crm = {
        (f"ORG-{party['id']}", f"ORG-{row['id']}")
        for row in await desk.all("customer")
        for party in row["relatedParty"]
        if party["role"] == "parent"
    }
    assert up == down == crm
    assert all(rows[name]["isHeadOffice"] for name, _ in up)
    assert not any(rows[name]["isHeadOffice"] for _, name in up)


async def test_the_people_whom_the_crm_names_can_be_called(desk: Any) -> None:
    """Every individual named by the CRM is there under that name, with a role, a telephone and an address for mail."""
    people = {row["id"]: row for row in await desk.all("individual")}
    for customer in await desk.all("customer"):
        for party in customer["relatedParty"]:
            if party["@referredType"] != "Individual":
                continue
            person = people[party["id"]]
            assert party["name"] == person["fullName"]
            assert (customer["id"], party["role"]) in {(r["id"], r["role"]) for r in person["relatedParty"]}
            media = {m["mediumType"]: m["characteristic"] for m in person["contactMedium"]}
            assert media["phone"]["phoneNumber"].startswith("+86-")
            assert "@" in media["email"]["emailAddress"]


@pytest.mark.parametrize(
    "query", ["relatedParty.id=ORG-C100002", "relatedParty.id=C100002", "organization.id=ORG-C100002"]
)
async def test_people_are_found_by_organization_or_customer(desk: Any, query: str) -> None:
    """Both ids of a customer find its people, several at once by repeating."""
    rows = (await desk.ask("individual", f"?{query}")).json()
    assert ["P-C100002-1", "P-C100002-2", "AM-C100002"] == [row["id"] for row in rows]
    both = (await desk.ask("individual", f"?{query}&{query.replace('C100002', 'C100004')}")).json()
    assert [*rows, *both[3:]] == both
    assert 6 == len(both)


async def test_people_are_found_by_id_and_paged(desk: Any) -> None:
    """Several ids are repeated; a page holds 20 unless asked otherwise."""
    rows = (await desk.ask("individual", "?id=AM-C100003&id=P-C100001-1")).json()
    assert {"AM-C100003", "P-C100001-1"} == {row["id"] for row in rows}
    page = await desk.ask("individual")
    assert (20, str(3 * 12)) == (len(page.json()), page.headers["X-Total-Count"])
