"""XML is read as data and nothing else, whatever comes instead of it."""

import gzip

import pytest
from starlette.requests import Request
from starlette.responses import Response

from model.answer import Answer
from model.enums import ServiceState
from model.faults import BadRequest, Drifted, Malformed, Rejected, SourceFault, Unauthorised, Unavailable
from model.keys import Lookup
from sources.contract import HealthState
from tests.sources.chaos import Chaos, always
from tests.sources.conftest import BY_CODE, LIST, AskFor, Declare, Serve

pytestmark = pytest.mark.anyio
RECORD = """
speaks: xml
records:
  circuit:
    native_id: "@id"
    code: code
    name: name
    bandwidth_bps: {at: speed, unit: kbps}
    state: {at: state, values: {在用: ACTIVE}}
    customer: owner/@no
  route:
    circuit: "@code"
    role: role
    hops: {each: hops/hop, record: {sequence: n, element: ne}}
lookups:
  circuit list: {get: /circuits, each: circuit, expect: {has: "self::circuits"}}
  circuit by code: {get: /circuits, each: circuit, keys: {query: code, join: comma}, expect: {has: "self::circuits"}}
  route by circuit: {get: /routes, each: [circuit, route], keys: {query: code}, match: {at: "@code", of: parent}}
"""
ROUTE = "\n".join(line for line in RECORD.splitlines() if "route by" not in line)
CIRCUIT = (
    '<circuit id="7"><code>A</code><name>北京 &amp; 上海 <!-- x --><![CDATA[<专线>]]></name>'
    '<speed>2,048</speed><state>在用</state><owner no="C1"/></circuit>'
)
GOOD = f"<circuits>{CIRCUIT}</circuits>"


def xml(text: str, encoding: str = "utf-8", kind: str = "application/xml", status: int = 200, **more: str) -> Response:
    """A document."""
    return Response(text.encode(encoding), status, more, kind)


SPACED = GOOD.replace("<circuits>", '<r:circuits xmlns:r="urn:r" xmlns="urn:d">').replace(
    "</circuits>", "</r:circuits>"
)
FINE = {
    "plain": xml(GOOD),
    "declared GBK": xml(f'<?xml version="1.0" encoding="GBK"?>{GOOD}', "gbk"),
    "GB18030 by its header": xml(GOOD, "gb18030", "text/xml; charset=gb18030"),
    "UTF-16": xml(f'<?xml version="1.0" encoding="utf-16"?>{GOOD}', "utf-16"),
    "a mark": xml("\ufeff" + GOOD),
    "blanks around": xml(f"\n {GOOD} \n"),
    "a default namespace, and another": xml(SPACED),
    "packed": Response(gzip.compress(GOOD.encode()), 200, {"content-encoding": "gzip"}, "text/xml"),
    "called text": xml(GOOD, kind="text/plain"),
}


@pytest.mark.parametrize("what", FINE)
async def test_a_document_is_read_in_whatever_it_is_written(
    serve: Serve, declare: Declare, ask: AskFor, what: str
) -> None:
    """To the character; where no prefixes are declared, names are what counts, in whatever namespace they stand."""
    source = declare(await serve(Chaos(always(FINE[what]))), ROUTE)
    (found,) = (await source.page(LIST, None, ask())).records
    said = (found.native_id, found.code, found.name, found.bandwidth_bps, found.state, found.customer)
    assert said == ("7", "A", "北京 & 上海 <专线>", 2_048_000, ServiceState.ACTIVE, "C1")


