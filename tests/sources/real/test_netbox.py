"""Tenants, circuits, devices and routes from a real NetBox, put there through its own API."""

import datetime as dt
from typing import Any

import pytest

from model.answer import Answer
from model.enums import CircuitCategory, OperationalState, ServiceState
from model.keys import Lookup
from sources.calls import counting_calls
from tests.sources.conftest import AskFor, Declare
from tests.sources.real.planted import Planted

pytestmark = pytest.mark.anyio
PRESET = "preset: netbox\nauth: {bearer: {env: NETBOX_TOKEN}}\ntimeout: 30s"


@pytest.fixture
def netbox(planted: Planted, declare: Declare, monkeypatch: pytest.MonkeyPatch) -> Any:
    """NetBox as a source."""
    monkeypatch.setenv("NETBOX_TOKEN", planted.api.token)
    return declare(planted.api.url, PRESET, name="netbox")


async def records(source: Any, ask: AskFor, lookup: str, *keys: str) -> list[Any]:
    """The records under these keys."""
    one = Lookup.parse(lookup)
    answers = await source.fetch(one, keys, ask(one.noun, within=60))
    return [record for answer in answers.values() if isinstance(answer, Answer) for record in answer.records]


async def test_circuits_customers_sites_and_elements(planted: Planted, netbox: Any, ask: AskFor) -> None:
    """Each by its key, and what belongs to a customer by the customer's."""
    code, slug = planted.name("HB-1"), planted.tenant["slug"]
    (circuit,) = await records(netbox, ask, "circuit by code", code, "none")
    assert (circuit.code, circuit.customer, circuit.product) == (code, slug, planted.kind["name"])
    assert (circuit.category, circuit.state) == (CircuitCategory.UNKNOWN, ServiceState.ACTIVE)
    assert (circuit.bandwidth_bps, circuit.start_date) == (155_000_000, dt.date(2024, 1, 1))
    assert (circuit.a_end.site, circuit.z_end.site) == (planted.site["slug"], planted.site["slug"])
    codes = {planted.name(f"HB-{number}") for number in range(3)}
    assert codes == {one.code for one in await records(netbox, ask, "circuit by customer", slug)}
    assert codes == {one.code for one in await records(netbox, ask, "circuit by site", planted.site["slug"])}
    (customer,) = await records(netbox, ask, "customer by customer_id", slug)
    assert customer.name == planted.tenant["name"]
    (site,) = await records(netbox, ask, "site by customer", slug)
    assert (site.site_id, site.latitude, site.longitude) == (planted.site["slug"], 30.58, 114.29)
    (element,) = await records(netbox, ask, "element by element_id", planted.name("HB-1-cpe-a"))
    assert (element.model, element.site, element.operational_state) == ("S385", site.site_id, OperationalState.ENABLED)
    assert (await netbox.health()).fault is None


async def test_routes_are_what_netbox_s_own_trace_says(planted: Planted, netbox: Any, ask: AskFor) -> None:
    """Port by port and cable by cable, from the A end's device on; three circuits cost what one does."""
    codes = [planted.name(f"HB-{number}") for number in range(3)]
    calls = counting_calls()
    routes = await records(netbox, ask, "route by circuit", *codes)
    assert calls == {"netbox": 8}
    assert [route.complete for route in routes] == [True] * 3
    for number, route in enumerate(routes):
        start = planted.devices[f"HB-{number}-cpe-a"]
        (port,) = planted.api.read("dcim/interfaces", {"device_id": start, "name": "1/2"}).json()["results"]
        trace = planted.api.read(f"dcim/interfaces/{port['id']}/trace").json()
        told = [(near[0]["device"]["name"], near[0]["name"], str(cable["id"])) for near, cable, _ in trace]
        assert told == [(hop.element, hop.out_port, hop.link) for hop in route.hops[:-1]]
        far = [(there[0]["device"]["name"], there[0]["name"]) for _, _, there in trace]
        assert far == [(hop.element, hop.in_port) for hop in route.hops[1:]]
        assert (route.hops[0].in_port, route.hops[-1].out_port) == ("1/1", "1/1")


async def test_links_are_the_cables_of_routes(planted: Planted, netbox: Any, ask: AskFor) -> None:
    """A hop's link can be looked up, whichever of its ends is its A end; an id of another system's is not asked for."""
    (route,) = await records(netbox, ask, "route by circuit", planted.name("HB-0"))
    links = await records(netbox, ask, "link by link_id", *[hop.link for hop in route.hops[:-1]], "L-0001")
    between = [{one.element, other.element} for one, other in zip(route.hops, route.hops[1:], strict=False)]
    assert between == [{link.a_element, link.z_element} for link in links]


async def test_names_that_it_does_not_have_take_nothing_from_the_others(
    planted: Planted, netbox: Any, ask: AskFor
) -> None:
    """It answers 400 to the whole of such a call."""
    refused = planted.api.read("dcim/sites", {"tenant": ["nobody", planted.tenant["slug"]]})
    assert refused.status_code == 400
    answers = await netbox.fetch(Lookup("site", "customer"), ["nobody", planted.tenant["slug"]], ask("site", within=60))
    assert {key: len(answer.records) for key, answer in answers.items()} == {"nobody": 0, planted.tenant["slug"]: 1}


async def test_its_traps_are_what_they_were(planted: Planted, netbox: Any, ask: AskFor) -> None:
    """An empty filter and one that it does not know bring everything, commas are refused, and so are long lines."""
    every = planted.api.read("circuits/circuits").json()["count"]
    assert [planted.api.read("circuits/circuits", one).json()["count"] for one in ({"id": ""}, {"nonsense": "x"})] == [
        every
    ] * 2
    assert planted.api.read("circuits/circuits", {"id": "1,2"}).status_code == 400
    assert planted.api.read("circuits/circuits", {"cid": "x" * 5000}).status_code == 400
    codes = [planted.name(f"HB-{number:05}") for number in range(600)]
    assert await records(netbox, ask, "circuit by code", *codes, "") == []
    assert netbox.oddities.counts == {}


async def test_customers_may_be_known_by_a_field_of_the_operator_s_own(
    planted: Planted, declare: Declare, ask: AskFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the documentation declares it."""
    monkeypatch.setenv("NETBOX_TOKEN", planted.api.token)
    source = declare(
        planted.api.url,
        f"{PRESET}\n"
        "records:\n"
        "  customer: {customer_id: custom_fields.number}\n"
        "  circuit: {customer: {at: tenant.id, space: self}}\n"
        "lookups:\n"
        "  customer by customer_id: {keys: {query: cf_number}}\n"
        "  circuit by customer: {keys: {query: tenant_id}, space: self, match: tenant.id}\n",
        name="netbox",
    )
    (customer,) = await records(source, ask, "customer by customer_id", planted.mark, "none")
    assert (customer.customer_id, customer.native_id) == (planted.mark, str(planted.tenant["id"]))
    assert len(await records(source, ask, "circuit by customer", customer.native_id)) == 3
