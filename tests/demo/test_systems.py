"""The quirks of the first four systems, and what all TM Forum systems share, over HTTP."""

from typing import Any

import pytest

from demo.systems.alarms import TOKEN_LIVES_SECONDS

pytestmark = pytest.mark.anyio


def ids(rows: list[dict[str, Any]]) -> list[Any]:
    """The ids of rows, in their order."""
    return [row["id"] for row in rows]


def said(row: dict[str, Any], name: str, among: str = "resourceCharacteristic") -> Any:
    """The value of one characteristic of a row."""
    return next(c["value"] for c in row[among] if c["name"] == name)


NOUNS = ["customer", "service", "resource", "alarm", "troubleTicket", "product", "organization", "individual",
         "serviceOrder"]  # fmt: skip


@pytest.mark.parametrize("noun", NOUNS)
async def test_strangers_are_refused(desk: Any, noun: str) -> None:
    """Without its own credential, each system answers 401 and says how it wants to be asked."""
    refused = await desk.ask(noun, signed_in=False)
    assert (401, "401") == (refused.status_code, refused.json()["code"])
    assert refused.headers["WWW-Authenticate"]


@pytest.mark.parametrize("noun", NOUNS)
async def test_pages_add_up(desk: Any, noun: str) -> None:
    """Walking the pages gives every row once."""
    found = ids(await desk.all(noun))
    assert len(found) == len(set(found))
    total = (await desk.ask(noun, "?limit=1")).headers.get("X-Total-Count", len(found))
    assert int(total) == len(found)


async def test_crm_filters_by_repeat_and_refuses_commas(desk: Any) -> None:
    """The CRM takes a parameter several times; a comma in it is a bad request."""
    assert ["C100002", "C100003"] == ids((await desk.ask("customer", "?id=C100003&id=C100002")).json())
    assert 400 == (await desk.ask("customer", "?id=C100003,C100002")).status_code


@pytest.mark.parametrize("query", ["?id=", "?shoeSize=45", ""])
async def test_crm_answers_everything_to_what_it_does_not_understand(desk: Any, query: str) -> None:
    """An empty or unknown filter filters nothing, as in real systems."""
    assert 12 == len((await desk.ask("customer", query)).json())


async def test_crm_finds_customers_by_their_circuits(desk: Any) -> None:
    """A circuit's code, in any case, finds the customer under which it is filed, with all its agreements."""
    customer = (await desk.ask("customer", "?limit=1")).json()[0]
    codes = [agreement["id"] for agreement in customer["agreement"]]
    found = (await desk.ask("customer", f"?agreement.id={codes[0].upper()}&agreement.id={codes[1]}")).json()
    assert [customer] == found
    assert all(code == code.lower() for code in codes)


async def test_crm_knows_branches(desk: Any) -> None:
    """A head office's id finds its branches, each of which names it as its parent."""
    branches = (await desk.ask("customer", "?relatedParty.id=C100001")).json()
    assert ["C100002", "C100003", "C100004", "C100005"] == ids(branches)
    assert all(branch["relatedParty"][0]["role"] == "parent" for branch in branches)


async def test_crm_caps_the_limit_and_sorts(desk: Any) -> None:
    """More than the most is capped without a word; names sort both ways."""
    names = [row["name"] for row in (await desk.ask("customer", "?limit=9999&sort=-name")).json()]
    assert sorted(names, reverse=True) == names
    first = await desk.ask("customer", "?limit=5&fields=name,status")
    assert ("5", "12") == (first.headers["X-Result-Count"], first.headers["X-Total-Count"])
    assert {"id", "href", "name", "status"} == set(first.json()[0])


async def test_inventory_answers_part_with_206(desk: Any) -> None:
    """A page that is not all is a 206, of 20 rows or at most 200."""
    part, whole = await desk.ask("service"), await desk.ask("service", "?relatedParty.id=C100002&limit=200")
    assert (206, 20) == (part.status_code, len(part.json()))
    assert 200 == whole.status_code
    assert 200 == len((await desk.ask("service", "?limit=1000")).json())


async def test_inventory_filters_by_comma(desk: Any) -> None:
    """Several values of one filter are joined by commas, several filters narrow."""
    services = (await desk.ask("service", "?limit=3&sort=serviceCharacteristic.circuitCode")).json()
    codes = [said(row, "circuitCode", "serviceCharacteristic") for row in services]
    assert sorted(codes) == codes
    by_code = (await desk.ask("service", f"?serviceCharacteristic.circuitCode={','.join(codes)}")).json()
    assert sorted(ids(services)) == sorted(ids(by_code))
    by_id = (await desk.ask("service", f"?id={','.join(ids(services))}&state={services[0]['state']}")).json()
    assert {services[0]["state"]} == {row["state"] for row in by_id}


async def test_inventory_refuses_long_request_lines(desk: Any) -> None:
    """A request line of 4,094 bytes is taken, one byte more is not."""
    line = len("GET /tmf-api/serviceInventory/v4/service?id= HTTP/1.1")
    assert 200 == (await desk.ask("service", "?id=" + "x" * (4094 - line))).status_code
    assert 414 == (await desk.ask("service", "?id=" + "x" * (4095 - line))).status_code


