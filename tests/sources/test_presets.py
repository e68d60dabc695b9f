"""The presets, against the official specifications and their samples."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from model.answer import Answer
from model.enums import AckState, AlarmState, EventType, OperationalState, PerceivedSeverity, ServiceState, TicketState
from model.keys import Lookup
from model.nouns import NOUNS
from sources.configuration import preset_names, read_sources
from sources.grammar.effective import effective_record
from sources.grammar.fields import FieldDeclaration
from sources.grammar.rest import RestDeclaration
from sources.jmespaths import top_attributes
from sources.positions import Document
from tests.sources.chaos import Chaos, always, as_json
from tests.sources.conftest import AskFor, Declare, Serve

TESTS = Path(__file__).parent.parent
RESOURCES = {
    "tmf621": "TroubleTicket",
    "tmf621-v5": "TroubleTicket",
    "tmf629": "Customer",
    "tmf632": "Organization",
    "tmf632-individual": "Individual",
    "tmf637": "Product",
    "tmf638": "Service",
    "tmf639": "Resource",
    "tmf641": "ServiceOrder",
    "tmf642": "Alarm",
}
IN_THE_SAMPLE_ONLY = {"isRoot"}
"""Written by the standard's own sample of an alarm, where its schema says isRootCause."""


WHOLE = {"[@][?!(relatedParty[?role=='accountManager'])]", "[@][?relatedParty[?role=='accountManager']] | [0]"}
"""Paths that lead to the row itself; what is read below them is looked at instead."""


def declared(name: str) -> RestDeclaration:
    """A source that is nothing but a preset."""
    source = read_sources(Document.parse(f"sources: {{s: {{preset: {name}, url: 'http://x'}}}}", "t.yaml"))["s"]
    assert isinstance(source, RestDeclaration)
    return source


def spec(name: str) -> tuple[frozenset[str], dict[str, Any]]:
    """The paths and the definitions of the official specification, be it Swagger 2 or OpenAPI 3."""
    path = TESTS / "specs" / f"{name if name.endswith('-v5') else name.partition('-')[0] + '-v4'}.json"
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return frozenset(document["paths"]), document.get("definitions") or document["components"]["schemas"]


def sample(name: str) -> dict[str, Any]:
    """The official sample of its resource; the first one where it is a list."""
    path = TESTS / "recorded" / f"{name}-official-sample.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    one: dict[str, Any] = document[0] if isinstance(document, list) else document
    return one


def test_every_preset_of_tm_forum_s_is_held_against_its_specification() -> None:
    """None is forgotten here."""
    assert {name for name in preset_names() if name.startswith("tmf")} == set(RESOURCES)


def attributes(definitions: dict[str, Any], name: str) -> dict[str, str | None]:
    """The attributes of a resource -> the definition of what they hold, if it is one."""
    found: dict[str, str | None] = {}
    for part in definitions[name].get("allOf", [definitions[name]]):
        if "$ref" in part:
            found |= attributes(definitions, part["$ref"].rsplit("/", 1)[-1])
        for attribute, schema in part.get("properties", {}).items():
            reference = schema.get("$ref") or schema.get("items", {}).get("$ref")
            found[attribute] = reference.rsplit("/", 1)[-1] if reference else None
    return found


def paths(field: FieldDeclaration) -> list[str]:
    """All paths of a field into its row."""
    at = field.each or field.at
    if field.record is not None and (at is None or at in WHOLE):
        return [path for inner in field.record.values() for path in paths(inner)]
    return [] if field.constant is not None else [field.each or field.at or "@"]


@pytest.mark.parametrize("name", RESOURCES)
def test_a_preset_asks_and_reads_only_what_the_specification_has(name: str) -> None:
    """Request paths, attributes that records are read from, attributes that are filtered by."""
    (known_paths, definitions), source = spec(name), declared(name)
    known = attributes(definitions, RESOURCES[name])
    for text, lookup in source.lookups.items():
        assert lookup.path in known_paths
        noun = NOUNS[Lookup.parse(text).noun]
        definition = known
        for step in lookup.each[1:]:
            definition = attributes(definitions, known[step] or "")
        for field in effective_record(noun, source.records[noun.name], lookup.record).values():
            holder = known if field.of == "parent" else definition
            for path in paths(field):
                tops = top_attributes(path)
                assert tops is not None
                assert {top for top in tops if not top.startswith("@")} <= set(holder) | IN_THE_SAMPLE_ONLY
        filters = [one.query for one in lookup.filters.values()] + (lookup.keys.query or [] if lookup.keys else [])
        for attribute in filters:
            assert attribute is not None
            top, *inner = attribute.split(".")
            assert top in known
            if inner and inner != ["circuitCode"]:
                assert inner[0] in attributes(definitions, known[top] or "")


async def mapped(serve: Serve, declare: Declare, ask: AskFor, name: str, lookup: str) -> Any:
    """The record of the official sample."""
    source = declare(await serve(Chaos(always(as_json([sample(name)])))), f"preset: {name}")
    one = Lookup.parse(lookup)
    answer = await source.page(one, None, ask(one.noun))
    (record,) = answer.records
    return record


