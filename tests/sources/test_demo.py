"""The presets against the pretend operator's systems, over HTTP, with all their quirks."""

import datetime as dt
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from msgspec import UNSET

from demo.serve import running
from demo.world.chance import NOW
from model.answer import Answer
from model.ask import Condition, Operator, Window
from model.enums import Kpi, MilestoneState, ServiceState, TicketKind, TicketState
from model.keys import Foreign, Key, Lookup
from model.records import Record
from sources.calls import counting_calls
from tests.sources.conftest import AskFor, Declare

pytestmark = pytest.mark.anyio
CUSTOMERS = [f"C{100001 + number}" for number in range(8)]


PRESETS: dict[str, tuple[str, str]] = {
    "crm": ("tmf629", ""),
    "inventory": ("tmf638", "join: comma"),
    "resources": ("tmf639", "join: comma"),
    "alarms": ("tmf642", "paging: {by: link, follow: [cursor], total: null}"),
    "tickets": ("tmf621", "zone: Asia/Shanghai"),
    "products": ("tmf637", ""),
    "parties": ("tmf632", ""),
    "people": ("tmf632-individual", ""),
    "orders": ("tmf641", "join: comma"),
    "metrics": ("prometheus", ""),
}
"""Source -> its preset, and what the demo's system wants otherwise."""


