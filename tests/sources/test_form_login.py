"""One signs in at forms that are made for people, once for all who wait, and says to nobody else by what."""

import anyio
import pytest
from starlette.requests import Request
from starlette.responses import Response

from model.faults import Drifted, Malformed, Rejected, SourceFault, Unauthorised, Unavailable
from sources.calls import counting_calls
from tests.sources.chaos import Chaos, always
from tests.sources.conftest import LIST, AskFor, Declare, Serve
from tests.sources.legacy import LOGIN, LOOKUPS, RECORD, Legacy, circuit, html, table

pytestmark = pytest.mark.anyio
LOGIN_AT = "login: {form: /login.do, fields: {user: 张三, pass: {env: LEGACY_PASS}}, page_has: 'form#login'}\n"


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    """The secret."""
    monkeypatch.setenv("LEGACY_PASS", "暗号")


async def test_one_signs_in_once_for_all_and_again_when_signed_out(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """The form's own token goes along, in the page's encoding; the login page under HTTP 200 ends a session."""
    legacy = Legacy(table(circuit(1)))
    chaos = Chaos(legacy)
    source = declare(await serve(chaos), f"encoding: gbk\n{LOGIN_AT}{RECORD}{LOOKUPS}")
    counts = counting_calls()

    async def page() -> None:
        assert len((await source.page(LIST, None, ask())).records) == 1

    for renewals, redirects in enumerate([False, False, True]):
        legacy.expire()
        legacy.redirects = redirects
        async with anyio.create_task_group() as group:
            for _ in range(8):
                group.start_soon(page)
        assert len(legacy.sign_ins) == renewals + 1
    assert legacy.sign_ins[0] == {"user": "张三", "pass": "暗号", "token": "t1"}
    assert counts["crm"] >= 24
    assert "JSESSIONID=s3" in chaos.headers[-1]["cookie"]


async def test_a_wrong_password_is_tried_once_for_all_who_wait(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """An account must not be locked by us."""
    legacy = Legacy(table(circuit(1)), refuses=True)
    source = declare(await serve(Chaos(legacy)), f"encoding: gbk\n{LOGIN_AT}{RECORD}{LOOKUPS}")
    faults: list[SourceFault] = []

    async def page() -> None:
        with pytest.raises(Unauthorised) as caught:
            await source.page(LIST, None, ask())
        faults.append(caught.value)

    async with anyio.create_task_group() as group:
        for _ in range(8):
            group.start_soon(page)
    assert (len(legacy.sign_ins), len(faults)) == (1, 8)
    assert "暗号" not in "".join(map(str, faults))
    legacy.refuses = False
    assert (await source.page(LIST, None, ask())).records


SIGN_INS: dict[str, tuple[Response, type[SourceFault]]] = {
    "no form": (html("<p>维护中</p>"), Drifted),
    "a form elsewhere": (html(LOGIN.replace("do_login.do", "https://evil.example/")), Rejected),
    "no cookie": (html("<form id=login action=/x><input type=password name=pass></form>"), Unauthorised),
    "redirects for ever": (Response(status_code=302, headers={"location": "/login.do"}), Malformed),
    "a redirect elsewhere": (Response(status_code=302, headers={"location": "http://127.0.0.1:1/"}), Rejected),
    "a redirect to no address": (Response(status_code=302, headers={"location": "http://[::1"}), Unavailable),
    "a form to no address": (html(LOGIN.replace("do_login.do", "http://[::1")), Rejected),
    "down": (html("<p>错误</p>", status=502), Unavailable),
    "forbidden": (html("<p>禁止</p>", status=403), Unauthorised),
    "JSON": (Response("{}", 200, {"content-type": "application/json"}), Malformed),
}


@pytest.mark.parametrize("what", SIGN_INS)
async def test_a_sign_in_that_fails_is_a_fault(serve: Serve, declare: Declare, ask: AskFor, what: str) -> None:
    """Of the kind that it is; passwords go to the source's own origin only."""
    answer, fault = SIGN_INS[what]
    source = declare(await serve(Chaos(always(answer))), LOGIN_AT + RECORD + LOOKUPS)
    with pytest.raises(SourceFault) as caught:
        await source.page(LIST, None, ask())
    assert type(caught.value) is fault
    assert "evil" not in str(caught.value)


async def test_a_script_may_be_all_that_asks_to_sign_in(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A regular expression knows the page; what a good sign-in leads to is known by a selector."""

    def answer(request: Request, body: bytes) -> Response:
        if request.url.path == "/in":
            return html("<form action=in2><input type=password name=p><input type=checkbox name=keep checked></form>")
        if request.url.path == "/in2":
            page = html("<p>密码错误</p>" if b"wrong" in body else "<a class=out>退出</a>")
            page.set_cookie("S", "1")
            return page
        good = request.cookies.get("S") == "1"
        return html(table(circuit(1)) if good else "<script>top.location = '/in';</script>")

    chaos = Chaos(answer)
    login = "login: {{form: /in, fields: {{p: {0}}}, page_says: 'top.location *= *./in', then_has: a.out}}\n"
    url = await serve(chaos)
    assert (await declare(url, login.format("right") + RECORD + LOOKUPS).page(LIST, None, ask())).records
    with pytest.raises(Unauthorised):
        await declare(url, login.format("wrong") + RECORD + LOOKUPS).page(LIST, None, ask())
