"""A resource system as they were built in 2004: pages in GBK, behind a form, for people."""

from dataclasses import dataclass, field
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import Response

RECORD = """
speaks: html
records:
  circuit:
    native_id: {at: "a.detail@href", pattern: "id=([^&]*)"}
    code: td.code
    product: ":column(产品)"
    bandwidth_bps: {at: ":column(带宽)", unit: bps}
    state: {at: ":column(状态)", values: {在用: ACTIVE, 停机: INACTIVE}}
    customer: ":column(客户编号)"
"""
LOOKUPS = """
lookups:
  circuit list:
    get: /circuit/list.do
    each: "table#circuits tbody tr"
    expect: {has: "table#circuits", fields: [bandwidth_bps, state]}
  circuit by code:
    get: /circuit/list.do
    keys: {query: code, join: comma, at_most: 2}
    each: "table#circuits tbody tr"
    expect: {has: "table#circuits", fields: [bandwidth_bps, state]}
  circuit by customer:
    get: /circuit/list.do
    keys: {query: customer}
    each: "table#circuits tbody tr"
    expect: {has: "table#circuits"}
"""
HEADS = ("电路编号", "产品", "带　宽", "状态", "客户编号")
LOGIN = """<html><head><title>登录</title></head><body><form id="login" action="do_login.do" method="post">
用户名 <input name="user"> 密码 <input type="password" name="pass">
<input type="hidden" name="token" value="{token}"><input type="submit" name="go" value="登 录">
</form></body></html>"""
ROW = (
    '<tr><td class="code"><a class="detail" href="/circuit/print.do?id={id}&amp;code={code}">{code}</a></td>'
    "<td>{product}</td><td>{bw}</td><td>{state}</td><td>{customer}</td></tr>"
)


def html(markup: str, encoding: str = "gbk", kind: str = "text/html", status: int = 200) -> Response:
    """A page in an encoding, under a content type that need not tell it."""
    return Response(markup.encode(encoding), status, {"content-type": kind})


def table(*rows: dict[str, str], heads: tuple[str, ...] = HEADS, more: str = "", meta: str = "gb2312") -> str:
    """A page with a table of circuits."""
    head = "".join(f"<th>{one}</th>" for one in heads)
    body = "\n".join(ROW.format(**one) for one in rows)
    return (
        f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={meta}">'
        f'<script>var x="<td>";</script>'
        f'</head><body><table class="layout"><tr><td>电路资源管理系统</td></tr><tr><td>'
        f'<table id="circuits"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
        f"</td></tr></table>{more}</body></html>"
    )


def circuit(number: int, **more: str) -> dict[str, str]:
    """One row."""
    usual = {"id": f"r{number}", "product": "MSTP专线", "bw": "155M", "state": "在用", "customer": "C1"}
    return {"code": f"BJ-{number}", **usual, **more}


@dataclass
class Legacy:
    """The application: one account, one session at a time, that ends when `expire` is called."""

    page: str = ""
    sign_ins: list[dict[str, str]] = field(default_factory=list)
    tokens: int = 0
    session: str = ""
    refuses: bool = False
    redirects: bool = False

    def expire(self) -> None:
        """End the session."""
        self.session = ""

    def __call__(self, request: Request, body: bytes) -> Response:
        """A page; the one that asks to sign in to who has no session, under HTTP 200."""
        match request.url.path:
            case "/login.do":
                return self._asking()
            case "/do_login.do":
                return self._signing_in(request, body)
        if not self.session or request.cookies.get("JSESSIONID") != self.session:
            return Response(status_code=302, headers={"location": "/login.do"}) if self.redirects else self._asking()
        return html(self.page)

    def _asking(self) -> Response:
        self.tokens += 1
        answer = html(LOGIN.format(token=f"t{self.tokens}"))
        answer.set_cookie("PRE", f"p{self.tokens}")
        return answer

    def _signing_in(self, request: Request, body: bytes) -> Response:
        said = {name: values[0] for name, values in parse_qs(body.decode(), encoding="gbk").items()}
        self.sign_ins.append(said)
        known = said.get("token") == f"t{self.tokens}" and request.cookies.get("PRE") == f"p{self.tokens}"
        if self.refuses or not known or said.get("pass") != "暗号":
            return self._asking()
        self.session = f"s{len(self.sign_ins)}"
        answer = Response(status_code=302, headers={"location": "/circuit/index.do"})
        answer.set_cookie("JSESSIONID", self.session, path="/circuit", httponly=True)
        return answer