ENTITIES = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BROKEN: dict[str, tuple[Response, type[SourceFault]]] = {
    "empty": (xml(""), Malformed),
    "JSON": (xml('{"circuits": []}', kind="application/json"), Malformed),
    "a page": (xml("<!doctype html><html><body><p>系统忙<br></body></html>", kind="text/html"), Malformed),
    "cut": (xml(GOOD[:-12]), Malformed),
    "two documents": (xml(GOOD + GOOD), Malformed),
    "not well formed": (xml("<circuits><circuit></circuits>"), Malformed),
    "an unknown entity": (xml(GOOD.replace("&amp;", "&nbsp;")), Malformed),
    "a billion laughs": (xml(f'<!DOCTYPE a [<!ENTITY l0 "lol">{ENTITIES}]><circuits>&l9;</circuits>'), Malformed),
    "laughs in an attribute": (xml(f'<!DOCTYPE a [<!ENTITY l0 "lol">{ENTITIES}]><circuits a="&l9;"/>'), Malformed),
    "a file": (
        xml(f'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>{GOOD.replace("北京", "&x;")}'),
        Malformed,
    ),
    "a document type elsewhere": (xml(f'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd">{GOOD}'), Malformed),
    "parameter entities": (xml(f"<!DOCTYPE a [<!ENTITY % x \"<!ENTITY y 'z'>\"> %x;]>{GOOD}"), Malformed),
    "too deep": (xml("<a>" * 70 + "</a>" * 70), Malformed),
    "far too deep": (xml("<a>" * 200_000), Malformed),
    "in another encoding than it says": (xml(f'<?xml version="1.0" encoding="utf-8"?>{GOOD}', "gbk"), Malformed),
    "in an encoding that there is not": (xml(f'<?xml version="1.0" encoding="klingon"?>{GOOD}'), Malformed),
    "a bomb": (
        Response(gzip.compress(b"<a>" + b" " * 60_000_000), 200, {"content-encoding": "gzip"}, "text/xml"),
        Malformed,
    ),
    "another root": (xml("<error><code>17</code></error>"), Drifted),
    "rows of another name": (xml(GOOD.replace("code>", "cd>")), Drifted),
    "401": (xml("<error/>", status=401), Unauthorised),
    "404": (xml("<error/>", status=404), BadRequest),
    "500": (xml("<error/>", status=500), Unavailable),
}


@pytest.mark.parametrize("what", BROKEN)
async def test_what_is_no_answer_is_the_right_fault(serve: Serve, declare: Declare, ask: AskFor, what: str) -> None:
    """Nothing is expanded, nothing fetched, and no empty list is made of it."""
    answer, fault = BROKEN[what]
    source = declare(await serve(Chaos(always(answer))), ROUTE)
    with pytest.raises(SourceFault) as caught:
        await source.page(LIST, None, ask())
    assert type(caught.value) is fault
    assert "系统忙" not in str(caught.value)
    assert (await source.health()).state is HealthState.DOWN


