"""Systems that nobody foresaw, each with manners of its own; all tell the same two circuits."""

import csv
import datetime as dt
import json
import re
from collections.abc import Callable, Sequence
from io import StringIO
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response

from model.enums import ServiceState
from tests.sources.chaos import as_json, basic

PASSWORD = "hush 密"
ROWS = [
    {
        "code": "BJ-1",
        "title": "北京—上海 OTN专线",
        "speed": "155M",
        "zt": "在用",
        "opened": "2024年11月3日",
        "cust": "C1",
    },
    {"code": "SH-2", "title": "镕基路 㐂 号", "speed": "2G", "zt": "停机", "opened": "2023年1月15日", "cust": "C2"},
]
TOLD = {
    "BJ-1": ("北京—上海 OTN专线", 155_000_000, ServiceState.ACTIVE, dt.date(2024, 11, 3), "C1"),
    "SH-2": ("镕基路 㐂 号", 2_000_000_000, ServiceState.INACTIVE, dt.date(2023, 1, 15), "C2"),
}
MIDNIGHT = {"BJ-1": 1730563200, "SH-2": 1673712000}
"""When those days began in Shanghai, in seconds since 1970."""


def rows(codes: Sequence[str]) -> list[dict[str, str]]:
    """What there is under these codes."""
    return [row for row in ROWS if row["code"] in codes]


def repeated(request: Request, body: bytes) -> Response:
    """`{"data": {"rows": {"BJ-1": {...}}}}` for who shows all it wants."""
    assert request.headers["authorization"] == basic("trunkline", PASSWORD)
    assert (request.headers["x-tenant"], request.headers["x-licence"]) == ("bj", "4711")
    found = rows(request.query_params.getlist("code"))
    keyed = {row["code"]: {**row, "label": {"zh": row["title"]}, "owner": row["cust"]} for row in found}
    for row in keyed.values():
        del row["code"]
    return as_json({"data": {"rows": keyed}})


def comma(request: Request, body: bytes) -> Response:
    """Columns, and lists of values."""
    assert request.query_params["view"] == "CIRCUITS"
    names = ["CIRCUIT", "TITLE", "KBIT", "ST", "SINCE", "CUST"]
    kbit = {"BJ-1": "155000", "SH-2": "2,000,000"}
    values = [
        [
            row["code"],
            row["title"],
            kbit[row["code"]],
            int(row["zt"] == "在用"),
            f"{MIDNIGHT[row['code']]}000",
            row["cust"],
        ]
        for row in rows(request.query_params["codes"].split(","))
    ]
    return as_json({"result": {"columns": [{"name": name} for name in names], "rows": values}})


def json_rpc(request: Request, body: bytes) -> Response:
    """One call for many."""
    said = json.loads(body)
    assert (said["jsonrpc"], said["method"], said["params"]["deep"]) == ("2.0", "circuit.find", True)
    found = [
        {
            "Code": row["code"],
            "Title": row["title"],
            "Kbit": "155 000" if row["speed"] == "155M" else 2_000_000,
            "State": "Up" if row["zt"] == "在用" else "Down",
            "Opened": f"/Date({MIDNIGHT[row['code']]}000+0800)/",
            "Customer": {"No": row["cust"]},
        }
        for row in rows(said["params"]["codes"])
    ]
    return as_json({"jsonrpc": "2.0", "id": said["id"], "result": found, "error": None})


def json_rpc_batch(request: Request, body: bytes) -> Response:
    """As many calls as keys, answered backwards; what is not there is an error of its own."""
    answers: list[dict[str, Any]] = []
    for call in json.loads(body):
        assert call["params"][1] == "full"
        day = {"BJ-1": "20241103", "SH-2": "2023/01/15"}
        answer = {"jsonrpc": "2.0", "id": call["id"]}
        for row in rows([call["params"][0]]):
            speed = row["speed"].replace("2G", "2000").removesuffix("M")
            state = TOLD[row["code"]][2].lower()
            told = {"sn": 1, "title": row["title"], "speed": speed, "state": state, "day": day[row["code"]]}
            answer["result"] = {**told, "cust": row["cust"]}  # type: ignore[assignment]
        answers.append(answer if "result" in answer else {**answer, "error": {"code": -32004}})
    return as_json(answers[::-1])


