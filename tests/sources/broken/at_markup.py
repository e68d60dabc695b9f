"""Answers in pages, XML and SOAP that are broken."""

from model.faults import BadRequest, Drifted, Malformed, Rejected, Unauthorised, Unavailable
from tests.sources.broken.case import BOTH, LEAK, NONE, ONE, PASSWORD, TWO, Broken, Medium
from tests.sources.broken.wire import http

_PAGES = """
speaks: html
records: {circuit: {code: td.code, name: td.name, bandwidth_bps: td.speed, customer: td.owner}}
lookups:
  circuit by code: {get: /x, keys: {query: code}, each: tr.row, expect: &expect {has: table, at_most: 5}}
  circuit by customer: {get: /x, keys: {query: owner}, each: tr.row, expect: *expect}
"""
_DOCUMENTS = """
speaks: xml
records: {circuit: {native_id: code, code: code, name: name, bandwidth_bps: speed, customer: owner}}
lookups:
  circuit by code: {get: /x, keys: {query: code}, each: circuit, expect: &expect {has: "self::circuits"}}
  circuit by customer: {get: /x, keys: {query: owner}, each: circuit, expect: *expect}
"""
_ENVELOPES = """
speaks: soap
namespace: urn:crm
faults: {PRV-404: missing}
records: {circuit: {native_id: code, code: code, name: name, bandwidth_bps: speed, customer: owner}}
lookups:
  circuit by code: {operation: Query, keys: {body: code}, each: circuit}
  circuit by customer: {operation: Query, keys: {body: owner}, each: circuit}
"""
_TWO = [("BJ-1", *ONE, "C1"), ("BJ-2", *TWO, "C1")]
_NAMES = ("code", "name", "speed", "owner")


def _table(rows: object = None, more: str = "") -> str:
    told = _TWO if rows is None else rows
    cells = [
        "".join(f'<td class="{name}">{said}</td>' for name, said in zip(_NAMES, row, strict=True))
        for row in told  # type: ignore[attr-defined]
    ]
    return f"<html><body>{more}<table>{''.join(f'<tr class=row>{one}</tr>' for one in cells)}</table></body></html>"


def _page(markup: str, kind: str = "text/html; charset=utf-8", status: int = 200) -> bytes:
    return http(markup, kind=kind, status=status)


def _elements(rows: object = None) -> str:
    told = _TWO if rows is None else rows
    return "".join(
        f"<circuit>{''.join(f'<{name}>{said}</{name}>' for name, said in zip(_NAMES, row, strict=True))}</circuit>"
        for row in told  # type: ignore[attr-defined]
    )


def _xml(text: str, before: str = "", kind: str = "application/xml") -> bytes:
    return http(f"{before}<circuits>{text}</circuits>", kind=kind)


def _soap(body: str, status: int = 200, space: str = "http://schemas.xmlsoap.org/soap/envelope/") -> bytes:
    return http(f'<s:Envelope xmlns:s="{space}"><s:Body>{body}</s:Body></s:Envelope>', status=status, kind="text/xml")


def _answer(rows: str, name: str = "QueryResponse") -> str:
    return f'<{name} xmlns="urn:crm">{rows}</{name}>'


def _fault(code: str, detail: str = "") -> str:
    return (
        f"<s:Fault><faultcode>s:{code}</faultcode><faultstring>{LEAK} {PASSWORD} http://127.0.0.1</faultstring>"
        f"<detail>{detail}</detail></s:Fault>"
    )


_OTHERS = ("BJ-9", LEAK, 1, "C9")
_LOGIN = f"<html><body><form><input type=password name=p>{LEAK}</form></body></html>"
_LOL = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
_BOMB = f'<!DOCTYPE x [<!ENTITY a0 "{LEAK}">{_LOL}]>'
_EXTERNAL = '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
_OUTER = '<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">'
_PARAMETER = '<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:1/p"> %p;]>'
_MANY = " ".join(f"x{n}=''" for n in range(9_000))
_ENTITY = _elements().replace("电路一", "&e;")