@pytest.fixture
async def sources(declare: Declare, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[dict[str, Any]]:
    """The systems as sources; some speak for two."""
    async with running(7, 60, False, 0) as operator:
        systems: dict[str, Any] = operator.addresses["systems"]
        served = {api: (name, url) for name, system in systems.items() for api, url in system["apis"].items()}
        made: dict[str, Any] = {}
        for source, (preset, more) in PRESETS.items():
            name, url = served[preset.partition("-")[0]]
            for part in ("value", "password", "client_secret", "token"):
                if part in systems[name]["auth"]:
                    monkeypatch.setenv(f"{name}_{part}".upper(), systems[name]["auth"][part])
            made[source] = declare(url, f"preset: {preset}\n{more}", name=source, **_auth(name, systems[name]))
        yield made


def _auth(name: str, system: dict[str, Any]) -> dict[str, Any]:
    auth = system["auth"]
    match auth["kind"]:
        case "none":
            return {}
        case "header":
            way: dict[str, Any] = {"header": {"name": auth["header"], "value": {"env": f"{name}_VALUE".upper()}}}
        case "basic":
            way = {"basic": {"user": auth["user"], "password": {"env": f"{name}_PASSWORD".upper()}}}
        case "bearer":
            way = {"bearer": {"env": f"{name}_TOKEN".upper()}}
        case _:
            secret = {"env": f"{name}_CLIENT_SECRET".upper()}
            way = {"oauth2": {"token_url": auth["token_url"], "client_id": auth["client_id"], "client_secret": secret}}
    return {"auth": way}


Fetch = Callable[..., Awaitable[list[Any]]]


@pytest.fixture
def fetch(sources: dict[str, Any], ask: AskFor) -> Fetch:
    """What a source says to keys: all records, each of which it must be sure about."""

    async def fetched(source: str, lookup: str, keys: list[Any], **more: Any) -> list[Any]:
        one = Lookup.parse(lookup)
        answers = await sources[source].fetch(one, keys, ask(one.noun, **more))
        found: list[Record] = []
        for key, answer in answers.items():
            assert isinstance(answer, Answer), (key, answer)
            assert answer.complete
            found += answer.records
        return found

    return fetched


async def test_one_question_through_all_systems(sources: dict[str, Any], ask: AskFor, fetch: Fetch) -> None:
    """From customers to circuits, routes, elements, links, alarms and tickets; few calls; everything under its key."""
    counts = counting_calls()
    listed = await sources["crm"].page(Lookup("customer"), None, ask("customer"))
    customers: list[Key] = [one.customer_id for one in listed.records]  # type: ignore[attr-defined]
    assert listed.total == len(customers)
    circuits = await fetch("inventory", "circuit by customer", customers)
    assert len(circuits) == 60
    assert all(one.bandwidth_bps and one.a_end.site and one.keys["inventory"] for one in circuits)
    known = [one.code for one in circuits]
    assert len(await fetch("crm", "circuit by code", known)) > 50
    assert len(await fetch("resources", "circuit by code", known)) > 50
    routes = await fetch("resources", "route by circuit", known)
    hops = [hop for route in routes for hop in route.hops]
    elements = await fetch("resources", "element by element_id", list({hop.element for hop in hops}))
    assert {one.element_id for one in elements} == {hop.element for hop in hops}
    links = {hop.link for hop in hops if isinstance(hop.link, str)}
    assert {one.link_id for one in await fetch("resources", "link by link_id", list(links))} == links
    alarms = await fetch("alarms", "alarm by circuit", [one.native_id for one in circuits])
    assert alarms
    assert all(one.perceived_severity != "UNKNOWN" and one.raised_at for one in alarms)
    assert await fetch("tickets", "ticket by circuit", known)
    assert sum(counts.values()) < 20
    for source in sources.values():
        assert not source.oddities.counts


async def test_products_say_of_circuits_what_the_inventory_says(fetch: Fetch) -> None:
    """A product's words about a circuit are the service's own, as far as it has any; its status claims no more."""
    services = {one.code: one for one in await fetch("inventory", "circuit by customer", CUSTOMERS)}
    products = {one.code: one for one in await fetch("products", "circuit by customer", CUSTOMERS)}
    again = await fetch("products", "circuit by code", list(products))
    assert {one.code for one in again} == set(products) == set(services)
    for code, product in products.items():
        service = services[code]
        for field in ("name", "sla_class", "bandwidth_bps", "customer"):
            assert getattr(product, field) == getattr(service, field), (code, field)
        assert product.keys["inventory"] == service.native_id
        assert product.state in {service.state, ServiceState.UNKNOWN}
        assert product.start_date in {service.start_date, UNSET}
    assert {one.state for one in products.values()} >= {ServiceState.ACTIVE, ServiceState.INACTIVE}


async def test_people_and_organizations_are_told_of_customers(fetch: Fetch) -> None:
    """One call for all customers; Chinese names, roles, phones and addresses; parents by the system's own id."""
    counts = counting_calls()
    customers = {one.customer_id: one for one in await fetch("crm", "customer by customer_id", CUSTOMERS)}
    organizations = await fetch("parties", "customer by customer_id", list(customers))
    assert [one.customer_id for one in organizations] == list(customers)
    for one in organizations:
        told = customers[one.customer_id]
        assert (one.name, one.trading_name) == (told.name, told.trading_name)
        assert one.parent == (Foreign("parties", f"ORG-{told.parent}") if isinstance(told.parent, str) else UNSET)
    parents = {one.parent.key for one in organizations if one.parent is not UNSET}
    assert {one.native_id for one in await fetch("parties", "customer by parties", sorted(parents))} == parents
    branches = await fetch("parties", "customer by parent", sorted(parents))
    assert {one.parent.key for one in branches} == parents
    people = {one.customer_id: one for one in await fetch("people", "customer by customer_id", list(customers))}
    for customer_id, told in customers.items():
        own = people[customer_id]
        assert own.account_manager.name == told.account_manager.name
        assert [contact.role for contact in own.contacts] == ["contactPerson", "technicalContact"]
        for contact in (*own.contacts, own.account_manager):
            assert not contact.name.isascii()
            assert contact.phone.startswith("+86-")
            assert "@" in contact.email
    assert counts["people"] == 1


async def test_orders_are_tickets(fetch: Fetch) -> None:
    """By customer, by circuit and by id; with milestones, of which what lies behind is reached and the rest is due."""
    orders = {one.native_id: one for one in await fetch("orders", "ticket by customer", CUSTOMERS)}
    assert orders
    codes = sorted({one.circuits[0] for one in orders.values()})
    assert {one.native_id for one in await fetch("orders", "ticket by circuit", codes)} == set(orders)
    assert {one.native_id for one in await fetch("orders", "ticket by ticket_id", list(orders))} == set(orders)
    for one in orders.values():
        assert one.kind is TicketKind.PROVISIONING
        assert one.state is not TicketState.UNKNOWN
        assert one.customer in CUSTOMERS
        assert one.opened_at < one.due_at
        reached = [step.reached_at for step in one.milestones if step.state is MilestoneState.COMPLETED]
        assert all(one.opened_at <= at for at in reached)
        assert all(step.due_at is not UNSET and step.reached_at is UNSET for step in one.milestones[len(reached) :])
    held = [one for one in orders.values() if one.state is TicketState.HELD]
    assert all(one.changes[-1].state is TicketState.HELD for one in held)


async def test_kpis_of_many_circuits_are_one_call(fetch: Fetch, ask: AskFor) -> None:
    """Every active circuit's series on one grid; what is not measured yet is a gap."""
    counts = counting_calls()
    services = await fetch("inventory", "circuit by customer", CUSTOMERS)
    active = [one.code for one in services if one.state is ServiceState.ACTIVE]
    window = Window(NOW - dt.timedelta(hours=2), NOW + dt.timedelta(hours=1), 300.0)
    asked = (Condition("kpi", Operator.IN, (Kpi.AVAILABILITY, Kpi.FRAME_DELAY)),)
    series = await fetch("metrics", "kpi by circuit", [*active, "NOBODY-1"], window=window, filter=asked)
    assert counts["metrics"] == 1
    assert {one.circuit for one in series if one.points and one.kpi is Kpi.AVAILABILITY} == set(active)
    down = {one.circuit for one in series if not one.points and one.kpi is Kpi.FRAME_DELAY} - {"NOBODY-1"}
    assert len(down) < len(active) / 2  # what carries nothing has no delay
    assert [one.points for one in series if one.circuit == "NOBODY-1"] == [[], []]
    for one in series:
        assert one.step == 300
        if one.points:
            assert [point.at for point in one.points] == [window.start + dt.timedelta(minutes=5 * n) for n in range(36)]
            assert all(point.value is None for point in one.points if point.at > NOW)
    values = [point.value for one in series if one.kpi is Kpi.FRAME_DELAY for point in one.points]
    assert 0 < sum(value for value in values if value is not None) / len(values) < 1


async def test_every_system_says_that_it_is_there(sources: dict[str, Any]) -> None:
    """With the credentials that it gave us."""
    for source in sources.values():
        assert (await source.health()).fault is None
