"""The pages of the old resource system, as somebody wrote them in 2004 and nobody has dared to touch since."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from demo.world.circuits import PRODUCTS, Circuit, bandwidth
from demo.world.network import Element
from demo.world.parties import Site
from demo.world.routes import Hop

STATES = {
    "active": "在用",
    "inactive": "停机",
    "terminated": "拆机",
    "designed": "设计中",
    "reserved": "资源预占",
    "feasibilityChecked": "资源核查",
}
LAYERS = {"SDH": "SDH", "OTN": "OTN", "ETHERNET": "以太网"}
ROLES = {"WORKING": "主用路由", "PROTECTION": "备用路由"}
COLUMNS = ("序号", "电路代号", "电路名称", "客户编号", "产品", "带宽", "状态", "开通日期", "操作")
HOP_COLUMNS = ("序号", "网元", "入端口", "出端口", "层")
_WIDE = str.maketrans("0123456789GKM", "０１２３４５６７８９ＧＫＭ")


def login(action: str, token: str, complaint: str) -> str:
    """Write the login page."""
    return _page(
        "用户登录",
        f"""<form id="loginForm" name="loginForm" action="{action}" method="post">
<input type="hidden" name="_csrf" value="{token}">
<table border="0" cellpadding="3" align="center">
<tr><td colspan="2" class="err">{complaint or "&nbsp;"}</td></tr>
<tr><td>用户名：</td><td><input type="text" name="username" maxlength="20"></td></tr>
<tr><td>密&nbsp;&nbsp;码：</td><td><input type="password" name="password"></td></tr>
<tr><td colspan="2" align="center"><input type="submit" value="登 录"></td></tr>
</table></form>""",
    )


def main(listing: str) -> str:
    """Write the page that greets who has signed in."""
    return _page("首页", f'<p class="welcome">欢迎使用！</p><ul><li><a href="{listing}">电路查询</a></li></ul>')


def nothing(words: str) -> str:
    """Write that there is nothing."""
    return _page("提示", f'<div class="norecord">{words}</div>')


def circuits(shown: Sequence[Circuit], total: int, number: int, following: str | None) -> str:
    """Write one page of a list of circuits."""
    heads = "".join(f"<th nowrap>{column}</th>" for column in COLUMNS)
    rows = "\n".join(_row(circuit, place) for place, circuit in enumerate(shown, start=1))
    none = f'<tr><td colspan="{len(COLUMNS)}" class="norecord">没有符合条件的记录</td></tr>'
    forward = f'<a class="next" href="{escape(following)}">下一页</a>' if following else "<span>下一页</span>"
    return _page(
        "电路查询",
        f"""<table id="circuits" class="list" border="1" cellspacing="0"><thead><tr>{heads}</tr></thead>
<tbody>
{rows or none}
</tbody></table>
<div class="pager">共<b>{total}</b>条&nbsp;第{number}页&nbsp;{forward}</div>""",
    )


def circuit(circuit: Circuit, routes: Mapping[str, Sequence[Hop]], elements: Mapping[str, Element]) -> str:
    """Write all that is known of a circuit: a table of names and values, and a table for each of its routes."""
    told = [
        ("电路代号", circuit.code),
        ("电路名称", circuit.name),
        ("客户编号", circuit.customer.id),
        ("客户名称", circuit.customer.name),
        ("产品", PRODUCTS[circuit.category]),
        ("带宽", _rate(circuit)),
        ("状态", STATES[circuit.state]),
        ("开通日期", _date(circuit)),
        *_end("A端", circuit.a_site, circuit.a_port),
        *_end("Z端", circuit.z_site, circuit.z_port),
    ]
    rows = "\n".join(
        "<tr>"
        + "".join(f'<td class="label">{name}：</td><td>&nbsp;{escape(value)}</td>' for name, value in pair)
        + "</tr>"
        for pair in zip(told[::2], told[1::2], strict=True)
    )
    tables = "\n".join(_route(role, route, elements) for role, route in routes.items())
    return _page("电路资料卡", f'<table class="card" width="100%">\n{rows}\n</table>\n{tables}')


def _row(circuit: Circuit, place: int) -> str:
    cells: Iterable[str] = (
        str(place),
        circuit.code,
        escape(circuit.name),
        circuit.customer.id,
        PRODUCTS[circuit.category],
        f"&nbsp;{_rate(circuit)}&nbsp;",
        f'<font color="{"green" if circuit.state == "active" else "red"}">{STATES[circuit.state]}</font>',
        _date(circuit),
        f'<a href="print.do?code={circuit.code}" target="_blank">打印</a>',
    )
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _end(name: str, site: Site, port: str) -> list[tuple[str, str]]:
    return [
        (f"{name}局点", site.id),
        (f"{name}端口", port),
        (f"{name}地址", site.address),
        (f"{name}城市", site.city.chinese),
    ]


def _route(role: str, route: Sequence[Hop], elements: Mapping[str, Element]) -> str:
    heads = "".join(f"<td><b>{column}</b></td>" for column in HOP_COLUMNS)
    rows = "\n".join(_hop(place, hop, elements[hop.element]) for place, hop in enumerate(route, start=1))
    return f"""<table class="route" border="1"><caption>{ROLES[role]}</caption><tr><td>
<table width="100%"><tr class="head">{heads}</tr>
{rows}
</table></td></tr></table>"""


def _hop(place: int, hop: Hop, element: Element) -> str:
    written = str(place).translate(_WIDE) if place % 3 == 0 else str(place)
    cells = (written, f"{element.name}（{hop.element}）", hop.in_port, hop.out_port, LAYERS[hop.layer])
    return '<tr class="hop">' + "".join(f"<td>{escape(cell)}&nbsp;</td>" for cell in cells) + "</tr>"


def _rate(circuit: Circuit) -> str:
    """Write the rate; whoever typed in every seventh had the wide digits on."""
    written = bandwidth(circuit.kbps)
    return written.translate(_WIDE) if circuit.number % 7 == 0 else written


def _date(circuit: Circuit) -> str:
    return f"{circuit.start.year}年{circuit.start.month}月{circuit.start.day}日"


def _page(title: str, body: str) -> str:
    return f"""<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 4.01 Transitional//EN">
<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">
<title>传输资源管理系统 - {title}</title></head>
<body bgcolor="#FFFFFF"><table width="98%" align="center"><tr><td class="banner">传输资源管理系统 V3.2</td></tr>
<tr><td>
{body}
</td></tr></table></body></html>
"""
