"""SOAP is spoken by a WSDL and without one, and a fault is a fault whatever its status."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import pytest
from lxml import etree
from starlette.requests import Request
from starlette.responses import Response

from model.answer import Answer
from model.enums import TicketState
from model.faults import (
    BadRequest,
    Drifted,
    Malformed,
    Overloaded,
    Rejected,
    SourceFault,
    TimedOut,
    Unauthorised,
    Unavailable,
)
from model.keys import Lookup
from sources.contract import HealthState
from tests.sources.chaos import Chaos, Hanging, always
from tests.sources.conftest import AskFor, Declare, Serve

pytestmark = pytest.mark.anyio
SOAP = {"1.1": "http://schemas.xmlsoap.org/soap/envelope/", "1.2": "http://www.w3.org/2003/05/soap-envelope"}
WSDL = (Path(__file__).parent / "orders.wsdl").read_text(encoding="utf-8")
BY_CIRCUIT = Lookup("ticket", "circuit")
LISTED = Lookup("ticket")
TICKETS = """
records:
  ticket:
    native_id: o:id
    title: o:title
    state: {at: o:state, values: {完成: COMPLETED}}
    due_at: o:due
    circuits: o:circuits/o:code
lookups:
  ticket by circuit:
    operation: QueryOrdersRequest
    body: {criteria: {kind: order, codes: null}}
    keys: {body: criteria.codes.code, at_most: 2}
    each: o:orders/o:order
  ticket list: {operation: QueryOrdersRequest, each: o:orders/o:order}
"""
BASE = """
speaks: soap
namespaces: {o: "urn:orders:types"}
namespace: urn:orders:service
"""
BY_WSDL = "speaks: soap\nwsdl: ?wsdl\nnamespaces: {o: 'urn:orders:types'}\n" + (
    TICKETS.replace("QueryOrdersRequest", "QueryOrders").replace("body: {criteria: {kind: order, codes: null}}", "")
)


def envelope(body: str, version: str = "1.1", status: int = 200, kind: str = "text/xml") -> Response:
    """A body within an envelope."""
    text = f'<env:Envelope xmlns:env="{SOAP[version]}"><env:Header/><env:Body>{body}</env:Body></env:Envelope>'
    return Response(text.encode(), status, media_type=kind)


def orders(*codes: str) -> str:
    """An answer: one order for each circuit, in two namespaces, one of them the default."""
    rows = "".join(
        f"<t:order><t:id>W-{code}</t:id><t:title>开通 {code}</t:title><t:state>完成</t:state>"
        f'<t:due xsi:nil="true"/><t:circuits><t:code>{code}</t:code><t:code>X</t:code></t:circuits></t:order>'
        for code in codes
    )
    return (
        '<QueryOrdersResponse xmlns="urn:orders:service" xmlns:t="urn:orders:types" '
        f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><t:orders>{rows}</t:orders></QueryOrdersResponse>'
    )


@dataclass
class Desk:
    """A service: remembers envelopes, answers with an order for each code that stands in them."""

    version: str = "1.1"
    wsdl: str | None = None
    envelopes: list[Any] = field(default_factory=list)

    def __call__(self, request: Request, body: bytes) -> Response:
        """Answer an envelope, or hand out the WSDL."""
        if request.method == "GET":
            if self.wsdl is None:
                return Response(status_code=503)
            return Response(self.wsdl.replace("http://orders.example", str(request.base_url).rstrip("/")), 200)
        self.envelopes.append(etree.fromstring(body))
        codes = [str(one.text) for one in self.envelopes[-1].iter("{*}code")]
        return envelope(orders(*codes), self.version)


@pytest.mark.parametrize("version", ["1.1", "1.2"])
async def test_an_operation_is_asked_without_a_wsdl(
    serve: Serve, declare: Declare, ask: AskFor, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys as an array at their place, headers and who asks in the header, and what tells the action in its place."""
    monkeypatch.setenv("SOAP_PASS", "p<&>")
    desk = Desk(version)
    chaos = Chaos(desk)
    more = f"version: {version}\nheader: {{o:tenant: {{o:id: 7, o:key: {{env: SOAP_PASS}}}}}}\n"
    secure = "security: {user: u, password: {env: SOAP_PASS}}\n"
    action = TICKETS.replace("QueryOrdersRequest\n", "QueryOrdersRequest\n    action: urn:query\n")
    source = declare(f"{await serve(chaos)}/ws", BASE + more + secure + action)
    answers = await source.fetch(BY_CIRCUIT, ["A", "电路</x>", "C"], ask("ticket"))
    assert chaos.seen == ["POST /ws"] * 2
    told = chaos.headers[0]
    if version == "1.1":
        assert (told["content-type"], told["soapaction"]) == ("text/xml; charset=utf-8", '"urn:query"')
    else:
        assert told["content-type"] == 'application/soap+xml; charset=utf-8; action="urn:query"'
        assert "soapaction" not in told
    root = max(desk.envelopes, key=lambda one: len(list(one.iter("{*}code"))))
    assert root.tag == f"{{{SOAP[version]}}}Envelope"
    asked = root[1][0]
    assert asked.tag == "{urn:orders:service}QueryOrdersRequest"
    assert [(one.tag.rpartition("}")[2], one.text) for one in asked[0].iter()] == [
        ("criteria", None), ("kind", "order"), ("codes", None), ("code", "A"), ("code", "电路</x>"),
    ]  # fmt: skip
    assert root.findtext(".//{urn:orders:types}key") == "p<&>"
    assert root.findtext(".//{*}Security/{*}UsernameToken/{*}Password") == "p<&>"
    answer = answers["C"]
    assert isinstance(answer, Answer)
    (found,) = answer.records
    assert (found.ticket_id, found.title, found.state, found.due_at) == (
        "crm:W-C",
        "开通 C",
        TicketState.COMPLETED,
        None,
    )
    assert found.circuits == ["C", "X"]


