"""Pages made for people are read as sources: in their encodings, behind their forms, and told when they change."""

from urllib.parse import parse_qs

import pytest
from starlette.requests import Request
from starlette.responses import Response

from model.answer import Answer
from model.enums import ServiceState
from model.faults import BadRequest, Drifted, Malformed, SourceFault, Unavailable
from sources.contract import HealthState
from tests.sources.chaos import Chaos, always
from tests.sources.conftest import BY_CODE, BY_CUSTOMER, LIST, AskFor, Declare, Serve
from tests.sources.legacy import LOOKUPS, RECORD, circuit, html, table

pytestmark = pytest.mark.anyio
ENCODINGS = {
    "GBK, as its meta says": html(table(circuit(1))),
    "GBK, declared by the server": html(table(circuit(1), meta=""), kind="text/html; charset=GBK"),
    "GBK called latin-1 by the server": html(table(circuit(1)), kind="text/html; charset=iso-8859-1"),
    "GBK that calls itself UTF-8": html(table(circuit(1), meta="utf-8"), kind="text/html;charset=utf-8"),
    "GB18030 without a word": html(table(circuit(1), meta=""), "gb18030"),
    "UTF-8 that calls itself GBK": html(table(circuit(1)), "utf-8"),
    "UTF-8 with a mark": html("\ufeff" + table(circuit(1)), "utf-8"),
    "UTF-16": html(table(circuit(1)), "utf-16"),
    "UTF-8 called latin-1": html(table(circuit(1), meta=""), "utf-8", "text/html; charset=latin1"),
    "called XHTML": html(table(circuit(1), meta="UTF-8"), "utf-8", "application/xhtml+xml"),
    "called nothing": html(table(circuit(1)), kind=""),
}


@pytest.mark.parametrize("what", ENCODINGS)
async def test_a_page_is_read_in_whatever_it_is_written(serve: Serve, declare: Declare, ask: AskFor, what: str) -> None:
    """To the character, whatever the page and the server say of it."""
    source = declare(await serve(Chaos(always(ENCODINGS[what]))), RECORD + LOOKUPS)
    (found,) = (await source.page(LIST, None, ask())).records
    said = (found.native_id, found.code, found.product, found.bandwidth_bps, found.state, found.customer)
    assert said == ("r1", "BJ-1", "MSTP专线", 155_000_000, ServiceState.ACTIVE, "C1")
    assert source.oddities.counts == {}


