"""More systems that nobody foresaw: of other nouns, in other notations, with keys and failures of their own."""

import json
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from lxml import etree
from starlette.requests import Request
from starlette.responses import Response

from tests.sources.chaos import as_json, basic
from tests.sources.strangers import PASSWORD

BEIJING, SHANGHAI = "北京—上海 OTN专线", "镕基路 㐂 号"
TITLES = {"BJ-1": BEIJING, "SH-2": SHANGHAI}
MORNING = datetime(2026, 11, 3, 0, 15, tzinfo=UTC)
"""08:15 in Shanghai."""
MORNING_MS = str(int(MORNING.timestamp() * 1000))


def as_xml(markup: str, status: int = 200) -> Response:
    """An answer in XML."""
    return Response(f'<?xml version="1.0" encoding="UTF-8"?>\n{markup}'.encode(), status, media_type="text/xml")


def json_api(request: Request, body: bytes) -> Response:
    """A resource a page, and the link to the next."""
    query = request.query_params
    assert request.headers["accept"] == "application/vnd.api+json"
    rows = [
        {
            "type": "circuits",
            "id": number,
            "attributes": {
                "circuit-no": code,
                "title": TITLES[code],
                "speed": speed,
                "sla": sla,
                "nms-id": nms,
            },
            "relationships": {"owner": {"data": {"type": "customers", "id": f"c{number}"}}},
        }
        for number, code, speed, sla, nms in (
            ("1", "BJ-1", "64k", "N/A", "n-88"),
            ("2", "SH-2", "2 Mbit/s", "gold", "-"),
        )
        if code in query["filter[circuit-no]"].split(",")
    ]
    at, size = int(query.get("page[number]", 1)), int(query["page[size]"])
    more = f"{request.url.path}?page[number]={at + 1}&page[size]={size}" if len(rows) > at * size else None
    return as_json({"data": rows[(at - 1) * size : at * size], "links": {"next": more}})


def hal(request: Request, body: bytes) -> Response:
    """Alarms of the lines, with links to what they are about."""
    lines = request.query_params.getlist("line")
    alarms = [
        {
            "alarmNo": 7,
            "level": "1",
            "raised": "2026年11月3日 08:15",
            "cleared": "-",
            "root": "Y",
            "planned": "否",
            "_links": {
                "lines": [{"href": f"/hal/lines/{line}"} for line in lines],
                "device": {"href": "/hal/devices/BJ-OTN-01"},
            },
        },
        {
            "alarmNo": 8,
            "level": "2",
            "raised": "2026/11/03 08:15:00",
            "cleared": "2026年11月3日 08:15",
            "root": "N",
            "planned": "是",
            "_links": {"lines": [{"href": f"/hal/lines/{lines[0]}"}]},
        },
    ]
    return as_json({"_embedded": {"alarms": alarms}, "page": {"totalElements": 2, "number": 0}})


def odata(request: Request, body: bytes) -> Response:
    """Entities of some owners, one a page."""
    query = request.query_params
    assert request.headers["authorization"] == basic("trunkline", PASSWORD)
    assert request.headers["odata-maxversion"] == "4.0"
    assert re.fullmatch(r"Owner/No eq '[^']+'( or Owner/No eq '[^']+')*", query["$filter"])
    found = [
        {
            "Id": number,
            "站点编码": f"S{number}",
            "站点名称": f"机房{number}",
            "Owner": {"No": owner},
            "Geo": {"type": "Point", "coordinates": [116.4, 39.9]},
        }
        for number, owner in ((1, "C1"), (2, "C2"), (3, "C1"))
        if f"'{owner}'" in query["$filter"]
    ]
    at = int(query.get("$skiptoken", 0))
    told: dict[str, Any] = {"@odata.count": len(found), "value": found[at : at + 1]}
    if at + 1 < len(found):
        told["@odata.nextLink"] = f"Sites?$skiptoken={at + 1}"
    return as_json(told)


