"""Cells are found under their heads and beside their labels, wherever these stand today."""

import pytest
from starlette.requests import Request
from starlette.responses import Response

from model.answer import Answer
from model.enums import ServiceState
from model.faults import Malformed
from model.keys import Lookup
from sources.css import CssPaths
from sources.pages import parsed
from sources.paths import ABSENT, BadPath, Wanted
from tests.sources.chaos import Chaos, always
from tests.sources.conftest import BY_CODE, LIST, AskFor, Declare, Serve
from tests.sources.legacy import LOOKUPS, RECORD, html

pytestmark = pytest.mark.anyio


async def test_columns_may_change_their_order(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A cell is found under its head, wherever that stands; spans of columns count."""
    markup = (
        "<table id=circuits><tr><th>状态：</th><th colspan=2>客户</th><th>带 宽</th><th>客户编号</th><th>产品</th></tr>"
        "<tbody><tr><td>停机</td><td>x</td><td>y</td><td>２Ｍ</td><td>C2</td><td>SDH<br>电路&nbsp;</td>"
        "<td class=code>A</td></tr></tbody></table>"
    )
    declaration = (RECORD + LOOKUPS).replace("tbody tr", "tr:has(td)")
    source = declare(await serve(Chaos(always(html(markup)))), declaration)
    (found,) = (await source.page(LIST, None, ask())).records
    said = (found.code, found.product, found.bandwidth_bps, found.state, found.customer)
    assert said == ("A", "SDH 电路", 2_000_000, ServiceState.INACTIVE, "C2")


DETAIL = """
speaks: html
concurrency: 3
records:
  circuit:
    code: ":label(电路编号)"
    product: 'table.info :label("产品(类型)")'
    bandwidth_bps: {at: ":label(速率)", unit: bps}
    customer: ":label(客户) a@data-no"
    name: ":label(名称) input@value"
    a_end: {record: {address: ":label(A端)"}}
  route:
    circuit: ":label(电路编号)"
    role: {constant: WORKING}
    hops:
      each: "table.hops tr:has(td)"
      record: {sequence: ":column(序号)", element: ":column(网元)", in_port: ":column(入端口)", layer: ":column(层)"}
lookups:
  circuit by code:
    get: /print
    keys: {path: 2}
    expect: {empty: "p.none"}
  route by circuit:
    get: /print
    keys: {path: 2}
    expect: {empty: "p.none", fields: [hops]}
"""


def printed(code: str) -> str:
    """The print page of a circuit: a table and a definition list of labels, and a table of hops."""
    return f"""<table class="info"><tr><td>电路编号：</td><td>{code}</td><td>产品(类型)</td><td>SDH</td></tr>
<tr><td>Ａ端</td><td>北京市
   海淀区</td><td>Ｚ 端：</td><td>&nbsp;</td></tr>
<tr><td>客　户</td><td><a href="#" data-no=" C7 ">某银行</a></td></tr></table>
<dl><dt>速率</dt><dd>１５５Ｍ</dd><dt><b>名称</b>:</dt><dd><input name="n" value="京沪一号"></dd></dl>
<table class="hops"><tr><th>序号</th><th>网元</th><th>入端口</th><th>层</th></tr>
<tr><td>1</td><td>北京-OTN-01</td><td></td><td>otn</td></tr><tr><td>２</td><td>上海-OTN-03</td><td>1-1-3</td><td>OTN</td></tr>
</table>"""


async def test_detail_pages_one_a_key(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """What stands beside a label, in tables and definition lists; many pages go at once, within bounds."""

    def answer(request: Request, body: bytes) -> Response:
        code = request.url.path.rpartition("/")[2]
        return html("<p class=none>无此电路</p>" if code.startswith("X") else printed(code))

    chaos = Chaos(answer)
    source = declare(await serve(chaos), DETAIL)
    codes = [f"电路-{number}" for number in range(9)]
    answers = await source.fetch(BY_CODE, [*codes, "X/../1"], ask())
    assert set(answers) == {*codes, "X/../1"}
    assert isinstance(answers["X/../1"], Malformed)  # a page about 1
    assert "GET /print/X%2F..%2F1" in chaos.seen
    assert 1 < chaos.busiest <= 3
    answered = answers["电路-7"]
    assert isinstance(answered, Answer)
    (found,) = answered.records
    said = (found.native_id, found.product, found.bandwidth_bps, found.customer, found.name, found.a_end.address)
    assert said == ("电路-7", "SDH", 155_000_000, "C7", "京沪一号", "北京市 海淀区")
    routed = (await source.fetch(Lookup("route", "circuit"), ["电路-7"], ask("route")))["电路-7"]
    assert isinstance(routed, Answer)
    hops = [(hop.sequence, hop.element, hop.in_port, str(hop.layer)) for hop in routed.records[0].hops]
    assert hops == [(1, "北京-OTN-01", None, "OTN"), (2, "上海-OTN-03", "1-1-3", "OTN")]


async def test_things_are_kept_as_written_by_their_texts(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """No part of a page stays in a record: what a source wrote can be told in words, and put away."""
    source = declare(await serve(Chaos(lambda request, body: html(printed("BJ-1")))), DETAIL)
    told = (await source.fetch(Lookup("route", "circuit"), ["BJ-1"], ask("route", raw=True)))["BJ-1"]
    assert isinstance(told, Answer)
    hops = told.records[0].raw["hops"]
    assert [type(hop) for hop in hops] == [str, str]
    assert "北京-OTN-01" in hops[0]


SPANS = """<table><tr><th rowspan=2>电路</th><th colspan=2>Ａ端</th><th colspan=2>Z端</th><th rowspan=2>备注</th></tr>
<tr><th>局站</th><th>端口</th><th>局站</th><th>端 口：</th></tr>
<tr><td rowspan=2>BJ-1</td><td>北京</td><td>1-1</td><td>上海</td><td>2-2</td><td></td></tr>
<tr><td colspan=2>同上</td><td>广州</td><td>3-3</td><td><a href="x">主<br>用</a><script>a</script></td></tr></table>"""
FOUND = {
    ":column(电路)": ["BJ-1", "BJ-1"],
    ":column(A端局站)": ["北京", "同上"],
    ":column(A端端口)": ["1-1", "同上"],
    ":column(Z端局站)": ["上海", "广州"],
    ":column('Z端 端口')": ["2-2", "3-3"],
    ":column(局站)": [ABSENT, ABSENT],
    ":column(备注)": [None, "主 用"],
    ":column(备注) a@href": [ABSENT, "x"],
    ":column(没有)": [ABSENT, ABSENT],
}


@pytest.mark.parametrize("path", FOUND)
def test_spans_and_heads_below_heads(path: str) -> None:
    """A cell that spans rows or columns is in each of them; a head that several columns have leads nowhere."""
    paths = CssPaths()
    rows = paths.compile("tr:has(td)", Wanted.THINGS)(parsed("s", SPANS))
    assert FOUND[path] == [paths.compile(path, Wanted.VALUE)(row) for row in rows]


HEADED = """<table><tr><th>电路<th>带宽</tr>{rows}</table>"""
FOUND_IN = {
    "heads are no rows": (HEADED.format(rows="<tr><td>BJ-1<td>2M</tr><tr><th>电路<th>带宽</tr>"), ["BJ-1"]),
    "a row with a head of its own": (HEADED.format(rows="<tr><th>BJ-1<td>2M</tr>"), ["BJ-1"]),
    "what says that there are none is no row": (HEADED.format(rows="<tr><td class=none colspan=2>无记录</tr>"), []),
    "nor is what it stands in": (HEADED.format(rows="<tr><td colspan=2><b class=none>无记录</b></tr>"), []),
    "rows beside it": (HEADED.format(rows="<tr><td>BJ-1<td>2M</tr><tr class=none><td>完</tr>"), ["BJ-1"]),
}


@pytest.mark.parametrize("what", FOUND_IN)
async def test_rows_are_what_tells_of_things(serve: Serve, declare: Declare, ask: AskFor, what: str) -> None:
    """Neither heads, where all rows of a table are chosen, nor the message in place of rows is a thing."""
    page, codes = FOUND_IN[what]
    declaration = """
speaks: html
records: {circuit: {code: ":column(电路)"}}
lookups: {circuit list: {get: /x, each: table tr, expect: {has: table, empty: .none}}}
"""
    source = declare(await serve(Chaos(lambda request, body: html(f"<html><body>{page}</body></html>"))), declaration)
    answer = await source.page(LIST, None, ask())
    assert ([one.code for one in answer.records], answer.complete) == (codes, True)


@pytest.mark.parametrize("path", ["table > tr", "div table#t.x>tr.a td", "table[id='t'] > tr:first-child"])
def test_a_row_right_below_its_table_is_never_there(path: str) -> None:
    """Pages are read as browsers do, who put a tbody between the two: such a path would find nothing, for ever."""
    with pytest.raises(BadPath, match="table > tbody > tr"):
        CssPaths().compile(path, Wanted.THINGS)


@pytest.mark.parametrize(
    "path", ["table > tbody > tr", "table tr", ".table > tr-x", "div.table > tr", "table > thead > tr"]
)
def test_rows_are_found_in_other_ways(path: str) -> None:
    """What only looks like it is left alone."""
    assert [] == CssPaths().compile(path, Wanted.THINGS)(parsed("s", "<p>x</p>"))


LABELS = """<dl><dt>名称</dt><dd>甲</dd><dt>端口</dt><dd>1</dd></dl><table class=z><tr><td>端口:</td><td>2</td>
<td>名称</td><td> 甲</td><td>空</td><td>&nbsp;</td><td>末</td></tr></table>
<div class=card><div><span class=l>带宽<!-- x --></span><span class=v>155M</span></div>
<p><b>状态</b>：在用<br><b>开通：</b> 2024年</p>
<div><div>客户</div><div><a href=c1>某银行</a></div></div><label>城市</label><label>网元</label></div>"""


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (":label(名称)", "甲"),
        (":label(端口)", ABSENT),
        ("dl :label(端口)", "1"),
        ("table.z :label(端口)", "2"),
        (":label(空)", None),
        (":label(末)", ABSENT),
        ("table.x :label(端口)", ABSENT),
        (":label(带宽)", "155M"),
        (":label(状态)", "在用"),
        (":label(客户) a@href", "c1"),
        (":label(开通)", "2024年"),
        (":label(城市)", ABSENT),
    ],
)
def test_a_label_that_stands_beside_several_things_leads_nowhere(path: str, found: object) -> None:
    """Unless all say the same; a selector before it says which one is meant."""
    assert CssPaths().compile(path, Wanted.VALUE)(parsed("s", LABELS)) == found


def test_lists_of_values_and_things() -> None:
    """Several elements are several values; blank ones are none; attributes hold no things."""
    page = parsed("s", "<ul><li data-no=1>a</li><li>b</li><li> </li></ul>")
    compiled = {wanted: CssPaths().compile("li", wanted)(page) for wanted in Wanted}
    assert (compiled[Wanted.VALUE], compiled[Wanted.VALUES]) == ("a", ["a", "b"])
    assert [part.node.tag for part in compiled[Wanted.THINGS]] == ["li", "li", "li"]
    assert CssPaths().compile("@data-no", Wanted.VALUE)(compiled[Wanted.THING]) == "1"
    assert CssPaths().compile("li@data-no", Wanted.VALUES)(page) == ["1"]
    assert CssPaths().compile("p", Wanted.VALUES)(page) is ABSENT
