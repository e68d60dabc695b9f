"""The truth about the disagreements equals what the servers really say."""

from typing import Any

import pytest

pytestmark = pytest.mark.anyio

CRM, SERVICES, RESOURCES = "crm/tmf629", "inventory/tmf638", "inventory/tmf639"
UNITS = {"K": 10**3, "M": 10**6, "G": 10**9}


async def statements(desk: Any) -> dict[str, dict[str, dict[str, Any]]]:
    """What each system says about each circuit: system -> code -> field -> value, in common units."""
    services, trails, agreements = {}, {}, {}
    for row in await desk.all("service"):
        told = {c["name"]: c["value"] for c in row["serviceCharacteristic"]}
        bps = int(told["bandwidth"][:-1]) * UNITS[told["bandwidth"][-1]]
        customer = row["relatedParty"][0]["id"]
        service = {"name": row["name"], "customer": customer, "bandwidthBps": bps, "slaClass": told["slaClass"]}
        services[told["circuitCode"]] = service
    for row in await desk.all("resource", "?category=trail"):
        told = {c["name"]: c["value"] for c in row["resourceCharacteristic"]}
        trails[row["name"]] = {"bandwidthBps": int(told["bandwidthKbps"]) * 1000, "slaClass": told["slaClass"]}
    for row in await desk.all("customer"):
        for agreement in row["agreement"]:
            agreements[agreement["id"].upper()] = {"name": agreement["name"], "customer": row["id"]}
    return {SERVICES: services, RESOURCES: trails, CRM: agreements}


async def test_servers_disagree_where_the_truth_says_so_and_nowhere_else(desk: Any) -> None:
    """Comparing every field of every circuit finds exactly the planted disagreements and gaps."""
    said = await statements(desk)
    found, gaps = set(), set()
    for code, service in said[SERVICES].items():
        for system, noun in ((RESOURCES, "trail"), (CRM, "agreement")):
            other = said[system].get(code)
            if other is None:
                gaps.add((system, noun, code))
                continue
            for field, value in other.items():
                if value != service[field]:
                    found.add((code, field, (SERVICES, service[field]), (system, value)))
    truth = (await desk.control("GET", "/truth")).json()
    assert found == {(d["key"], d["field"], *d["values"].items()) for d in truth["disagreements"]}
    assert gaps == {(gap["system"], gap["noun"], gap["key"]) for gap in truth["gaps"]}
    assert all(set(said[system]) <= set(said[SERVICES]) for system in (CRM, RESOURCES))


async def test_totals_are_what_the_servers_count(desk: Any) -> None:
    """The totals of the truth are those that walking every list gives."""
    totals = (await desk.control("GET", "/truth")).json()["totals"]
    alarms, tickets = await desk.all("alarm"), await desk.all("troubleTicket")
    active = [row for row in alarms if row["state"] != "cleared"]
    assert totals["activeAlarms"] == len(active)
    assert totals["activeAlarmsBySeverity"] == tally(row["perceivedSeverity"].lower() for row in active)
    assert totals["alarmsByState"] == tally(row["state"] for row in alarms)
    statuses = [row["status"][0].lower() + row["status"][1:] for row in tickets]
    assert totals["ticketsByStatus"] == tally(statuses)
    services = await desk.all("service")
    assert totals["circuitsByState"] == tally(row["state"] for row in services)
    assert totals["circuitsByCustomer"] == tally(row["relatedParty"][0]["id"] for row in services)
    categories = tally(row["category"] for row in await desk.all("resource"))
    expected = {
        "link": totals["links"],
        "networkElement": totals["elements"],
        "route": totals["circuits"] + totals["circuitsProtected"],
        "site": totals["customerSites"] + totals["operatorSites"],
        "trail": totals["circuits"] - 6,
    }
    assert expected == categories
    assert totals["customers"] == len(await desk.all("customer"))


async def test_totals_of_orders_products_and_parties_are_what_the_servers_count(desk: Any) -> None:
    """Orders by state, products by status, organizations and people: the truth's totals are what the lists give."""
    totals = (await desk.control("GET", "/truth")).json()["totals"]
    orders, products = await desk.all("serviceOrder"), await desk.all("product")
    assert totals["ordersByState"] == tally(row["state"] for row in orders)
    assert totals["ordersByAction"] == tally(row["serviceOrderItem"][0]["action"] for row in orders)
    assert totals["productsByStatus"] == tally(row["status"] for row in products)
    assert (totals["orders"], totals["products"]) == (len(orders), len(products))
    people = (len(await desk.all("organization")), len(await desk.all("individual")))
    assert people == (totals["organizations"], totals["individuals"])


async def test_totals_of_shared_links_are_what_the_routes_give(desk: Any) -> None:
    """Walking every route of the resource inventory finds as many links used and shared as the truth says."""
    routes = await desk.all("resource", "?category=route")
    any_route: dict[str, set[tuple[str, str]]] = {}
    working: dict[str, set[str]] = {}
    for route in routes:
        role = next(c["value"] for c in route["resourceCharacteristic"] if c["name"] == "role")
        customer = route["relatedParty"][0]["id"]
        for hop in route["resourceRelationship"]:
            for said in hop["resourceRelationshipCharacteristic"]:
                if said["name"] == "link":
                    any_route.setdefault(said["value"], set()).add((route["name"], customer))
                    if role == "WORKING":
                        working.setdefault(said["value"], set()).add(customer)
    totals = (await desk.control("GET", "/truth")).json()["totals"]
    assert totals["linksUsed"] == len(any_route)
    assert totals["linksSharedByCircuits"] == sum(len({code for code, _ in over}) > 1 for over in any_route.values())
    assert totals["linksSharedByCustomers"] == sum(len({owner for _, owner in over}) > 1 for over in any_route.values())
    assert totals["workingLinksSharedByCustomers"] == sum(len(owners) > 1 for owners in working.values())


def tally(values: Any) -> dict[str, int]:
    """How often each value occurs."""
    counts: dict[str, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    return dict(sorted(counts.items()))
