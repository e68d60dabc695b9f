"""The party system (TMF632): which organizations there are, how they hang together, and who the people are.

Its quirks: a customer is an organization under another id, and names its business id only among its external
references; a page is 20 rows and at most 100, whatever the limit says; people are found by the organization or by the
customer, and a person who is at two places is two persons.
"""

from typing import Any

from demo.operator import Operator
from demo.systems.system import System, application, demand_header, resource
from demo.tmf630 import Collection, Filter, Habits, Json
from demo.world.parties import Customer
from demo.world.people import Person

BASE = "/tmf-api/party/v4"
TOKEN = "demo-parties-token"  # noqa: S105 (a demo's fixed credential)
HABITS = Habits(page=20, most=100)
_STATUSES = {"Active": "validated", "Suspended": "validated", "Prospect": "initialized"}


def build(operator: Operator) -> System:
    """Set up the party system for one operator."""
    guard = demand_header("Authorization", f"Bearer {TOKEN}", "Bearer")
    return System(
        name="parties",
        app=application(
            resource(f"{BASE}/organization", _organizations(operator), guard)
            + resource(f"{BASE}/individual", _individuals(operator), guard)
        ),
        paths={"tmf632": BASE},
        auth={"kind": "bearer", "token": TOKEN},
        latency=(5, 20),
    )


def organization_id(customer_id: str) -> str:
    """Name the organization that is this customer."""
    return f"ORG-{customer_id}"


def _organizations(operator: Operator) -> Collection[Customer]:
    branches: dict[str, list[Customer]] = {}
    for customer in operator.customers:
        if customer.parent:
            branches.setdefault(customer.parent, []).append(customer)
    parents = {customer.id: customer for customer in operator.customers}
    people: dict[str, list[Person]] = {}
    for person in operator.people:
        people.setdefault(person.at.id, []).append(person)

    def write(customer: Customer) -> Json:
        parent = parents.get(customer.parent) if customer.parent else None
        body = _organization(customer) | _family(parent, branches.get(customer.id, []))
        return body | {"relatedParty": [_named(person) for person in people[customer.id]], "@type": "Organization"}

    return Collection(
        rows=operator.customers,
        name=lambda customer: organization_id(customer.id),
        write=write,
        filters={
            "id": Filter(lambda customer: (organization_id(customer.id),)),
            "name": Filter(lambda customer: (customer.name,)),
            "status": Filter(lambda customer: (_STATUSES[customer.status],)),
            "externalReference.name": Filter(lambda customer: (customer.id,)),
            "organizationParentRelationship.organization.id": Filter(
                lambda customer: (organization_id(customer.parent),) if customer.parent else ()
            ),
            "relatedParty.id": Filter(lambda customer: (person.id for person in people[customer.id])),
        },
        orders={"id": lambda customer: customer.id, "name": lambda customer: customer.name},
        habits=HABITS,
    )


def _organization(customer: Customer) -> Json:
    organization = organization_id(customer.id)
    return {
        "id": organization,
        "href": f"{BASE}/organization/{organization}",
        "name": customer.name,
        "tradingName": customer.trading_name,
        "nameType": "Co. Ltd.",
        "organizationType": "headOffice" if customer.parent is None else "branch",
        "isHeadOffice": customer.parent is None,
        "isLegalEntity": customer.parent is None,
        "status": _STATUSES[customer.status],
        "externalReference": [
            {"externalReferenceType": "customerId", "name": customer.id},
            {"externalReferenceType": "internetSite", "name": f"https://{customer.contact.email.partition('@')[2]}"},
        ],
        "organizationIdentification": [
            {
                "identificationType": "unifiedSocialCreditCode",
                "identificationId": f"91000000MA{int(customer.id[1:]):08d}",
                "issuingAuthority": f"{customer.city.province}市场监督管理局",
            }
        ],
        "partyCharacteristic": [{"name": "industry", "value": customer.industry, "valueType": "string"}],
        "contactMedium": [*_media(customer.contact.phone, customer.contact.email), _postal(customer)],
    }


def _family(parent: Customer | None, branches: list[Customer]) -> Json:
    """Say which organization is above, and which are below."""
    family: Json = {}
    if parent:
        family["organizationParentRelationship"] = _relationship(parent)
    if branches:
        family["organizationChildRelationship"] = [_relationship(branch) for branch in branches]
    return family


def _relationship(customer: Customer) -> Json:
    organization = organization_id(customer.id)
    reference = {"id": organization, "href": f"{BASE}/organization/{organization}", "name": customer.name}
    return {"relationshipType": "hierarchical", "organization": reference}


def _individuals(operator: Operator) -> Collection[Person]:
    return Collection(
        rows=operator.people,
        name=lambda person: person.id,
        write=_individual,
        filters={
            "id": Filter(lambda person: (person.id,)),
            "fullName": Filter(lambda person: (person.name,)),
            "relatedParty.id": Filter(lambda person: (organization_id(person.at.id), person.at.id)),
            "organization.id": Filter(lambda person: (organization_id(person.at.id),)),
            "relatedParty.role": Filter(lambda person: (person.role,)),
        },
        orders={"id": lambda person: person.id, "fullName": lambda person: (person.name, person.id)},
        habits=HABITS,
    )


def _individual(person: Person) -> Json:
    given, _, family = person.english_name.partition(" ")
    return {
        "id": person.id,
        "href": f"{BASE}/individual/{person.id}",
        "fullName": person.name,
        "familyName": person.name[:1],
        "givenName": person.name[1:],
        "title": person.title,
        "status": "validated",
        "otherName": [{"fullName": person.english_name, "givenName": given, "familyName": family}],
        "languageAbility": [{"languageCode": "zh", "languageName": "中文", "isFavouriteLanguage": True}],
        "contactMedium": _media(person.phone, person.email),
        "relatedParty": [
            _reference(organization_id(person.at.id), person.at.name, person.role, "Organization"),
            _reference(person.at.id, person.at.name, person.role, "Customer"),
        ],
        "@type": "Individual",
    }


def _named(person: Person) -> Json:
    return _reference(person.id, person.name, person.role, "Individual")


def _reference(party_id: str, name: str, role: str, kind: str) -> dict[str, Any]:
    return {"id": party_id, "name": name, "role": role, "@referredType": kind}


def _media(phone: str, email: str) -> list[Json]:
    return [
        {"mediumType": "phone", "preferred": True, "characteristic": {"phoneNumber": phone}},
        {"mediumType": "email", "preferred": False, "characteristic": {"emailAddress": email}},
    ]


def _postal(customer: Customer) -> Json:
    contact = customer.contact
    address = {
        "street1": contact.street,
        "city": contact.city.chinese,
        "stateOrProvince": contact.city.province,
        "postCode": contact.city.postcode,
        "country": "中国",
    }
    return {"mediumType": "postalAddress", "preferred": False, "characteristic": address}