async def test_a_declared_encoding_wins_and_what_is_none_is_noted(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Bytes that cannot be decoded are marked in the text and counted, never dropped."""
    body = table(circuit(1, product="电路X")).encode("gbk").replace(b"X", b"\xff\xff")
    answer = Response(body, 200, {"content-type": "text/html; charset=utf-8"})
    source = declare(await serve(Chaos(always(answer))), f"encoding: gb2312{RECORD}{LOOKUPS}")
    (found,) = (await source.page(LIST, None, ask())).records
    assert found.product == "电路\ufffd\ufffd"
    assert source.oddities.counts == {("undecodable bytes", "pages"): 2}


async def test_rows_are_held_against_the_keys_asked_for(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """One list page answers many keys, calls are cut as declared.

    Rows that nobody asked for are dropped; what stands beside them for nobody is not known not to be there.
    """
    chaos = Chaos(always(html(table(circuit(1), circuit(3), circuit(9)))))
    source = declare(await serve(chaos), RECORD + LOOKUPS)
    answers = await source.fetch(BY_CODE, ["BJ-1", "BJ-2", "BJ-3"], ask())
    assert {code: type(said) for code, said in answers.items()} == {"BJ-1": Answer, "BJ-2": Malformed, "BJ-3": Answer}
    assert sorted(chaos.seen) == ["GET /circuit/list.do?code=BJ-1,BJ-2", "GET /circuit/list.do?code=BJ-3"]
    assert source.oddities.counts["foreign rows", "circuit by code"] == 4


DRIFTED = {
    "another table": (table(circuit(1)).replace('id="circuits"', 'id="lines"'), "nothing at 'table#circuits'"),
    "an error page": ("<html><body><h1>系统错误</h1></body></html>", "nothing at 'table#circuits'"),
    "a head that changed its name": (
        table(circuit(1), heads=("电路编号", "产品", "速率", "状态", "客户编号")),
        "no row has bandwidth_bps at ':column(带宽)'",
    ),
    "a class that changed its name": (table(circuit(1)).replace('"code"', '"cd"'), "no row has code at 'td.code'"),
    "a row that is a message": (
        table().replace("<tbody>", "<tbody><tr><td colspan=5>系统错误</td></tr>"),
        "no row has code at 'td.code'",
    ),
}


@pytest.mark.parametrize("what", DRIFTED)
async def test_a_page_that_changed_has_drifted(serve: Serve, declare: Declare, ask: AskFor, what: str) -> None:
    """It is no empty list; the fault names the selector that failed, and quotes nothing of the page."""
    markup, detail = DRIFTED[what]
    source = declare(await serve(Chaos(always(html(markup)))), RECORD + LOOKUPS)
    for asking in (lambda: source.page(LIST, None, ask()), lambda: source.fetch(BY_CODE, ["BJ-1"], ask())):
        with pytest.raises(Drifted) as caught:
            await asking()
        assert caught.value.code == "SOURCE_DRIFTED"
        assert detail in caught.value.detail
        assert "系统错误" not in str(caught.value)
    assert (await source.health()).state is HealthState.DOWN


async def test_an_empty_page_is_told_from_one_that_changed(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """The table's anchor without rows is an empty list, and so is a page that says that it is empty; no other is."""
    empty, told = html(table()), html("<body><p class=none>没有符合条件的记录</p></body>")
    with_word = (RECORD + LOOKUPS).replace('{has: "table#circuits"', '{empty: "p.none"')
    with_nothing = (RECORD + LOOKUPS).replace('has: "table#circuits"', "at_most: 5")
    for answer, declaration, fine in (
        (empty, RECORD + LOOKUPS, True),
        (told, with_word, True),
        (empty, with_word, False),
        (told, with_nothing, False),
        (empty, with_nothing, False),
    ):
        source = declare(await serve(Chaos(always(answer))), declaration)
        if fine:
            assert (await source.page(LIST, None, ask())).records == []
            assert await source.fetch(BY_CODE, ["BJ-1"], ask()) == {}
            listed = (await source.fetch(BY_CUSTOMER, ["C1"], ask()))["C1"]
            assert (listed.records, listed.complete) == ([], True)
        else:
            with pytest.raises(Drifted):
                await source.page(LIST, None, ask())


@pytest.mark.parametrize(("rows", "fine"), [(1, False), (2, True), (3, True), (4, False)])
async def test_the_number_of_rows_has_bounds(
    serve: Serve, declare: Declare, ask: AskFor, rows: int, fine: bool
) -> None:
    """A page that suddenly has half of its rows, or all of everybody's, has drifted."""
    page = html(table(*map(circuit, range(rows))))
    bounds = RECORD + LOOKUPS.replace("fields:", "at_least: 2, at_most: 3, fields:")
    source = declare(await serve(Chaos(always(page))), bounds)
    if fine:
        assert len((await source.page(LIST, None, ask())).records) == rows
        return
    with pytest.raises(Drifted, match=f"{rows} rows at"):
        await source.page(LIST, None, ask())


async def test_pages_go_on_by_links(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """The next link's named parameters are taken, and nothing else of it."""

    def answer(request: Request, body: bytes) -> Response:
        number = int(request.query_params.get("p", 1))
        more = f"<a class=next href='http://evil.example/?p={number + 1}&amp;x=1'>下一页</a>" if number < 3 else ""
        return html(table(circuit(number), more=more))

    chaos = Chaos(answer)
    paging = "paging: {by: link, follow: [p], limit: null, next: {at: 'a.next@href'}}\n"
    source = declare(await serve(chaos), paging + RECORD + LOOKUPS)
    listed = (await source.fetch(BY_CUSTOMER, ["C1"], ask()))["C1"]
    assert ([one.code for one in listed.records], listed.complete) == (["BJ-1", "BJ-2", "BJ-3"], True)
    assert chaos.seen[1:] == [f"GET /circuit/list.do?customer=C1&p={number}" for number in (2, 3)]


async def test_pages_by_number_up_to_a_total(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """The number of all rows may stand within text."""

    def answer(request: Request, body: bytes) -> Response:
        return html(table(circuit(int(request.query_params["p"])), more="<span class=total>共 ３ 条，3 页</span>"))

    chaos = Chaos(answer)
    total = "{at: span.total, pattern: '共 *(\\S+) *条'}"
    paging = f"paging: {{by: page, page: p, limit: null, total: {total}}}\n"
    source = declare(await serve(chaos), paging + RECORD + LOOKUPS)
    listed = (await source.fetch(BY_CUSTOMER, ["C1"], ask()))["C1"]
    assert ([one.code for one in listed.records], listed.complete) == (["BJ-1", "BJ-2", "BJ-3"], True)
    assert (await source.page(LIST, None, ask())).total == 3


FORMED = """
paging:
  by: form
  form: form#f
  page: pageNo
  follow: [__VIEWSTATE, __EVENTVALIDATION]
  set: {__EVENTTARGET: pager}
  next: {at: "a.next:not(.off)"}
"""


@pytest.mark.parametrize("size", [10, 9000])
async def test_pages_go_on_by_forms(serve: Serve, declare: Declare, ask: AskFor, size: int) -> None:
    """The form is POSTed again with its hidden fields, in the page's encoding; a next link that is off ends it.

    What a system keeps there may be too long to be handed around: a list then says that it is cut.
    """
    posted: list[dict[str, str]] = []

    def answer(request: Request, body: bytes) -> Response:
        said = {name: values[0] for name, values in parse_qs(body.decode(), encoding="gbk").items()}
        posted.append(said)
        number = int(said.get("pageNo", 1))
        if number > 1 and said["__VIEWSTATE"] != f"态{number - 1}" + "x" * size:
            return html("<p>会话状态无效</p>")
        hidden = (
            f"<input type=hidden name=__VIEWSTATE value='态{number}{'x' * size}'><input type=hidden name=other value=y>"
        )
        more = f"<form id=f>{hidden}<a class='next{' off' if number == 3 else ''}'><img></a></form>"
        return html(table(circuit(number), more=more))

    chaos = Chaos(answer)
    source = declare(await serve(chaos), f"encoding: gbk\n{FORMED}{RECORD}{LOOKUPS}")
    listed = (await source.fetch(BY_CUSTOMER, ["C1"], ask()))["C1"]
    assert ([one.code for one in listed.records], listed.complete) == (["BJ-1", "BJ-2", "BJ-3"], True)
    path = "/circuit/list.do?customer=C1"
    assert chaos.seen == [f"GET {path}", f"POST {path}", f"POST {path}"]
    assert posted[2] == {"__VIEWSTATE": "态2" + "x" * size, "__EVENTTARGET": "pager", "pageNo": "3"}
    first = await source.page(LIST, None, ask())
    assert (first.complete, first.after is not None) == (size == 10, size == 10)
    if first.after is not None:
        assert [one.code for one in (await source.page(LIST, first.after, ask())).records] == ["BJ-2"]


async def test_keys_go_in_the_encoding_of_the_pages(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """An old system reads its parameters as it writes its pages; a key that cannot be written is told by itself."""
    chaos = Chaos(always(html(table(circuit(1, customer="某银行")))))
    source = declare(await serve(chaos), f"encoding: gb2312{RECORD}{LOOKUPS}".replace("code, join: comma", "code"))
    answers = await source.fetch(BY_CUSTOMER, ["某银行", "\ud800"], ask())
    assert chaos.seen == ["GET /circuit/list.do?customer=%C4%B3%D2%F8%D0%D0"]
    assert isinstance(answers["某银行"], Answer)
    assert isinstance(answers["\ud800"], BadRequest)


BROKEN: dict[str, tuple[Response, type[SourceFault]]] = {
    "empty": (html(""), Malformed),
    "blank": (html(" \n "), Malformed),
    "text": (html("系统忙"), Malformed),
    "JSON": (Response('{"a": "<p>"}', 200, {"content-type": "application/json"}), Malformed),
    "a picture": (Response(b"\x89PNG<", 200, {"content-type": "image/png"}), Malformed),
    "far too deep": (html("<div>" * 100_000), Malformed),
    "far too deep, closed": (html("<b><div>" * 50_000 + "</div></b>" * 50_000), Malformed),
    "cut within its table": (html(table(circuit(1))[:300]), Malformed),
    "a script that goes elsewhere": (html("<script>top.location='/login.do'</script>"), Drifted),
    "404": (html("<p>没有</p>", status=404), SourceFault),
    "500": (html("<p>错误</p>", status=500), Unavailable),
}


@pytest.mark.parametrize("what", BROKEN)
async def test_a_broken_page_is_the_right_fault(serve: Serve, declare: Declare, ask: AskFor, what: str) -> None:
    """And never an empty list."""
    answer, fault = BROKEN[what]
    source = declare(await serve(Chaos(always(answer))), RECORD + LOOKUPS)
    with pytest.raises(fault):
        await source.page(LIST, None, ask())


async def test_a_large_page_is_no_deep_one(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Tags that nobody closes, as old pages have them, do not add up to depth."""
    rows = "".join(f"<tr><td class=code>A{n}<p>x<br>y<li>z<td>p<td>2M<td>在用<td>C1" for n in range(2000))
    source = declare(
        await serve(Chaos(always(html(table(more="").replace("<tbody>", f"<tbody>{rows}"))))), RECORD + LOOKUPS
    )
    assert len((await source.page(LIST, None, ask())).records) == 2000
