"""The CRM (TMF629): customers by business id, the circuits they have agreements for, whom to call.

Its quirks: filters by repeating the parameter, a comma is refused; a filter it does not know, or an empty one,
answers every customer; a limit above the most is capped without a word; circuit codes are in lower case.
"""

from demo.operator import Operator
from demo.systems.system import System, application, demand_header, resource
from demo.tmf630 import Collection, Filter, Habits, Json
from demo.world.circuits import Circuit
from demo.world.parties import Customer

BASE = "/tmf-api/customerManagement/v4"
KEY = "demo-crm-key"


def build(operator: Operator) -> System:
    """Set up the CRM for one operator."""
    ledger = _Ledger(operator)
    customers = Collection(
        rows=operator.customers,
        name=lambda customer: customer.id,
        write=ledger.write,
        filters={
            "id": Filter(lambda customer: (customer.id,)),
            "name": Filter(lambda customer: (customer.name,)),
            "status": Filter(lambda customer: (customer.status,)),
            "relatedParty.id": Filter(lambda customer: (customer.parent,) if customer.parent else ()),
            "agreement.id": Filter(ledger.codes, str.lower),
        },
        orders={"id": lambda customer: customer.id, "name": lambda customer: customer.name},
        habits=Habits(page=50, most=500, refuses_comma=True),
    )
    guard = demand_header("X-Api-Key", KEY, "ApiKey")
    return System(
        name="crm",
        app=application(resource(f"{BASE}/customer", customers, guard)),
        paths={"tmf629": BASE},
        auth={"kind": "header", "header": "X-Api-Key", "value": KEY},
        latency=(5, 20),
    )


class _Ledger:
    """Which circuits the CRM files under which customer, right or wrong."""

    def __init__(self, operator: Operator) -> None:
        planted = operator.planted
        self._names = planted.crm_name
        self._names_of = {customer.id: customer.name for customer in operator.customers}
        self._filed: dict[str, list[Circuit]] = {customer.id: [] for customer in operator.customers}
        for circuit in operator.circuits:
            if circuit.code not in planted.no_agreement:
                self._filed[planted.crm_customer.get(circuit.code, circuit.customer.id)].append(circuit)

    def codes(self, customer: Customer) -> list[str]:
        """List the codes of the circuits filed under a customer."""
        return [circuit.code for circuit in self._filed[customer.id]]

    def write(self, customer: Customer) -> Json:
        """Write a customer as the CRM does."""
        body: Json = {
            "id": customer.id,
            "href": f"{BASE}/customer/{customer.id}",
            "name": customer.name,
            "status": customer.status,
            "engagedParty": {
                "id": f"ORG-{customer.id}",
                "name": customer.name,
                "@referredType": "Organization",
            },
            "characteristic": _characteristics(customer),
            "contactMedium": _contact_media(customer),
            "agreement": [self._agreement(circuit) for circuit in self._filed[customer.id]],
            "@type": "Customer",
        }
        return body | {"relatedParty": self._parties(customer)}

    def _parties(self, customer: Customer) -> list[Json]:
        contact = f"P-{customer.id}-1"
        parties = [
            _party(contact, customer.contact.name, "contactPerson", "Individual"),
            _party(f"AM-{customer.id}", customer.account_manager, "accountManager", "Individual"),
        ]
        if customer.parent:
            parties.insert(0, _party(customer.parent, self._names_of[customer.parent], "parent", "Customer"))
        return parties

    def _agreement(self, circuit: Circuit) -> Json:
        name = self._names.get(circuit.code, circuit.name)
        return {"id": circuit.code.lower(), "name": name, "@referredType": "Agreement"}


def _characteristics(customer: Customer) -> list[Json]:
    said = {
        "tier": customer.tier,
        "tradingName": customer.trading_name,
        "englishName": customer.trading_name,
        "industry": customer.industry,
    }
    return [{"name": name, "value": value, "valueType": "string"} for name, value in said.items()]


def _contact_media(customer: Customer) -> list[Json]:
    contact = customer.contact
    postal = {
        "contactType": "headOffice" if customer.parent is None else "branch",
        "street1": contact.street,
        "city": contact.city.chinese,
        "stateOrProvince": contact.city.province,
        "postCode": contact.city.postcode,
        "country": "中国",
    }
    return [
        _medium("TelephoneNumber", True, {"contactType": "officePhone", "phoneNumber": contact.phone}),
        _medium("EmailAddress", False, {"contactType": "officeEmail", "emailAddress": contact.email}),
        _medium("MailingAddress", False, postal),
    ]


def _party(party_id: str, name: str, role: str, kind: str) -> Json:
    return {"id": party_id, "name": name, "role": role, "@referredType": kind}


def _medium(kind: str, preferred: bool, characteristic: Json) -> Json:
    return {"mediumType": kind, "preferred": preferred, "characteristic": characteristic}