IN_PAGES = {
    "a page that ends early": Broken(_page(_table()[:-30]), Malformed),
    "no rows, and nothing that says so": Broken(_page("<html><body>no data</body></html>"), Drifted),
    "a page that asks to sign in": Broken(_page(_LOGIN), Drifted),
    "a page of an error": Broken(_page(f"<html><body><h1>{LEAK}</h1></body></html>"), Drifted),
    "JSON for a page": Broken(http(f'{{"error": "{LEAK}"}}'), Malformed),
    "JSON called a page": Broken(_page(f'{{"error": "{LEAK}"}}'), Malformed),
    "an image": Broken(http(b"\x89PNG\r\n", kind="image/png"), Malformed),
    "nothing": Broken(_page(""), Malformed),
    "nested 20,000 deep": Broken(_page(_table(more="<b>" * 20_000)), Malformed),
    "cells of other names": Broken(_page(_table().replace("code", "kode")), Drifted),
    "more rows than there are": Broken(_page(_table([*_TWO, *[_OTHERS] * 4])), Drifted),
    "rows that nobody asked for": Broken(_page(_table([*_TWO, _OTHERS])), BOTH, complete=False),
    "rows in another order": Broken(_page(_table(_TWO[::-1])), BOTH),
    "a row that is missing": Broken(_page(_table(_TWO[1:])), {"BJ-2": TWO}, lost={"BJ-1": Malformed}),
    "the same row twice": Broken(_page(_table([*_TWO, _TWO[0]])), BOTH),
    "only rows of others": Broken(_page(_table([_OTHERS])), Malformed),
    "tags that nobody closes": Broken(_page(_table().replace("</td>", "").replace("</tr>", "")), BOTH),
    "a script among the cells": Broken(_page(_table().replace("电路一", f"<script>'{LEAK}'</script>电路一")), BOTH),
    "half of a surrogate pair": Broken(
        _page(_table().replace("电路一", "&#xD800;")), {"BJ-1": ("\ufffd", 2_000_000), "BJ-2": TWO}
    ),
    "GBK that says UTF-8": Broken(http(_table().encode("gbk"), kind="text/html; charset=utf-8"), BOTH),
    "UTF-16 with a mark": Broken(http(_table().encode("utf-16"), kind="text/html"), BOTH),
    "500 with the page": Broken(_page(_table(), status=500), Unavailable),
}
IN_XML = {
    "cut off": Broken(_xml(_elements())[:-12] + b" " * 12, Malformed),
    "tags that cross": Broken(_xml("<a><b></a></b>"), Malformed),
    "two roots": Broken(_xml(f"{_elements()}</circuits><circuits>"), Malformed),
    "another root": Broken(http(f"<error>{LEAK}</error>", kind="application/xml"), Drifted),
    "JSON": Broken(http("[]", kind="application/xml"), Malformed),
    "a page": Broken(_page(_LOGIN), Malformed),
    "nothing": Broken(http("", kind="application/xml"), Malformed),
    "no rows": Broken(_xml(""), NONE),
    "rows of other names": Broken(_xml(_elements().replace("code", "kode")), Drifted),
    "rows that nobody asked for": Broken(_xml(_elements([*_TWO, _OTHERS])), BOTH, complete=False),
    "a bomb of entities": Broken(_xml(_elements().replace("电路一", "&a9;"), _BOMB), Malformed),
    "an entity from a file": Broken(_xml(_ENTITY, _EXTERNAL), Malformed),
    "an entity that nobody declared": Broken(_xml(_ENTITY), Malformed),
    "a document type elsewhere": Broken(_xml(_elements(), _OUTER), Malformed),
    "a parameter entity from elsewhere": Broken(_xml(_elements(), _PARAMETER), Malformed),
    "inclusion of a file": Broken(
        _xml('<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>' + _elements()), BOTH
    ),
    "a stylesheet elsewhere": Broken(_xml(_elements(), '<?xml-stylesheet href="http://127.0.0.1:1/x"?>'), BOTH),
    "an instruction within a text": Broken(_xml(_elements().replace("电路一", f"电路<?php {LEAK}?>一")), BOTH),
    "nested deeper than is listened to": Broken(_xml("<a>" * 30 + "</a>" * 30 + _elements()), Malformed),
    "nested 10,000 deep": Broken(_xml("<a>" * 10_000 + "</a>" * 10_000), Malformed),
    "9,000 attributes": Broken(_xml(f"<a {_MANY}/>{_elements()}"), BOTH),
    "a charset that is another": Broken(
        http(f"<circuits>{_elements()}</circuits>".encode("gbk"), kind="text/xml; charset=utf-8"), Malformed
    ),
    "a charset that there is not": Broken(_xml(_elements(), '<?xml version="1.0" encoding="klingon"?>'), Malformed),
    "a control character": Broken(_xml(_elements().replace("电路一", "&#1;")), Malformed),
    "half of a surrogate pair": Broken(_xml(_elements().replace("电路一", "&#xD800;")), Malformed),
}
IN_SOAP = {
    "a fault under 200": Broken(_soap(_fault("Server")), Unavailable),
    "a fault under 500": Broken(_soap(_fault("Server"), 500), Unavailable),
    "a client's fault under 500": Broken(_soap(_fault("Client"), 500), BadRequest),
    "a fault that we are not let in": Broken(_soap(_fault("FailedAuthentication"), 500), Unauthorised),
    "a fault of no known code": Broken(_soap(_fault("Klingon"), 500), Rejected),
    "a fault that there is no such thing": Broken(_soap(_fault("Client", "<PRV-404/>"), 500), NONE),
    "a fault without a code": Broken(_soap(f"<s:Fault><faultstring>{LEAK}</faultstring></s:Fault>"), Rejected),
    "an answer under 500": Broken(_soap(_answer(_elements()), 500), Unavailable),
    "an envelope of no known namespace": Broken(_soap(_answer(_elements()), space="urn:klingon"), Malformed),
    "an envelope of the other version": Broken(
        _soap(_answer(_elements()), space="http://www.w3.org/2003/05/soap-envelope"), BOTH
    ),
    "an envelope without a body": Broken(http("<Envelope/>", kind="text/xml"), Malformed),
    "an envelope with nothing in it": Broken(_soap(""), Malformed),
    "no envelope": Broken(http(_answer(_elements()), kind="text/xml"), Malformed),
    "the answer to another question": Broken(_soap(_answer(_elements(), "DeleteResponse")), Drifted),
    "a page": Broken(_page(_LOGIN), Malformed),
    "a page under 502": Broken(_page(_LOGIN, status=502), Unavailable),
    "JSON": Broken(http("{}"), Malformed),
    "no rows": Broken(_soap(_answer("")), NONE),
    "rows that nobody asked for": Broken(_soap(_answer(_elements([*_TWO, _OTHERS]))), BOTH, complete=False),
    "a bomb of entities": Broken(http(_BOMB.encode() + _soap(_answer("&a9;")).partition(b"\r\n\r\n")[2]), Malformed),
}
PAGES = Medium("pages", _PAGES, _page(_table()), IN_PAGES)
XML = Medium("XML", _DOCUMENTS, _xml(_elements()), IN_XML)
SOAP = Medium("SOAP", _ENVELOPES, _soap(_answer(_elements())), IN_SOAP)