def xml_rpc(request: Request, body: bytes) -> Response:
    """Tickets of the lines that are asked for; a fault, where there are none of these."""
    said = etree.fromstring(body)
    assert said.findtext("methodName") == "tickets.find"
    lines = [str(one.text) for one in said.iterfind("params/param/value/array/data/value/string")]
    if "BJ-1" not in lines:
        members = "<member><name>faultCode</name><value><int>404</int></value></member>"
        return as_xml(f"<methodResponse><fault><value><struct>{members}</struct></value></fault></methodResponse>")

    def member(name: str, value: str) -> str:
        return f"<member><name>{name}</name><value>{value}</value></member>"

    array = "".join(f"<value><string>{escape(line)}</string></value>" for line in ("BJ-1", "SH-2") if line in lines)
    ticket = (
        member("id", "<int>9</int>")
        + member("no", "TT-9")
        + member("title", "<string>光缆中断 &amp; 抢修</string>")
        + member("open", "<boolean>1</boolean>")
        + member("at", "<dateTime.iso8601>20261103T08:15:00</dateTime.iso8601>")
        + member("lines", f"<array><data>{array}</data></array>")
    )
    data = f"<value><array><data><value><struct>{ticket}</struct></value></data></array></value>"
    return as_xml(f"<methodResponse><params><param>{data}</param></params></methodResponse>")


def geo_server(request: Request, body: bytes) -> Response:
    """A feature a page; an exception for who asks otherwise."""
    query = request.query_params
    codes = re.findall(r"'([^']+)'", query["CQL_FILTER"])
    if (query["request"], query["typeNames"]) != ("GetFeature", "net:site") or "BAD" in codes:
        return as_xml('<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows/1.1"/>')
    found = [code for code in ("S1", "S2") if code in codes]
    at, most = int(query["startIndex"]), int(query["count"])
    features = "".join(
        f'<wfs:member><net:site gml:id="site.{code}"><net:code>{code}</net:code><net:name>机房 {code}</net:name>'
        "<net:geom><gml:Point><gml:pos>39.9 116.4</gml:pos></gml:Point></net:geom></net:site></wfs:member>"
        for code in found[at : at + most]
    )
    spaces = 'xmlns:wfs="http://www.opengis.net/wfs/2.0" xmlns:gml="http://www.opengis.net/gml/3.2" xmlns:net="urn:net"'
    return as_xml(f'<wfs:FeatureCollection {spaces} numberMatched="{len(found)}">{features}</wfs:FeatureCollection>')


def jsp(request: Request, body: bytes) -> Response:
    """A page of tables; the customer of both lines stands in one cell, which reaches over two rows."""
    codes = request.query_params["dldm"].split(";")
    rows = [
        (code, TITLES[code], bandwidth, opened, *ends)
        for code, bandwidth, opened, ends in (
            ("BJ-1", "100M", "2024年11月3日", ("北京 望京", "1-1", "上海 张江", "-")),
            ("SH-2", "１Ｇ", "无", ("上海 张江", "2-1", "北京 望京", "1-2")),
        )
        if code in codes
    ]
    cells = ["".join(f"<td>{value}</td>" for value in row) for row in rows]
    customer = f'<td rowspan="{len(rows)}">C1</td>'
    listed = "".join(f"<tr onclick=go()>{'' if place else customer}{one}</tr>" for place, one in enumerate(cells))
    heads = (
        '<tr bgcolor="#eee"><td rowspan=2>客户</td><td rowspan=2>电路编号</td><td rowspan=2>名　称</td>'
        "<td rowspan=2>带宽</td><td rowspan=2>开通</td><td colspan=2>A端</td><td colspan=2>Z端</td></tr>"
        '<tr bgcolor="#eee"><td>局站</td><td>端口</td><td>局站</td><td>端口</td></tr>'
    )
    page = (
        "<html><body><table width=100%><tr><td>资源系统</td><td>用户: trunkline</td></tr><tr><td colspan=2>"
        f'<table border="1"><tr><td colspan=9><b>电路清单</b></td></tr>{heads}{listed}'
        f"<tr><td colspan=9>共 {len(rows)} 条</td></tr></table></td></tr></table></body></html>"
    )
    return Response(page.encode("gb18030"), media_type="text/html")


def path_and_header(request: Request, body: bytes) -> Response:
    """One line, for who says twice which."""
    code = request.url.path.split("/")[3]
    assert request.url.path == f"/v1/lines/{code}/detail"
    assert request.headers["x-line"] == code
    if code not in TITLES:
        return as_json({"error": "not found"}, 404)
    line = {"title": TITLES[code], "rate": "2 Mbit/s", "sla": "无", "since": MORNING_MS, "billing-no": "N/A"}
    return as_json({**line, "from": {"site": "S1", "port": "-"}})