async def test_a_service_leads_to_its_resources(desk: Any) -> None:
    """A code finds a trail and the routes; a route's hops name elements and links that are there."""
    code = desk.running.operator.circuits[0].code
    rows = (await desk.ask("resource", f"?name={code}&limit=200")).json()
    route = next(row for row in rows if row["category"] == "route" and said(row, "role") == "WORKING")
    hops = route["resourceRelationship"]
    of_hop = [{c["name"]: c["value"] for c in hop["resourceRelationshipCharacteristic"]} for hop in hops]
    assert list(range(len(hops))) == [hop["sequence"] for hop in of_hop]
    elements = (await desk.ask("resource", f"?id={','.join(ids(hops))}&limit=200")).json()
    assert {row["id"]: row["name"] for row in elements} == {
        hop["id"]: told["elementName"] for hop, told in zip(hops, of_hop, strict=True)
    }
    wanted = {hop["link"] for hop in of_hop[:-1]}
    links = (await desk.ask("resource", f"?id={','.join(wanted)}&category=link&limit=200")).json()
    assert wanted == set(ids(links))
    assert "link" not in of_hop[-1]


async def test_sites_of_a_customer(desk: Any) -> None:
    """A customer's sites are found by the customer; the operator's own buildings belong to nobody."""
    sites = (await desk.ask("resource", "?category=site&relatedParty.id=C100002&limit=200")).json()
    assert [site.id for site in desk.running.operator.sites_of[1]] == ids(sites)
    own = (await desk.ask("resource", "?category=site&limit=1")).json()[0]
    assert "relatedParty" not in own


async def test_alarms_page_by_link_and_tell_no_total(desk: Any) -> None:
    """Alarms come newest first, with a link to the next page and no total."""
    first = await desk.ask("alarm", "?limit=5")
    assert "X-Total-Count" not in first.headers
    raised = [row["alarmRaisedTime"] for row in first.json()]
    assert sorted(raised, reverse=True) == raised
    query = "?" + first.links["next"]["url"].partition("?")[2]
    assert not set(ids(first.json())) & set(ids((await desk.ask("alarm", query)).json()))
    assert 400 == (await desk.ask("alarm", "?cursor=nonsense")).status_code


async def test_alarms_speak_in_many_ways(desk: Any) -> None:
    """Ids are numbers, severities come in every case, and some rows say isRoot."""
    rows = await desk.all("alarm")
    assert all(isinstance(row["id"], int) for row in rows)
    severities = [row["perceivedSeverity"] for row in rows]
    assert all(any(case(severity) == severity for severity in severities) for case in (str.upper, str.lower))
    assert 0 < sum("isRoot" in row for row in rows) < sum("isRootCause" in row for row in rows)


async def test_alarms_are_found_by_service_and_element(desk: Any) -> None:
    """Alarms are asked for by the inventory's service ids, repeated, or by elements."""
    alarm = next(a for a in desk.running.operator.alarms if a.circuits and a.element)
    services = [circuit.service_id for circuit in alarm.circuits] + ["svc-none"]
    query = "?" + "&".join(f"affectedService.id={service}" for service in services)
    assert alarm.id in ids((await desk.ask("alarm", query)).json())
    assert alarm.id in ids((await desk.ask("alarm", f"?alarmedObject.id={alarm.element}")).json())
    numbers = sorted(a.id for a in desk.running.operator.alarms)[:3]
    found = (await desk.ask("alarm", "?" + "&".join(f"id={number}" for number in numbers))).json()
    assert sorted(numbers) == sorted(ids(found))


async def test_alarms_filter_by_state_and_severity(desk: Any) -> None:
    """State and severity filter; the severity in any case."""
    rows = (await desk.ask("alarm", "?state=raised&perceivedSeverity=CRITICAL")).json()
    assert rows
    assert {("raised", "critical")} == {(row["state"], row["perceivedSeverity"].lower()) for row in rows}


async def test_tokens_are_issued_to_the_client_only(desk: Any) -> None:
    """A wrong secret gets no token, a right one a token that says when it ends, by form or by Basic."""
    auth = desk.running.systems["alarms"].address["auth"]
    form = {"grant_type": "client_credentials", "client_id": auth["client_id"], "client_secret": "wrong"}
    assert "invalid_client" == (await desk.client.post(auth["token_url"], data=form)).json()["error"]
    right = (auth["client_id"], auth["client_secret"])
    issued = await desk.client.post(auth["token_url"], data={"grant_type": "client_credentials"}, auth=right)
    assert ("Bearer", TOKEN_LIVES_SECONDS) == (issued.json()["token_type"], issued.json()["expires_in"])
    assert 400 == (await desk.client.post(auth["token_url"], data={"grant_type": "password"})).status_code


async def test_tickets_find_by_customer_and_circuit(desk: Any) -> None:
    """Tickets are found by customer, circuit and status, in any case of the status."""
    ticket = desk.running.operator.tickets[0]
    query = f"?relatedParty.id={ticket.customer.id}&relatedEntity.id={ticket.circuits[0].code}"
    assert ticket.id in ids((await desk.ask("troubleTicket", query)).json())
    rows = (await desk.ask("troubleTicket", "?status=INPROGRESS")).json()
    assert {"inprogress"} == {row["status"].lower() for row in rows}


async def test_tickets_are_dated_in_beijing_newest_first(desk: Any) -> None:
    """Ticket dates are written at +08:00; the newest comes first unless asked otherwise."""
    dates = [row["creationDate"] for row in (await desk.ask("troubleTicket")).json()]
    assert all(date.endswith("+08:00") for date in dates)
    assert sorted(dates, reverse=True) == dates
    turned = [row["creationDate"] for row in (await desk.ask("troubleTicket", "?sort=creationDate")).json()]
    assert dates[::-1] == turned


async def test_nonsense_in_paging_is_refused(desk: Any) -> None:
    """An offset that is no number is a bad request in the standard's form."""
    refused = await desk.ask("customer", "?offset=ten")
    assert (400, "Error") == (refused.status_code, refused.json()["@type"])
