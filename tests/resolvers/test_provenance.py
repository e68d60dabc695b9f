"""Who said what is told of the things of which it is asked, whatever else is asked beside them."""

import pytest

pytestmark = pytest.mark.anyio

SOURCES = """
    inventory:
      lookups:
        circuit by code: {get: /circuits, keys: {query: code}, record: {code: code, name: name}}
    nms:
      lookups:
        alarm by circuit: {get: /alarms, keys: {query: line}, record: {circuits: line, probable_cause: cause}}
    desk:
      lookups:
        ticket by circuit: {get: /tickets, keys: {query: line}, record: {circuits: line, title: title}}
"""
TABLES = {
    "inventory": {"circuits": [{"code": "C-1", "name": "专线"}, {"code": "C-2", "name": "备用"}]},
    "nms": {"alarms": [{"id": "a", "line": "C-1", "cause": "LOS"}]},
    "desk": {"tickets": [{"id": "t", "line": "C-1", "title": "断"}]},
}
QUERY = """query Q($circuit: Boolean!, $alarms: Boolean!, $tickets: Boolean!) { circuit(code: "C-1") {
    ...Circuit @include(if: $circuit)
    alarms { nodes { alarmId ...Alarm @include(if: $alarms) } }
    tickets { nodes { ticketId ...Ticket @include(if: $tickets) } } } }
fragment Circuit on Circuit { provenance(fields: ["name"]) { field source } }
fragment Alarm on Alarm { provenance(fields: ["probableCause"]) { field source } }
fragment Ticket on TroubleTicket { provenance(fields: ["title"]) { field source } }"""


def _told(field, source):
    return [{"field": field, "source": source}]


@pytest.mark.parametrize("circuit", [False, True])
@pytest.mark.parametrize("alarms", [False, True])
@pytest.mark.parametrize("tickets", [False, True])
async def test_provenance_is_told_wherever_it_is_asked(opening, circuit, alarms, tickets):
    """Of a circuit, of its alarms, of its tickets: each by itself, and any of them together."""
    gateway = await opening(SOURCES, TABLES)
    found = (await gateway.data(QUERY, circuit=circuit, alarms=alarms, tickets=tickets))["circuit"]
    assert found.get("provenance") == (_told("name", "inventory") if circuit else None)
    assert found["alarms"]["nodes"][0].get("provenance") == (_told("probableCause", "nms") if alarms else None)
    assert found["tickets"]["nodes"][0].get("provenance") == (_told("title", "desk") if tickets else None)