def posted_repeats(request: Request, body: bytes) -> Response:
    """A ticket a page."""
    said = parse_qs(body.decode())
    assert said["type"] == ["fault"]
    lines = [line for line in said["line"] if line in TITLES]
    rows = [
        {"no": f"T{n}", "title": "中断", "created": MORNING_MS, "closed": "", "lines": "、".join(lines[: 3 - n])}
        for n in (1, 2)
        if lines
    ]
    at = int(request.query_params.get("cursor", "c0")[1:])
    headers = {"x_total": str(len(rows))}
    if at + 1 < len(rows):
        headers["link"] = f'</search.do?cursor=c0>; rel="first", </search.do?cursor=c{at + 1}>; rel="next"'
    return as_json({"rows": rows[at : at + 1]}, **headers)


def rpc_each(request: Request, body: bytes) -> Response:
    """As many answers as calls, backwards, or an error in place of one."""
    answers: list[dict[str, Any]] = []
    for call in json.loads(body):
        code = call["params"]["code"]
        answer: dict[str, Any] = {"jsonrpc": "2.0", "id": call["id"]}
        match code:
            case "BJ-1":
                answer["result"] = {"sn": 1, "title": BEIJING, "speed": "155"}
            case "SH-2":
                answer["error"] = {"code": -32000, "message": "busy"}
            case _:
                answer["error"] = {"code": -32004, "message": "no such circuit"}
        answers.insert(0, answer)
    return as_json(answers)


def two_deep(request: Request, body: bytes) -> Response:
    """Customers under their numbers, circuits under theirs."""
    told = {
        "C1": {
            "BJ-1": {
                "名称": BEIJING,
                "速率（Ｍ）": "１００",
                "开通时间１": "2026年11月3日 08:15",
                "在用": "是",
                "等级": "－",
            },
            "SH-2": {"名称": SHANGHAI, "速率（Ｍ）": "10,000", "开通时间１": "暂无", "在用": "否", "等级": "金牌"},
        },
        "C2": {},
    }
    wanted = request.query_params["客户"].split("，")
    return as_json({"返回码": "０", "结果": {"按客户": {number: told[number] for number in wanted if number in told}}})


def flat(request: Request, body: bytes) -> Response:
    """All lines, one after the other."""
    lines = [
        f"BJ-1|{BEIJING}|155M|20241103000000|C1",
        "SH-2|镕基路 2 号|NULL|NULL|C2",
        "GZ-3|广州专线|1G|20200101000000|C3",
    ]
    return Response("\r\n".join([*lines, ""]).encode("gb18030"), media_type="text/plain")


def xml_in_text(request: Request, body: bytes) -> Response:
    """A document in the text of an element, asked for by one in another."""
    said = etree.fromstring(body).find(".//{urn:query}in")
    assert said is not None
    codes = [str(one.text) for one in etree.fromstring(str(said.text)).iterfind("no")]
    rows = "".join(
        f'<circuit id="r{code}"><no>{code}</no><name>{title}</name><speed>2兆</speed>'
        "<opened>20241103</opened></circuit>"
        for code, title in TITLES.items()
        if code in codes
    )
    told = f'<?xml version="1.0" encoding="GBK"?><resp><head><code>0000</code></head><body>{rows}</body></resp>'
    return as_xml(
        '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
        f'<q:invokeResponse xmlns:q="urn:query"><q:out>{escape(told)}</q:out></q:invokeResponse></s:Body></s:Envelope>'
    )


class OwnSpelling:
    """Has forgotten the first token when that is first shown."""

    def __init__(self) -> None:
        self.tokens = 0

    def __call__(self, request: Request, body: bytes) -> Response:
        """Sign in, or answer."""
        assert request.headers["x-tenant"] == "4711"
        if request.url.path == "/token":
            assert json.loads(body) == {"user": "trunkline", "pass": PASSWORD}
            self.tokens += 1
            return as_json({"errcode": 0, "data": {"token": f"t{self.tokens}"}})
        if request.query_params["access_token"] != "t2":
            return as_json({"errcode": 42001, "errmsg": "access_token expired"})
        lines = {"line:bj1": (BEIJING, 155_000), "line:sh2": (SHANGHAI, "2,000,000")}
        asked = request.query_params["line"].split(",")
        return as_json(
            {
                "errcode": 0,
                "data": [
                    {"line": line, "name": name, "rate": rate} for line, (name, rate) in lines.items() if line in asked
                ],
            }
        )