class JsonRpcSession:
    """Knows who has signed in, and forgets it once."""

    def __init__(self) -> None:
        self.token = 0
        self.forgotten = False

    def __call__(self, request: Request, body: bytes) -> Response:
        """Sign in, or answer."""
        said = json.loads(body)
        if said["method"] == "user.login":
            assert (said["params"], "auth" in said) == ({"user": "trunkline", "password": PASSWORD}, False)
            self.token += 1
            return as_json({"jsonrpc": "2.0", "result": f"t{self.token}", "id": 1})
        if not self.forgotten or said["auth"] != f"t{self.token}":
            self.forgotten = True
            return as_json({"jsonrpc": "2.0", "error": {"code": -32602, "message": "Session terminated."}, "id": 1})
        found = [
            {
                "hostid": row["code"],
                "host": row["code"],
                "name": row["title"],
                "macros": [{"macro": "{$SPEED}", "value": row["speed"]}],
                "status": str(int(row["zt"] == "停机")),
                "lastaccess": str(MIDNIGHT[row["code"]]),
                "tags": [{"tag": "customer", "value": row["cust"]}],
            }
            for row in rows(said["params"]["filter"]["host"])
        ]
        return as_json({"jsonrpc": "2.0", "result": found, "id": 1})


def expression(request: Request, body: bytes) -> Response:
    """A row a page, with a token for more even where there is none."""
    asked = request.query_params["$filter"]
    assert re.fullmatch(r"Code in \('[^']+'(,'[^']+')*\)", asked)
    assert (request.query_params["$top"], request.headers["odata-version"]) == ("1", "4.0")
    found = rows(re.findall("'([^']+)'", asked))
    at = int(request.query_params.get("$skiptoken", 0))
    values = [
        {
            "Id": f"Circuits('{row['code']}')",
            "Properties": {
                "Name": {"Value": row["title"]},
                "Rate": {"Value": 0.155 if row["speed"] == "155M" else "2.0"},
                "Active": {"Value": row["zt"] == "在用"},
                "Since": {"Value": f"{TOLD[row['code']][3]:%d %b %Y} 08:15:00 +0800"},
                "Owner": {"Value": row["cust"]},
            },
        }
        for row in found[at : at + 1]
    ]
    return as_json({"value": values, "next": str(at + 1), "hasMore": at + 1 < len(found)})


class PostedFilter:
    """Gives each token for two questions, and a row a page."""

    def __init__(self) -> None:
        self.token = 0
        self.left = 0

    def __call__(self, request: Request, body: bytes) -> Response:
        """Sign in, or answer."""
        said = json.loads(body)
        if request.url.path == "/open/login":
            assert said == {"user": "trunkline", "secret": PASSWORD}
            self.token, self.left = self.token + 1, 1
            return as_json({"code": "0000", "data": {"token": f"t{self.token}"}})
        if said["head"] != {"app": "trunkline", "token": f"t{self.token}"} or not self.left:
            return as_json({"code": "4010", "message": "令牌已过期"})
        self.left -= 1
        assert (said["filter"]["field"], said["filter"]["op"], said["page"]["size"]) == ("circuitNo", "in", 1)
        found = [
            {
                "bizId": row["code"],
                "circuitNo": row["code"],
                "circuitName": row["title"],
                "rate": row["speed"],
                "status": "10A" if row["zt"] == "在用" else "10B",
                "openTime": TOLD[row["code"]][3].strftime("%Y%m%d 081500"),
                "custNo": row["cust"],
            }
            for row in rows(said["filter"]["values"])
        ]
        page = said["page"]["no"]
        return as_json(
            {"code": "0000", "message": "成功", "data": {"total": len(found), "list": found[page - 1 : page]}}
        )