@pytest.mark.anyio
async def test_tmf621_reads_the_official_ticket(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """`Pending` is a state, what else relates to the ticket is no circuit."""
    ticket = await mapped(serve, declare, ask, "tmf621", "ticket list")
    assert (ticket.ticket_id, ticket.title, ticket.state) == (
        "crm:3180",
        "Compliant over last bill",
        TicketState.PENDING,
    )
    assert (ticket.kind, ticket.priority, ticket.severity) == ("TROUBLE", "High", "Urgent")
    assert ticket.opened_at == dt.datetime(2019, 5, 31, 7, 34, 45, 968000, tzinfo=dt.UTC)
    assert ticket.due_at == dt.datetime(2019, 6, 10, 7, 34, 45, 968000, tzinfo=dt.UTC)
    assert ticket.customer == "9176"
    assert ticket.circuits == []
    assert [note.author for note in ticket.notes] == ["Jack Smith"]


@pytest.mark.anyio
async def test_tmf621_v5_reads_the_official_ticket(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Parties stand one level further down, and the history of states is called otherwise."""
    ticket = await mapped(serve, declare, ask, "tmf621-v5", "ticket list")
    assert (ticket.ticket_id, ticket.title, ticket.state) == (
        "crm:3180",
        "complaint over last bill",
        TicketState.RESOLVED,
    )
    assert (ticket.customer, ticket.circuits) == ("9176", [])
    assert [(change.state, change.at.isoformat()) for change in ticket.changes] == [
        (TicketState.ACKNOWLEDGED, "2022-05-28T07:34:45.968000+00:00"),
        (TicketState.IN_PROGRESS, "2022-05-28T08:34:45.968000+00:00"),
        (TicketState.PENDING, "2022-05-29T07:34:45.968000+00:00"),
        (TicketState.RESOLVED, "2022-05-31T07:34:45.968000+00:00"),
    ]


@pytest.mark.anyio
async def test_tmf621_v5_finds_the_tickets_of_circuits(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A circuit is an entity of that type; what else the ticket is about is none."""
    ticket = sample("tmf621-v5")
    entity = {"id": "BJ-1", "@type": "EntityRef", "@referredType": "Circuit"}
    ticket["relatedEntity"].append({"role": "affected", "@type": "RelatedEntity", "entity": entity})
    chaos = Chaos(always(as_json([ticket])))
    source = declare(await serve(chaos), "preset: tmf621-v5")
    answers = await source.fetch(Lookup("ticket", "circuit"), ["BJ-1", "BJ-2"], ask("ticket"))
    assert {key: [one.circuits for one in answer.records] for key, answer in answers.items()} == {
        "BJ-1": [["BJ-1"]],
        "BJ-2": [],
    }
    assert chaos.seen[0].startswith("GET /troubleTicket?")
    assert "relatedEntity.entity.id=BJ-1&relatedEntity.entity.id=BJ-2" in chaos.seen[0]


@pytest.mark.anyio
async def test_tmf642_reads_the_official_alarm(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Plain strings become the vocabulary, `isRoot` stands in for isRootCause."""
    alarm = await mapped(serve, declare, ask, "tmf642", "alarm list")
    assert (alarm.alarm_id, alarm.native_id) == ("crm:8675309", "8675309")
    assert (alarm.event_type, alarm.perceived_severity) == (EventType.ENVIRONMENTAL_ALARM, PerceivedSeverity.MAJOR)
    assert (alarm.state, alarm.ack_state, alarm.is_root_cause) == (AlarmState.UPDATED, AckState.ACKNOWLEDGED, False)
    assert (alarm.element, alarm.probable_cause) == ("93051825", "rectifierLowVoltage")
    assert alarm.raised_at == dt.datetime(2019, 7, 3, 3, 32, 17, 235000, tzinfo=dt.UTC)


@pytest.mark.anyio
async def test_tmf629_reads_the_official_customer(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Contact media become contacts; its agreement is a circuit of the customer."""
    customer = await mapped(serve, declare, ask, "tmf629", "customer list")
    assert (customer.customer_id, customer.name, customer.status) == ("1140", "Moon Football Club", "Approved")
    phone, mail = customer.contacts
    assert (phone.phone, phone.role, phone.preferred) == ("01 09 75 83 51", "homePhone", True)
    assert mail.address == "15 Rue des Canards, 75014, Paris, France"
    source = declare(await serve(Chaos(always(as_json([sample("tmf629")])))), "preset: tmf629")
    answers = await source.fetch(Lookup("circuit", "customer"), ["1140"], ask())
    answer = answers["1140"]
    assert isinstance(answer, Answer)
    (circuit,) = answer.records
    assert (circuit.code, circuit.customer, circuit.name) == ("4721", "1140", "Summer Contract Agreement")  # type: ignore[attr-defined]


@pytest.mark.anyio
async def test_tmf638_reads_the_official_service(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """The sample is no circuit: with its code in a characteristic it is one, under the source's own key too."""
    service = sample("tmf638")
    service["serviceCharacteristic"].append({"name": "circuitCode", "value": "BJ-1"})
    service["serviceCharacteristic"].append({"name": "bandwidth", "value": "155M"})
    source = declare(await serve(Chaos(always(as_json([service])))), "preset: tmf638", name="inventory")
    answers = await source.fetch(Lookup("circuit", "inventory"), ["5351"], ask())
    answer = answers["5351"]
    assert isinstance(answer, Answer)
    (circuit,) = answer.records
    assert circuit.keys == {"inventory": "5351", "resources": "6161"}
    assert (circuit.code, circuit.state, circuit.bandwidth_bps) == ("BJ-1", ServiceState.ACTIVE, 155_000_000)  # type: ignore[attr-defined]
    assert circuit.start_date == dt.date(2018, 1, 15)  # type: ignore[attr-defined]


@pytest.mark.anyio
async def test_tmf639_reads_the_official_resource(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """`enable` is ENABLED; places and names stand where the schema has them."""
    element = await mapped(serve, declare, ask, "tmf639", "element list")
    assert (element.element_id, element.name, element.site) == ("8044", "MobileNumber xx", "9912")
    assert element.operational_state is OperationalState.ENABLED
