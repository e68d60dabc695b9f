"""The old resource system, over HTTP, as somebody with a browser sees it."""

from typing import Any

import pytest
from selectolax.lexbor import LexborHTMLParser

from demo.systems.legacy import COOKIE, PAGE
from demo.systems.pages import LAYERS, STATES
from demo.world.circuits import bandwidth

pytestmark = pytest.mark.anyio


class Browser:
    """Somebody with a browser of their own."""

    def __init__(self, desk: Any) -> None:
        self._desk = desk
        self.base = desk.running.systems["legacy"].address["apis"]["web"]
        self.auth = desk.running.systems["legacy"].address["auth"]
        self.cookies: dict[str, str] = {}

    async def see(self, path: str, form: dict[str, str] | None = None) -> tuple[Any, Any]:
        """Open a path, or send a form there; the answer, and its page as a tree."""
        cookie = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        method = "POST" if form is not None else "GET"
        answer = await self._desk.client.request(method, self.base + path, data=form, headers=cookie)
        self.cookies |= dict(answer.cookies)
        self._desk.client.cookies.clear()
        return answer, LexborHTMLParser(answer.content.decode("gbk"))

    async def sign_in(self, password: str | None = None, token: str | None = None) -> tuple[Any, Any]:
        """Fill in the form, as it stands there."""
        _, page = await self.see("/login.do")
        hidden = page.css_first("form#loginForm input[name=_csrf]").attributes["value"]
        credentials = {"username": self.auth["user"], "password": password or self.auth["password"]}
        return await self.see("/login.do", credentials | {"_csrf": token or hidden})


@pytest.fixture
async def browser(desk: Any) -> Browser:
    """A browser that is signed in."""
    browser = Browser(desk)
    await browser.sign_in()
    return browser


def cells(row: Any) -> list[str]:
    """The texts of a row."""
    return [cell.text().replace("\xa0", " ").strip() for cell in row.css("td")]


async def test_whoever_has_not_signed_in_sees_the_form(desk: Any) -> None:
    """Every page is the login page then, in GBK, under HTTP 200, without a charset."""
    answer, page = await Browser(desk).see("/circuit/list.do")
    assert (200, "text/html") == (answer.status_code, answer.headers["Content-Type"])
    assert page.css_first("form#loginForm") is not None
    assert "用户名：" in page.body.text()


async def test_the_form_is_strict(desk: Any) -> None:
    """A wrong password, or a token that is not the form's own, shows the form once more, with a complaint."""
    _, page = await Browser(desk).sign_in(password="wrong")
    assert "用户名或密码错误" == page.css_first("td.err").text()
    _, page = await Browser(desk).sign_in(token="wrong")
    assert "页面已过期，请重新登录" == page.css_first("td.err").text()
    answer, _ = await Browser(desk).sign_in()
    assert 302 == answer.status_code


async def test_a_session_ends_when_switched(fragile: Any) -> None:
    """`expired` ends all sessions, once: who signs in again is let in while it is still switched on."""
    browser = Browser(fragile)
    await browser.sign_in()
    await fragile.control("POST", "/systems/legacy/trouble", {"kind": "expired"})
    _, page = await browser.see("/circuit/list.do")
    assert page.css_first("form#loginForm") is not None
    await browser.sign_in()
    _, page = await browser.see("/circuit/list.do")
    assert page.css_first("table#circuits") is not None
    assert {COOKIE} == set(browser.cookies)


async def test_the_list_has_every_circuit_once(browser: Browser, desk: Any) -> None:
    """Fifty rows a page, a link to the next page, and every circuit as it is."""
    told, path = [], "/circuit/list.do"
    while path:
        answer, page = await browser.see(path)
        rows = [cells(row) for row in page.css("table#circuits tbody tr")]
        assert len(rows) <= PAGE
        assert "ISO-8859-1" in answer.headers["Content-Type"]
        told += rows
        link = page.css_first("a.next")
        path = link.attributes["href"].removeprefix("/resweb") if link else ""
    circuits = desk.running.operator.circuits
    assert sorted(circuit.code for circuit in circuits) == [row[1] for row in told]
    by_code = {row[1]: row for row in told}
    for circuit in circuits:
        row = by_code[circuit.code]
        assert [circuit.name, circuit.customer.id] == row[2:4]
        assert STATES[circuit.state] == row[6]
    wide = [row[5] for row in told if not row[5].isascii()]
    assert 0 < len(wide) < len(told) / 4


async def test_circuits_are_found_by_codes_and_by_customers(browser: Browser, desk: Any) -> None:
    """Several codes or customers by comma; what is not known is left out, and nothing at all is said in words."""
    one, two = desk.running.operator.circuits[:2]
    _, page = await browser.see(f"/circuit/list.do?codes={two.code.lower()},NOBODY,{one.code}")
    assert sorted([one.code, two.code]) == [cells(row)[1] for row in page.css("table#circuits tbody tr")]
    _, page = await browser.see(f"/circuit/list.do?custNo={one.customer.id}")
    owners = {cells(row)[3] for row in page.css("table#circuits tbody tr")}
    assert {one.customer.id} == owners
    _, page = await browser.see("/circuit/list.do?codes=NOBODY")
    assert "没有符合条件的记录" == page.css_first("td.norecord").text()


async def test_the_card_tells_all_of_a_circuit(browser: Browser, desk: Any) -> None:
    """Names and values, then each route hop by hop, with digits as wide as characters here and there."""
    circuit = next(one for one in desk.running.operator.circuits if one.protected and one.number % 7)
    _, page = await browser.see(f"/circuit/print.do?code={circuit.code}")
    told = [text for row in page.css("table.card tr") for text in cells(row)]
    card = dict(zip(told[::2], told[1::2], strict=True))
    assert circuit.name == card["电路名称："]
    assert bandwidth(circuit.kbps) == card["带宽："]
    assert [circuit.a_site.id, circuit.z_port] == [card["A端局点："], card["Z端端口："]]
    for role, table in zip(("WORKING", "PROTECTION"), page.css("table.route"), strict=True):
        route = desk.running.operator.route(circuit, role)
        rows = [cells(row) for row in table.css("tr.hop")]
        assert [str(place) for place in range(1, len(route) + 1)] == [str(int(row[0])) for row in rows]
        assert [hop.element for hop in route] == [row[1].partition("（")[2].rstrip("）") for row in rows]
        assert [[hop.in_port, hop.out_port, LAYERS[hop.layer]] for hop in route] == [row[2:] for row in rows]


async def test_an_unknown_circuit_has_a_page_that_says_so(browser: Browser) -> None:
    """HTTP 200 and a few words."""
    answer, page = await browser.see("/circuit/print.do?code=NOBODY")
    assert (200, "未找到该电路") == (answer.status_code, page.css_first("div.norecord").text())
