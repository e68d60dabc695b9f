"""The presets for products, parties and orders, against the standards' own samples."""

import datetime as dt
from typing import Any

import pytest

from model.answer import Answer
from model.enums import MilestoneState, ServiceState, TicketKind, TicketState
from model.keys import Foreign, Lookup
from tests.sources.chaos import Chaos, always, as_json
from tests.sources.conftest import AskFor, Declare, Serve
from tests.sources.test_presets import sample

pytestmark = pytest.mark.anyio
UTC8 = dt.timezone(dt.timedelta(hours=8))


async def mapped(
    serve: Serve, declare: Declare, ask: AskFor, name: str, lookup: str, key: str, *rows: dict[str, Any]
) -> Any:
    """The one record under a key."""
    source = declare(await serve(Chaos(always(as_json(list(rows))))), f"preset: {name}", name="s")
    one = Lookup.parse(lookup)
    answer = (await source.fetch(one, [key], ask(one.noun)))[key]
    assert isinstance(answer, Answer)
    (record,) = answer.records
    return record


async def test_tmf637_reads_the_official_product(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A product is a statement about the circuit whose code is its serial number."""
    product = sample("tmf637")
    product["productCharacteristic"] += [
        {"name": "bandwidth", "value": "155M"},
        {"name": "slaClass", "value": "AA"},
    ]
    product["relatedParty"].append({"id": "C1", "role": "customer"})
    circuit = await mapped(serve, declare, ask, "tmf637", "circuit by code", "N/A", product)
    assert (circuit.native_id, circuit.keys) == ("g265-tf85", {"s": "g265-tf85", "inventory": "123t-78k"})
    assert (circuit.name, circuit.product) == ("Voice Over IP Basic instance for Jean", "Voice Over IP Basic")
    assert (circuit.state, circuit.start_date) == (ServiceState.ACTIVE, dt.date(2017, 11, 1))
    assert (circuit.bandwidth_bps, circuit.sla_class, circuit.customer) == (155_000_000, "AA", "C1")


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("active", ServiceState.ACTIVE),
        ("Suspended", ServiceState.INACTIVE),
        ("terminated", ServiceState.TERMINATED),
        ("created", ServiceState.UNKNOWN),
        ("pendingActive", ServiceState.UNKNOWN),
        ("pendingTerminate", ServiceState.UNKNOWN),
        ("cancelled", ServiceState.UNKNOWN),
        ("aborted ", ServiceState.UNKNOWN),
    ],
)
async def test_a_product_s_status_says_what_it_says_and_no_more(
    serve: Serve, declare: Declare, ask: AskFor, status: str, state: ServiceState
) -> None:
    """Of a service that is not yet or no longer there a product says nothing; its own word is kept."""
    product = sample("tmf637") | {"status": status}
    circuit = await mapped(serve, declare, ask, "tmf637", "circuit by code", "N/A", product)
    assert circuit.state is state
    assert circuit.raw == ({"state": status} if state is ServiceState.UNKNOWN else {})


async def test_tmf641_reads_the_official_order(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Its external id is the circuit; a completion date of nothing is none."""
    order = sample("tmf641")
    ticket = await mapped(serve, declare, ask, "tmf641", "ticket by ticket_id", "42", order)
    assert (ticket.ticket_id, ticket.kind, ticket.state) == ("s:42", TicketKind.PROVISIONING, TicketState.ACKNOWLEDGED)
    assert (ticket.title, ticket.priority, ticket.circuits) == ("Service order description", "1", ["BSS747"])
    assert ticket.opened_at == dt.datetime(2018, 1, 12, 9, 37, 40, 508000, tzinfo=dt.UTC)
    assert ticket.due_at == dt.datetime(2018, 1, 15, 9, 37, 40, 508000, tzinfo=dt.UTC)
    assert ticket.closed_at is None
    assert [note.author for note in ticket.notes] == ["Harvey Poupon"]


async def test_tmf641_tells_how_far_an_order_got(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A milestone's one date is when it was reached or when it is due; alerts tell when the order stood still."""
    day = "2026-11-{:02}T08:00:00+08:00".format
    order = sample("tmf641") | {
        "milestone": [
            {"name": "survey", "status": "completed", "milestoneDate": day(1)},
            {"name": "design", "status": "held", "milestoneDate": day(9)},
            {"name": "test", "status": "pending", "milestoneDate": day(12)},
        ],
        "jeopardyAlert": [
            {"name": "held", "alertDate": day(2)},
            {"name": "weather", "alertDate": day(3)},
            {"name": "resumed", "alertDate": day(4)},
        ],
    }
    ticket = await mapped(serve, declare, ask, "tmf641", "ticket by circuit", "BSS747", order)
    survey, design, test = ticket.milestones
    assert (survey.state, survey.reached_at) == (MilestoneState.COMPLETED, dt.datetime(2026, 11, 1, 8, tzinfo=UTC8))
    assert (design.state, design.due_at) == (MilestoneState.DELAYED, dt.datetime(2026, 11, 9, 8, tzinfo=UTC8))
    assert (test.name, test.state) == ("test", MilestoneState.PENDING)
    assert not isinstance(survey.due_at, dt.datetime)
    assert not isinstance(design.reached_at, dt.datetime)
    assert [(one.state, one.at) for one in ticket.changes] == [
        (TicketState.HELD, dt.datetime(2026, 11, 2, 8, tzinfo=UTC8)),
        (TicketState.IN_PROGRESS, dt.datetime(2026, 11, 4, 8, tzinfo=UTC8)),
    ]


async def test_tmf621_tells_the_states_that_a_ticket_was_in(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """In the case that the vendor likes, with their times."""
    changes = [
        {"status": "Acknowledged", "changeDate": "2026-11-01T00:00:00Z"},
        {"status": "inProgress", "changeDate": "2026-11-02T00:00:00Z"},
    ]
    ticket = sample("tmf621") | {"statusChange": changes}
    record = await mapped(serve, declare, ask, "tmf621", "ticket by ticket_id", "3180", ticket)
    assert [(one.state, one.at.day) for one in record.changes] == [
        (TicketState.ACKNOWLEDGED, 1),
        (TicketState.IN_PROGRESS, 2),
    ]


async def test_tmf632_reads_the_official_organization(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """It is the customer that an external reference names; its parent is known by the party system's own id."""
    organization = sample("tmf632-organization")
    organization["externalReference"].append({"name": "C100001", "externalReferenceType": "customerId"})
    record = await mapped(serve, declare, ask, "tmf632", "customer by customer_id", "C100001", organization)
    assert (record.customer_id, record.native_id, record.keys) == ("C100001", "128", {"s": "128"})
    assert (record.trading_name, record.parent) == ("Coffee Do Brazil Fair Trade", Foreign("s", "800"))


def person(number: int, name: str, role: str, phone: str) -> dict[str, Any]:
    """Somebody at two parties: the organization, and the customer that it is."""
    return {
        "id": f"P{number}",
        "fullName": name,
        "contactMedium": [
            {"mediumType": "email", "characteristic": {"emailAddress": f"p{number}@x.example"}},
            {"mediumType": "phone", "characteristic": {"phoneNumber": phone}},
        ],
        "relatedParty": [
            {"id": "ORG-1", "role": "employee", "@referredType": "Organization"},
            {"id": "C1", "role": role, "@referredType": "Customer"},
        ],
    }


async def test_the_people_around_a_customer_are_put_together(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A row a person makes one customer with all of them; the account manager is none of its contacts."""
    people = [
        person(1, "王秀英", "contactPerson", "+86-10-1"),
        person(2, "李强", "accountManager", "+86-10-2"),
        person(3, "张伟", "technicalContact", "+86-10-3"),
    ]
    record = await mapped(serve, declare, ask, "tmf632-individual", "customer by customer_id", "C1", *people)
    assert [(one.name, one.role, one.phone, one.email) for one in record.contacts] == [
        ("王秀英", "contactPerson", "+86-10-1", "p1@x.example"),
        ("张伟", "technicalContact", "+86-10-3", "p3@x.example"),
    ]
    manager = record.account_manager
    assert (manager.name, manager.role, manager.phone) == ("李强", "accountManager", "+86-10-2")
