"""JSON that is no plain document, and what becomes of it when it is broken."""

import json

import pytest
from starlette.responses import Response

from model.faults import Malformed
from tests.sources.chaos import Chaos, always, as_json
from tests.sources.conftest import LIST, AskFor, Declare, Serve

pytestmark = pytest.mark.anyio
RECORD = "records: {circuit: {code: code, name: name}}\n"


def lookup(**more: object) -> str:
    """A list lookup, with what else is declared of it."""
    return f"{RECORD}lookups: {{circuit list: {json.dumps({'get': '/x', **more})}}}\n"


def said(body: bytes, kind: str = "application/json") -> Response:
    """Bytes as they are."""
    return Response(body, headers={"content-type": kind})


@pytest.mark.parametrize(
    ("declared", "response"),
    [
        ("written: lines", said(b'{"code": "A"}\n\x1e{"code": "B"}\r\n\n')),
        ("written: script", said(b'for(;;);[{"code": "A"}, {"code": "B"}]')),
        ("written: script", said(b'var found = [{"code": "A"},{"code": "B"}];', "text/javascript")),
        ("written: csv", said(b'\xef\xbb\xbfcode,name\r\nA,"x\ny"\r\n\r\nB\r\n')),
        ('written: csv\ndelimiter: "\\t"', said(b"code\tname\nA\t\nB\tb")),
        ("json_in: '@'", said(b'"[{\\"code\\": \\"A\\"}, {\\"code\\": \\"B\\"}]"')),
        ("", said('[{"code": "A"}, {"code": "B"}]'.encode("utf-16-le"))),
        ("", said('[{"code": "A"}, {"code": "B"}]'.encode("utf-16"))),
        ("", said('[{"code": "A"}, {"code": "B"}]'.encode("utf-32"), "application/json; charset=utf-32")),
    ],
)
async def test_json_comes_in_many_ways(
    serve: Serve, declare: Declare, ask: AskFor, declared: str, response: Response
) -> None:
    """As is declared, or as its first bytes show."""
    source = declare(await serve(Chaos(always(response))), lookup() + declared)
    assert [record.code for record in (await source.page(LIST, None, ask())).records] == ["A", "B"]


@pytest.mark.parametrize(
    ("declared", "response"),
    [
        ("written: lines", said(b'{"code": "A"}\n{"code": "B')),
        ("written: lines", said(b'{"code": "A"}],[\n{"code": "B"}')),
        ("written: lines", said(b"<html></html>")),
        ("written: script", said(b"while(1);")),
        ("written: script", said(b"")),
        ("written: script", said(b"]cb({")),
        ("written: script", said(b'<html><script>a({"code": "A"})</script></html>')),
        ("written: csv", said(b"code,code\nA,B\n")),
        ("written: csv", said(b"code\nA,B\n")),
        ("written: csv", said(b'code\n"A\n')),
        ("written: csv", said(b"")),
        ("json_in: '@'", said(b'"[{\\"code\\": \\"A\\"}"')),
        ("encoding: gbk", said("[{'code': '甲'}]".encode())),
        ("", said(json.dumps([{"code": "甲"}], ensure_ascii=False).encode("gbk"))),
        ("", said(json.dumps([{"code": "甲"}]).encode(), "application/json; charset=unheard-of")),
        ("limits: {depth: 5}\njson_in: '@'", said(json.dumps("[" * 9 + "]" * 9).encode())),
    ],
)
async def test_what_is_not_in_its_notation_is_malformed(
    serve: Serve, declare: Declare, ask: AskFor, declared: str, response: Response
) -> None:
    """Never an empty answer."""
    source = declare(await serve(Chaos(always(response))), lookup() + declared)
    with pytest.raises(Malformed):
        await source.page(LIST, None, ask())


@pytest.mark.parametrize(
    ("shape", "body"),
    [
        ({"keyed": "code"}, {"A": {"name": "a"}, "B": "b", "C": None}),
        ({"each": ["@", "@"], "keyed": ["name", "code"]}, {"a": {"A": {}}, "b": {"B": {}}}),
        ({"columns": ["code"]}, ["A", "B"]),
        ({"columns": ["code", "name"]}, [["A", "a"], ["B", None]]),
        ({"each": "[1:]", "columns": "[0]"}, [["name", "code"], ["a", "A"], ["b", "B"]]),
        ({"columns": "head", "each": "rows"}, {"head": ["code"], "rows": [["A"], ["B"]]}),
    ],
)
async def test_rows_come_in_many_shapes(
    serve: Serve, declare: Declare, ask: AskFor, shape: dict[str, object], body: object
) -> None:
    """Under their keys, or as lists of values."""
    source = declare(await serve(Chaos(always(as_json(body)))), lookup(**shape))
    assert [record.code for record in (await source.page(LIST, None, ask())).records] == ["A", "B"]


@pytest.mark.parametrize(
    ("shape", "body"),
    [
        ({"columns": ["code", "name"]}, [["A", "a"], ["B"]]),
        ({"columns": ["code"]}, [["A", "a"]]),
        ({"columns": "head", "each": "rows"}, {"rows": [["A"]]}),
        ({"keyed": "code", "each": "rows"}, {"rows": "none"}),
        ({"keyed": "code", "each": "rows"}, {"error": "no"}),
    ],
)
async def test_rows_of_another_shape_are_malformed(
    serve: Serve, declare: Declare, ask: AskFor, shape: dict[str, object], body: object
) -> None:
    """Values that do not stand under their names would be another field's."""
    source = declare(await serve(Chaos(always(as_json(body)))), lookup(**shape))
    with pytest.raises(Malformed):
        await source.page(LIST, None, ask())


async def test_saying_nothing_may_be_good(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A system that speaks up only when something is wrong."""
    bodies = [{"rows": [{"code": "A"}]}, {"error": None, "rows": [{"code": "A"}]}, {"error": 7}, {"error": {"x": 1}}]
    source = declare(
        await serve(Chaos(lambda request, body: as_json(bodies.pop(0)))),
        lookup(each="rows") + "outcome: {at: error, good: null, missing: 7}",
    )
    counts = [len((await source.page(LIST, None, ask())).records) for _ in range(3)]
    assert counts == [1, 1, 0]
    with pytest.raises(Malformed):
        await source.page(LIST, None, ask())