def listed_filters(request: Request, body: bytes) -> Response:
    """A list in, customers with lists of lists out."""
    said = json.loads(body)
    assert all(one["kind"] == "circuit" for one in said)
    found = [
        {
            "number": row["cust"],
            "circuits": [
                [
                    row["code"],
                    row["title"],
                    row["speed"],
                    "y" if row["zt"] == "在用" else "n",
                    str(MIDNIGHT[row["code"]]),
                ]
            ],
        }
        for row in rows([one["code"] for one in said])
    ]
    return as_json({"customers": [*found, {"number": "C3", "circuits": []}, {"number": "C4"}]})


def form_gbk(request: Request, body: bytes) -> Response:
    """JSON in text, in a character set that has fewer characters than are in it."""
    said = parse_qs(body.decode())
    assert said["type"] == ["circuit"]
    text = json.dumps({"rows": rows(said["codes"][0].split("|"))}, ensure_ascii=False)
    told = json.dumps({"success": True, "data": text}, ensure_ascii=False)
    return Response(told.encode("gb18030"), media_type="application/json; charset=GB2312")


def script(request: Request, body: bytes) -> Response:
    """A call of the function that is asked for."""
    query = request.query_params
    assert query["appkey"] == PASSWORD
    told = json.dumps({"found": rows([query["code"]])})
    return Response(f"/**/{query['callback']}({told});\n", media_type="text/html; charset=utf-8")


def lines(request: Request, body: bytes) -> Response:
    """Documents between line feeds; none, where nothing is found."""
    told = "".join(f"{json.dumps(row, ensure_ascii=False)}\r\n" for row in rows(request.query_params.getlist("code")))
    return Response(b"\xef\xbb\xbf" + told.encode(), media_type="application/x-ndjson")


def table(request: Request, body: bytes) -> Response:
    """Values, some between quotes, under Chinese names."""
    out = StringIO()
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_NONNUMERIC)
    writer.writerow(["编号", "名称", "带宽(M)", "状态", "开通日期", "客户"])
    for row in rows(request.query_params["code"].split(",")):
        speed = row["speed"].replace("2G", "2,000").removesuffix("M")
        writer.writerow([row["code"], row["title"], speed, row["zt"], row["opened"], row["cust"]])
    return Response(out.getvalue().encode("gb18030"), media_type="text/csv; charset=utf-8")


def guarded_utf16(request: Request, body: bytes) -> Response:
    """A row a page, as partial content."""
    found = rows(request.query_params.getlist("code"))
    start = int(request.query_params["offset"])
    told = ")]}',\n" + json.dumps({"rows": found[start : start + 1]}, ensure_ascii=False)
    headers = {"x-total-count": str(len(found))}
    return Response(told.encode("utf-16"), 206 if len(found) > 1 else 200, headers, "application/json")


def keyed_lists(request: Request, body: bytes) -> Response:
    """Nothing at all, with 204, where nothing is found."""
    found = rows(request.query_params.getlist("code"))
    if not found:
        return Response(status_code=204)
    return as_json({"found": {row["cust"]: [row] for row in found} | {"C3": [], "C4": None}})


SYSTEMS: list[tuple[str, Callable[[], Callable[[Request, bytes], Response]], int]] = [
    ("repeated", lambda: repeated, 1),
    ("comma", lambda: comma, 1),
    ("json_rpc", lambda: json_rpc, 1),
    ("json_rpc_batch", lambda: json_rpc_batch, 1),
    ("json_rpc_session", JsonRpcSession, 4),
    ("expression", lambda: expression, 2),
    ("posted_filter", PostedFilter, 5),
    ("listed_filters", lambda: listed_filters, 1),
    ("form_gbk", lambda: form_gbk, 1),
    ("script", lambda: script, 3),
    ("lines", lambda: lines, 1),
    ("csv", lambda: table, 1),
    ("guarded_utf16", lambda: guarded_utf16, 2),
    ("keyed_lists", lambda: keyed_lists, 1),
]
