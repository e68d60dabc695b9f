"""The old resource system: web pages for people, in GBK, behind a form, from a time before interfaces.

Its quirks: no charset in its headers, or a wrong one, and `gb2312` in its pages where more is written than that has;
a hidden token in the form of the login; a session that ends after a quarter of an hour without use, or when somebody
switches it so, upon which every page is the login page, under HTTP 200; tables within tables, blanks that are none,
digits as wide as characters; fifty rows a page, and a link to the next one; codes in any case.
"""

import hashlib
import time
from collections.abc import Callable, Sequence
from functools import cached_property
from urllib.parse import parse_qs, quote

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from demo.operator import Operator
from demo.systems import pages
from demo.systems.system import System
from demo.tmf630 import Filter
from demo.trouble import Expired
from demo.world.circuits import Circuit

BASE = "/resweb"
USER, PASSWORD = "demo-legacy", "demo-legacy-password"
COOKIE = "JSESSIONID"
SESSION_LIVES_SECONDS = 900
MOST_CODES = 50
PAGE = 50
_NO_CHARSET, _WRONG_CHARSET = "text/html", "text/html; charset=ISO-8859-1"


def build(operator: Operator) -> System:
    """Set up the old resource system for one operator."""
    visits, desk = Visits(), _Desk(operator)
    routes = [
        Route(f"{BASE}/login.do", visits.form),
        Route(f"{BASE}/login.do", visits.sign_in, methods=["POST"]),
        Route(f"{BASE}/main.do", visits.only_signed_in(desk.main)),
        Route(f"{BASE}/circuit/list.do", visits.only_signed_in(desk.listed)),
        Route(f"{BASE}/circuit/print.do", visits.only_signed_in(desk.printed)),
    ]
    return System(
        name="legacy",
        app=Starlette(routes=routes),
        paths={"web": BASE},
        auth={"kind": "form", "form": f"{BASE}/login.do", "user": USER, "password": PASSWORD},
        latency=(20, 60),
    )


Page = Callable[[Request], Response]


class Visits:
    """Who is there, who has signed in, and until when."""

    def __init__(self) -> None:
        self._number = 0
        self._tokens: dict[str, str] = {}
        self._until: dict[str, float] = {}
        self._ended_by: Expired | None = None

    async def form(self, request: Request) -> Response:
        """Show the form, with a token that holds for one try of this visitor."""
        return self._form(request, "")

    async def sign_in(self, request: Request) -> Response:
        """Let in who knows user, password and token; anyone else sees the form again."""
        said = {name: values[0] for name, values in parse_qs((await request.body()).decode("ascii")).items()}
        visitor = request.cookies.get(COOKIE, "")
        if said.get("_csrf") != self._tokens.pop(visitor, None):
            return self._form(request, "页面已过期，请重新登录")
        if (said.get("username"), said.get("password")) != (USER, PASSWORD):
            return self._form(request, "用户名或密码错误")
        self._until[visitor] = time.monotonic() + SESSION_LIVES_SECONDS
        return RedirectResponse(f"{BASE}/main.do", 302)

    def only_signed_in(self, page: Page) -> Callable[[Request], Response]:
        """Show a page to whoever is signed in, to others the form, as if that were the answer."""

        def shown(request: Request) -> Response:
            visitor = request.cookies.get(COOKIE, "")
            self._end_if_switched(request)
            if self._until.get(visitor, 0.0) <= time.monotonic():
                return self._form(request, "")
            self._until[visitor] = time.monotonic() + SESSION_LIVES_SECONDS
            return page(request)

        return shown

    def _form(self, request: Request, complaint: str) -> Response:
        visitor = request.cookies.get(COOKIE) or self._new("visitor")
        token = self._tokens[visitor] = self._new("token")
        answer = _answer(pages.login(f"{BASE}/login.do", token, complaint))
        answer.set_cookie(COOKIE, visitor, path=BASE, httponly=True)
        return answer

    def _new(self, purpose: str) -> str:
        self._number += 1
        return hashlib.blake2b(f"{purpose}/{self._number}/{PASSWORD}".encode(), digest_size=16).hexdigest().upper()

    def _end_if_switched(self, request: Request) -> None:
        trouble = request.scope.get("trouble")
        if isinstance(trouble, Expired) and trouble is not self._ended_by:
            self._ended_by = trouble
            self._until.clear()


class _Desk:
    """Finds circuits and shows them."""

    def __init__(self, operator: Operator) -> None:
        self._operator = operator

    @cached_property
    def _circuits(self) -> Sequence[Circuit]:
        return sorted(self._operator.circuits, key=lambda circuit: circuit.code)

    @cached_property
    def _by(self) -> dict[str, dict[str, list[int]]]:
        filters: dict[str, Filter[Circuit]] = {
            "codes": Filter(lambda circuit: (circuit.code,)),
            "custNo": Filter(lambda circuit: (circuit.customer.id,)),
        }
        return {name: one.index(self._circuits) for name, one in filters.items()}

    def main(self, request: Request) -> Response:
        """Show where one can go from here."""
        del request
        return _answer(pages.main(f"{BASE}/circuit/list.do"))

    def listed(self, request: Request) -> Response:
        """Show one page of the circuits that are looked for: by codes or customers, several by comma; or of all."""
        query = request.query_params
        found: Sequence[int] = range(len(self._circuits))
        for name, index in self._by.items():
            if name in query:
                wanted = [value.strip().upper() for value in query[name].split(",")][:MOST_CODES]
                found = sorted({at for value in wanted for at in index.get(value, ())} & set(found))
        number = int(query["pageNo"]) if query.get("pageNo", "").isdecimal() else 1
        shown = [self._circuits[at] for at in found[(number - 1) * PAGE : number * PAGE]]
        following = f"{BASE}/circuit/list.do?{_again(request, number + 1)}" if number * PAGE < len(found) else None
        return _answer(pages.circuits(shown, len(found), number, following), _WRONG_CHARSET)

    def printed(self, request: Request) -> Response:
        """Show all of one circuit, ready to be printed."""
        found = self._by["codes"].get(request.query_params.get("code", "").strip().upper())
        if not found:
            return _answer(pages.nothing("未找到该电路"))
        circuit = self._circuits[found[0]]
        roles = ("WORKING", "PROTECTION") if circuit.protected else ("WORKING",)
        routes = {role: self._operator.route(circuit, role) for role in roles}
        return _answer(pages.circuit(circuit, routes, self._operator.network.elements))


def _again(request: Request, number: int) -> str:
    """Write the query once more, for another page."""
    query = [(name, value) for name, value in request.query_params.items() if name != "pageNo"]
    return "&".join(f"{name}={quote(value, safe=',')}" for name, value in [*query, ("pageNo", str(number))])


def _answer(page: str, kind: str = _NO_CHARSET) -> Response:
    answer = Response(page.encode("gbk"))
    answer.headers["Content-Type"] = kind
    return answer
