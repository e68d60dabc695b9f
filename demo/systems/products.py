"""The product inventory (TMF637): what was sold, one product for each circuit, with what realizes it.

Its quirks: several values of a filter by repeating it, and a comma is taken for a part of the value, so that nothing
is found; a product that was given up is "aborted " with a blank at its end; two in three name no price; what is not
yet delivered has no start date.
"""

from demo.operator import Operator
from demo.systems.system import System, application, demand_header, resource
from demo.tmf630 import Collection, Filter, Habits, Json
from demo.world.circuits import PRODUCTS, Circuit
from demo.world.products import monthly_yuan, product_id, rate, status

BASE = "/tmf-api/productInventory/v4"
KEY = "demo-products-key"
_DELIVERED = ("active", "inactive", "terminated")


def build(operator: Operator) -> System:
    """Set up the product inventory for one operator."""
    planted = operator.planted

    def write(circuit: Circuit) -> Json:
        name = planted.product_name.get(circuit.code, circuit.name)
        return _write(circuit, name, planted.product_sla_class.get(circuit.code, circuit.sla_class))

    products = Collection(
        rows=operator.circuits,
        name=product_id,
        write=write,
        filters={
            "id": Filter(lambda circuit: (product_id(circuit),)),
            "name": Filter(lambda circuit: (planted.product_name.get(circuit.code, circuit.name),)),
            "status": Filter(lambda circuit: (status(circuit).strip(),), str.strip),
            "productSerialNumber": Filter(lambda circuit: (circuit.code,)),
            "realizingService.id": Filter(lambda circuit: (circuit.service_id,)),
            "relatedParty.id": Filter(lambda circuit: (circuit.customer.id,)),
        },
        orders={
            "id": product_id,
            "name": lambda circuit: planted.product_name.get(circuit.code, circuit.name),
            "productSerialNumber": lambda circuit: circuit.code,
            "startDate": lambda circuit: (circuit.start, circuit.code),
        },
        habits=Habits(page=100, most=1000),
    )
    guard = demand_header("Apikey", KEY, "Apikey")
    return System(
        name="products",
        app=application(resource(f"{BASE}/product", products, guard)),
        paths={"tmf637": BASE},
        auth={"kind": "header", "header": "Apikey", "value": KEY},
        latency=(8, 25),
    )


def _write(circuit: Circuit, name: str, sla_class: str) -> Json:
    product = product_id(circuit)
    body: Json = {
        "id": product,
        "href": f"{BASE}/product/{product}",
        "name": name,
        "description": f"{PRODUCTS[circuit.category]} {rate(circuit)}",
        "status": status(circuit),
        "isBundle": False,
        "isCustomerVisible": True,
        "productSerialNumber": circuit.code,
        "productOffering": {
            "id": f"PO-{circuit.category}",
            "name": PRODUCTS[circuit.category],
            "@referredType": "ProductOffering",
        },
        "productCharacteristic": [
            {"name": "bandwidth", "value": rate(circuit), "valueType": "string"},
            {"name": "slaClass", "value": sla_class, "valueType": "string"},
        ],
        "realizingService": [
            {
                "id": circuit.service_id,
                "href": f"/tmf-api/serviceInventory/v4/service/{circuit.service_id}",
                "@referredType": "Service",
            }
        ],
        "relatedParty": [
            {
                "id": circuit.customer.id,
                "name": circuit.customer.name,
                "role": "customer",
                "@referredType": "Customer",
            }
        ],
        "@type": "Product",
    }
    if circuit.state in _DELIVERED:
        body["startDate"] = f"{circuit.start.isoformat()}T00:00:00.000Z"
    if circuit.number % 3 == 0:
        body["productPrice"] = [_price(circuit)]
    return body


def _price(circuit: Circuit) -> Json:
    yuan = monthly_yuan(circuit)
    return {
        "name": "月租费",
        "priceType": "recurring",
        "recurringChargePeriod": "month",
        "price": {"taxRate": 6.0, "dutyFreeAmount": {"unit": "CNY", "value": float(yuan)}},
    }