async def test_a_digest_says_nothing_of_the_password(
    serve: Serve, declare: Declare, ask: AskFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And is another one each time."""
    monkeypatch.setenv("SOAP_PASS", "hush")
    desk = Desk()
    source = declare(
        await serve(Chaos(desk)), f"{BASE}security: {{user: u, password: {{env: SOAP_PASS}}, digest: true}}\n{TICKETS}"
    )
    await source.page(LISTED, None, ask("ticket"))
    await source.page(LISTED, None, ask("ticket"))
    shown = [one.findtext(".//{*}Password") for one in desk.envelopes]
    assert shown[0] != shown[1]
    assert b"hush" not in b"".join(map(etree.tostring, desk.envelopes))
    monkeypatch.delenv("SOAP_PASS")
    with pytest.raises(Unauthorised, match="SOAP_PASS"):
        await source.page(LISTED, None, ask("ticket"))


async def test_a_wsdl_says_how_requests_are_written(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Namespaces, order and action come from it; it is loaded once for all who wait."""
    desk = Desk(wsdl=WSDL)
    chaos = Chaos(desk)
    by_wsdl = TICKETS.replace("QueryOrdersRequest", "QueryOrders").replace(
        "body: {criteria: {kind: order, codes: null}}", ""
    )
    source = declare(
        f"{await serve(chaos)}/ws",
        "speaks: soap\nwsdl: ?wsdl\nnamespaces: {o: 'urn:orders:types'}\n" + by_wsdl,
    )
    async with anyio.create_task_group() as group:
        for code in "ABCD":
            group.start_soon(source.fetch, BY_CIRCUIT, [code], ask("ticket"))
    assert chaos.seen.count("GET /ws?wsdl") == 1
    assert {line["soapaction"] for line in chaos.headers if "soapaction" in line} == {'"urn:orders:QueryOrders"'}
    asked = desk.envelopes[0].find(".//{urn:orders:service}QueryOrdersRequest")
    assert asked.find("{urn:orders:service}criteria/{urn:orders:types}codes/{urn:orders:types}code") is not None
    answers = await source.fetch(BY_CIRCUIT, ["A", "B"], ask("ticket"))
    assert set(answers) == {"A", "B"}


async def test_a_wsdl_that_cannot_be_had_is_asked_for_again(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Until then the source is down; what is no WSDL, or has no such operation, is the fault that it is."""
    desk = Desk()
    url = await serve(Chaos(desk))
    source = declare(url, BY_WSDL)
    for wsdl, fault in (
        (None, Overloaded),
        ("<html>", Malformed),
        ("<definitions/>", Malformed),
        (f'<!DOCTYPE a [<!ENTITY x "y">]>{WSDL.partition("?>")[2]}', Malformed),
        (WSDL.replace("<types>", '<import namespace="urn:x" location="http://127.0.0.1:1/x.wsdl"/><types>'), Malformed),
    ):
        desk.wsdl = wsdl
        with pytest.raises(SourceFault) as caught:
            await source.fetch(BY_CIRCUIT, ["A"], ask("ticket"))
        assert type(caught.value) is fault
        assert (await source.health()).state is HealthState.DOWN
    desk.wsdl = WSDL
    assert set(await source.fetch(BY_CIRCUIT, ["A"], ask("ticket"))) == {"A"}
    gone = declare(url, BY_WSDL.replace("QueryOrders", "FindOrders"))
    with pytest.raises(Drifted):
        await gone.fetch(BY_CIRCUIT, ["A"], ask("ticket"))
    strange = declare(url, BY_WSDL.replace("criteria.codes.code", "criteria.kodes.kode"))
    with pytest.raises(BadRequest):
        await strange.fetch(BY_CIRCUIT, ["A"], ask("ticket"))


def fault(code: str, own: str = "", version: str = "1.1", sub: str = "") -> str:
    """A fault, as either version writes it."""
    detail = f"<s:OrderFault xmlns:s='urn:s'><s:code>{own}</s:code><s:text>秘密</s:text></s:OrderFault>" if own else ""
    if version == "1.1":
        told = f"<faultcode>{code}</faultcode><faultstring>秘密</faultstring><detail>{detail}</detail>"
        return f"<env:Fault>{told}</env:Fault>"
    subcode = f"<env:Subcode><env:Value>m:{sub}</env:Value></env:Subcode>" if sub else ""
    return (
        f"<env:Fault><env:Code><env:Value>env:{code}</env:Value>{subcode}</env:Code>"
        f"<env:Reason><env:Text>秘密</env:Text></env:Reason><env:Detail>{detail}</env:Detail></env:Fault>"
    )


FAULTS: dict[str, tuple[Response, type[SourceFault]]] = {
    "the client's, 500": (envelope(fault("env:Client"), status=500), BadRequest),
    "the client's, 200": (envelope(fault("env:Client")), BadRequest),
    "the client's, in more words": (envelope(fault("env:Client.Parameters")), BadRequest),
    "the server's, 200": (envelope(fault("env:Server")), Unavailable),
    "the server's, 500": (envelope(fault("soap:Server"), status=500), Unavailable),
    "authentication": (envelope(fault("wsse:FailedAuthentication"), status=500), Unauthorised),
    "a declared code": (envelope(fault("env:Server", "E401"), status=500), Unauthorised),
    "a declared code that may pass": (envelope(fault("env:Client", "E503")), Unavailable),
    "a declared element": (envelope(fault("env:Server", "1").replace("OrderFault", "LockedFault")), Rejected),
    "an unknown code": (envelope(fault("env:MustUnderstand")), Rejected),
    "1.2, the sender's": (envelope(fault("Sender", version="1.2"), "1.2"), BadRequest),
    "1.2, the receiver's": (envelope(fault("Receiver", version="1.2"), "1.2", 500), Unavailable),
    "1.2, a declared subcode": (envelope(fault("Sender", version="1.2", sub="E401"), "1.2"), Unauthorised),
    "no envelope": (Response(orders("A"), media_type="text/xml"), Malformed),
    "an empty body": (envelope(""), Malformed),
    "another answer": (envelope("<CancelOrdersResponse xmlns='urn:orders:service'/>"), Drifted),
    "a page, 500": (Response("<html>秘密", 500, media_type="text/html"), Unavailable),
    "a page, 200": (Response("<html>秘密", 200, media_type="text/html"), Malformed),
    "a login page": (Response("<html><form></form></html>", 200, media_type="text/html"), Malformed),
    "401": (Response("", 401), Unauthorised),
    "cut": (Response(envelope(orders("A")).body[:-20], 200, media_type="text/xml"), Malformed),
    "entities": (
        Response(b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + bytes(envelope(orders("A")).body), 200),
        Malformed,
    ),
}


@pytest.mark.parametrize("what", FAULTS)
async def test_a_fault_is_the_right_one(serve: Serve, declare: Declare, ask: AskFor, what: str) -> None:
    """Whatever its status; nothing of its own words is repeated."""
    response, kind = FAULTS[what]
    codes = "faults: {E401: unauthorised, E503: unavailable, E404: missing, LockedFault: rejected}\n"
    source = declare(await serve(Chaos(always(response))), BASE + codes + TICKETS)
    with pytest.raises(SourceFault) as caught:
        await source.fetch(BY_CIRCUIT, ["A"], ask("ticket"))
    assert type(caught.value) is kind
    assert "秘密" not in str(caught.value)


@pytest.mark.parametrize("answer", [orders(), fault("env:Server", "E404")])
async def test_nothing_found_is_an_answer(serve: Serve, declare: Declare, ask: AskFor, answer: str) -> None:
    """An answer without rows, and a fault that is declared to mean that there is no such thing."""
    source = declare(await serve(Chaos(always(envelope(answer)))), f"{BASE}faults: {{E404: missing}}\n{TICKETS}")
    found = (await source.fetch(BY_CIRCUIT, ["A"], ask("ticket")))["A"]
    assert isinstance(found, Answer)
    assert (found.records, found.complete) == ([], True)


async def test_a_wsdl_tells_the_version_and_what_answers(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A binding of SOAP 1.2, an answer that is called otherwise than the operation; `answer` would say another one."""
    space = 'xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/"'
    wsdl = WSDL.replace(space, space.replace("/soap/", "/soap12/")).replace("QueryOrdersResponse", "OrdersFound")
    envelopes: list[dict[str, str]] = []

    def answer(request: Request, body: bytes) -> Response:
        if request.method == "GET":
            return Response(wsdl, 200)
        envelopes.append(dict(request.headers))
        return envelope(orders("A").replace("QueryOrdersResponse", "OrdersFound"), "1.2")

    url = await serve(Chaos(answer))
    assert set(await declare(url, BY_WSDL).fetch(BY_CIRCUIT, ["A"], ask("ticket"))) == {"A"}
    assert envelopes[0]["content-type"].startswith("application/soap+xml")
    other = BY_WSDL.replace("operation: QueryOrders", "answer: Else, operation: QueryOrders").replace(
        "    answer: Else, operation: QueryOrders\n", "    operation: QueryOrders\n    answer: Else\n"
    )
    with pytest.raises(Drifted, match="no 'Else'"):
        await declare(url, other).fetch(BY_CIRCUIT, ["A"], ask("ticket"))


async def test_a_wsdl_that_does_not_come_times_out(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Nobody waits for it longer than the ask allows."""
    source = declare(await serve(Chaos(always(Hanging()))), BY_WSDL)
    with pytest.raises(TimedOut):
        await source.fetch(BY_CIRCUIT, ["A"], ask("ticket", within=0.2))


@pytest.mark.parametrize(("status", "state"), [(405, "UP"), (500, "UP"), (401, "DOWN"), (503, "DOWN")])
async def test_health_without_a_list(serve: Serve, declare: Declare, status: int, state: str) -> None:
    """A service that answers GET with an error is there; one that lets nobody in, or is behind a gateway, is not."""
    listed = "\n".join(line for line in TICKETS.splitlines() if "ticket list" not in line)
    source = declare(await serve(Chaos(always(Response("<x/>", status)))), BASE + listed)
    assert (await source.health()).state == state