async def test_an_empty_list_is_an_answer(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Where what is expected is there, no rows are no rows; 204 says so without a word."""
    for answer in (xml("<circuits/>"), Response(status_code=204)):
        source = declare(await serve(Chaos(always(answer))), ROUTE)
        assert (await source.page(LIST, None, ask())).records == []
        assert await source.fetch(BY_CODE, ["A"], ask()) == {}


async def test_prefixes_namespaces_and_nil(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """With prefixes declared, a name in another namespace is another name; `xsi:nil` says that there is nothing."""
    declaration = """
speaks: xml
namespaces: {a: "urn:one", b: "urn:two"}
records: {circuit: {code: "a:code", name: "b:name", product: "b:product", customer: "a:owner/@b:no"}}
lookups: {circuit list: {get: /x, each: "/a:list/a:circuit"}}
"""
    body = """<list xmlns="urn:one" xmlns:z="urn:two" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<circuit><z:code>wrong</z:code><code> A </code><z:name xsi:nil="true">x</z:name><product>one's</product>
<owner z:no="C1" no="C2"/></circuit></list>"""
    source = declare(await serve(Chaos(always(xml(body)))), declaration)
    (found,) = (await source.page(LIST, None, ask())).records
    assert (found.code, found.name, found.customer) == ("A", None, "C1")
    assert not found.product


async def test_a_document_may_say_how_it_went(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """By a code at a path, under HTTP 200: an answer, no such thing, or a fault."""
    declaration = """
speaks: xml
outcome: {at: "@code", good: 0, missing: 404, unauthorised: [401], unavailable: 9}
records: {circuit: {code: code}}
lookups: {circuit by code: {get: /x, keys: {query: code}, each: circuit, expect: {has: "self::answer"}}}
"""
    said = {"A": '<answer code="0"><circuit><code>A</code></circuit></answer>', "B": '<answer code="404">x</answer>'}
    faults = {"C": ("401", Unauthorised), "D": ("9", Unavailable), "E": ("17", Rejected), "F": ("", Malformed)}
    said |= {key: f'<answer code="{code}"/>' for key, (code, _) in faults.items()}
    chaos = Chaos(lambda request, body: xml(said[request.query_params["code"]]))
    answers = await declare(await serve(chaos), declaration).fetch(BY_CODE, list(said), ask())
    assert isinstance(answers["A"], Answer)
    assert "B" not in answers
    assert {key: type(answers[key]) for key in faults} == {key: fault for key, (_, fault) in faults.items()}


async def test_rows_within_rows(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Lists within a row, and rows that say in the one around them what they are about."""
    hops = "<hops><hop><n>1</n><ne>X</ne></hop><hop><n>2</n><ne>Y</ne></hop></hops>"
    body = f'<r><circuit code="A"><route><role>WORKING</role>{hops}</route></circuit><circuit code="B"/></r>'
    declaration = RECORD.replace('circuit: "@code"', 'circuit: {at: "@code", of: parent}')
    source = declare(await serve(Chaos(always(xml(body)))), declaration)
    answer = (await source.fetch(Lookup("route", "circuit"), ["A"], ask("route")))["A"]
    assert isinstance(answer, Answer)
    (route,) = answer.records
    assert (route.circuit, [(hop.sequence, hop.element) for hop in route.hops]) == ("A", [(1, "X"), (2, "Y")])


async def test_things_are_kept_as_written_by_their_texts(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """No element of a document stays in a record: what a source wrote can be told in words, and put away."""
    body = '<circuits><circuit id="7"><code>A</code><end><site>S1</site><port>1/1</port></end></circuit></circuits>'
    declaration = RECORD.replace(
        "code: code\n", "code: code\n    a_end: {at: end, record: {site: site, port: port}}\n", 1
    )
    source = declare(await serve(Chaos(always(xml(body)))), declaration)
    (found,) = (await source.page(LIST, None, ask(raw=True))).records
    assert (found.a_end.site, found.raw["a_end"], found.raw["code"]) == ("S1", "S11/1", "A")


async def test_what_is_asked_is_written_as_xml(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Keys as elements that repeat, escaped by the writer; one that XML has no place for is told by itself."""
    bodies: list[bytes] = []

    def answer(request: Request, body: bytes) -> Response:
        bodies.append(body)
        return xml(GOOD)

    declaration = """
speaks: xml
namespaces: {q: "urn:q"}
records: {circuit: {code: code}}
lookups:
  circuit by code:
    post: /query
    body: {"q:query": {"@lang": zh, state: active, "q:codes": null, all: false}}
    keys: {body: "q:query.q:codes.q:code"}
    each: circuit
"""
    source = declare(await serve(Chaos(answer)), declaration)
    answers = await source.fetch(BY_CODE, ["A", "</q:code>&<x/>", "电路", "\x00", "\ud800"], ask())
    assert isinstance(answers["A"], Answer)
    assert [type(answers[key]) for key in ("\x00", "\ud800")] == [BadRequest, BadRequest]
    codes = "<q:code>A</q:code><q:code>&lt;/q:code&gt;&amp;&lt;x/&gt;</q:code><q:code>电路</q:code>"
    query = (
        f'<q:query xmlns:q="urn:q" lang="zh"><state>active</state><q:codes>{codes}</q:codes><all>false</all></q:query>'
    )
    assert [body.decode().partition("?>\n")[2] for body in bodies] == [query]
