"""Whatever bytes come under whatever headers, markup is read or is a fault: nothing else is ever raised."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.faults import SourceFault
from model.keys import Lookup
from sources.configuration import read_sources
from sources.declared import DeclaredSource
from sources.positions import Document
from sources.registry import CONNECTORS
from sources.transport import Response
from tests.sources.legacy import LOOKUPS, RECORD, circuit, table

PAGE = RECORD + LOOKUPS + "login: {form: /in, fields: {}, page_has: form#login, page_says: 'top.location'}\n"
XML = """
speaks: xml
records: {circuit: {code: code, name: "*/@x", product: "sum(n)", a_end: {at: a, record: {port: p}}}}
lookups: {circuit list: {get: /x, each: //c, expect: {has: "self::r"}}}
"""
SOAP = """
speaks: soap
namespaces: {s: "urn:s"}
faults: {E1: missing, E2: unauthorised}
records: {circuit: {code: s:code}}
lookups: {circuit list: {operation: Ask, each: s:c}}
"""
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
GOOD = {
    PAGE: (table(circuit(1), circuit(2, bw="２M")) + "<form id=x><input name=a></form>").encode("gbk"),
    XML: '<?xml version="1.0"?><r xmlns:z="urn:z"><c><code>电</code><b x="1"/><n>2</n><a><p>1</p></a></c></r>'.encode(),
    SOAP: f"""<e:Envelope xmlns:e="{ENVELOPE}"><e:Body><AskResponse xmlns="urn:s"><c><code>A</code></c></AskResponse>
<e:Fault><faultcode>e:Server</faultcode><detail><x>E1</x></detail></e:Fault></e:Body></e:Envelope>""".encode(),
}
SOURCES: dict[str, DeclaredSource] = {}
KINDS = st.sampled_from(["", "text/html", "text/xml; charset=gbk", 'text/xml; charset="klingon"', "image/png"])


@st.composite
def mutated(draw: st.DrawFn, body: bytes) -> bytes:
    """A body with stretches of it cut, doubled, or written over by bytes of any kind."""
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, len(body)))
        end = min(len(body), start + draw(st.integers(0, 40)))
        by = draw(st.one_of(st.binary(max_size=8), st.sampled_from([b"<", b">", b"</", b"&", b"]]>", b"<td", b""])))
        body = body[:start] + draw(st.sampled_from([by, body[start:end] * 2])) + body[end:]
    return body


def source_of(declaration: str) -> DeclaredSource:
    """A source that nobody asks."""
    body = "\n".join(f"    {line}" for line in declaration.splitlines())
    declared = read_sources(Document.parse(f"sources:\n  s:\n    url: http://x\n{body}", "t.yaml"))["s"]
    made = CONNECTORS[declared.speaks]("s", declared)
    assert isinstance(made, DeclaredSource)
    return made


@pytest.mark.parametrize("declaration", GOOD, ids=["html", "xml", "soap"])
@given(data=st.data(), status=st.sampled_from([200, 200, 200, 206, 404, 500]), kind=KINDS)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_bytes_are_an_answer_or_a_fault(declaration: str, data: st.DataObject, status: int, kind: str) -> None:
    """And what is read says who it is about."""
    source = SOURCES.setdefault(declaration, source_of(declaration))
    one = source._compiled[Lookup("circuit")]
    reading = one.reading(one.terms.fields)
    body = data.draw(st.one_of(mutated(GOOD[declaration]), st.binary(max_size=200)))
    try:
        found = reading.decoded(Response(status, {"content-type": kind}, body))
        rows, received = reading.rows(found) if found is not None else ([], 0)
        records = [reading.record(row) for row in rows]
    except SourceFault:
        return
    assert len(rows) == received
    assert all(record is None or record.code for record in records)  # type: ignore[attr-defined]
