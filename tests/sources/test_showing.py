"""Systems that want to be shown who asks in a parameter or in the body, rather than in a header."""

import json
from dataclasses import dataclass, field

import pytest
from starlette.requests import Request
from starlette.responses import Response

from model.faults import Malformed, Unauthorised
from tests.sources.chaos import Chaos, as_json
from tests.sources.conftest import BY_CODE, LIST, AskFor, Declare, Serve

pytestmark = pytest.mark.anyio
RECORD = "records: {circuit: {code: code}}\n"
BY_GET = f"{RECORD}lookups: {{circuit list: {{get: /x, query: {{a: 1}}, each: rows}}}}\n"
BY_POST = (
    f"{RECORD}lookups: {{circuit by code: {{post: /x, body: {{head: {{v: 1}}}}, keys: {{body: codes}}, each: rows}}}}\n"
)
SIGN_IN = "post: /in, body: {user: u, pass: {env: PASS}}, token: t"


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    """The secret."""
    monkeypatch.setenv("PASS", "hush")


@dataclass
class Desk:
    """Gives tokens, and lets in who shows the last one, wherever that is."""

    token: int = 0
    signed: list[str] = field(default_factory=list)

    def __call__(self, request: Request, body: bytes) -> Response:
        """Sign in, or answer."""
        if request.url.path == "/in":
            self.token += 1
            self.signed.append(body.decode())
            return as_json({"t": f"t{self.token}"})
        shown = request.query_params.get("token") or json.loads(body or b"{}").get("head", {}).get("token")
        return as_json({"rows": [{"id": "1", "code": "A"}]}, 200 if shown == f"T-t{self.token}" else 401)


async def test_constants_among_the_parameters(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A key in the query follows what else is asked; it is escaped, and it is sent by the health check too."""
    chaos = Chaos(lambda request, body: as_json({"rows": []}))
    source = declare(await serve(chaos), f"{BY_GET}auth: {{query: {{app: a b, key: {{env: PASS}}}}}}")
    await source.page(LIST, None, ask())
    await source.health()
    assert chaos.seen == ["GET /x?a=1&app=a%20b&key=hush"] * 2


async def test_constants_in_the_body(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """They go to their places beside what is asked, and into each body anew."""
    chaos = Chaos(lambda request, body: as_json({"rows": []}))
    source = declare(await serve(chaos), f"{BY_POST}auth: {{body: {{head.app: a, head.key: {{env: PASS}}}}}}")
    for code in ("A", "B"):
        await source.fetch(BY_CODE, [code], ask())
    assert chaos.bodies == [{"head": {"v": 1, "app": "a", "key": "hush"}, "codes": [code]} for code in ("A", "B")]


@pytest.mark.parametrize(
    ("place", "lookups"),
    [("query: token, prefix: T-", BY_GET), ("body_at: head.token, prefix: T-", BY_POST)],
)
async def test_a_token_of_a_session_is_shown_and_renewed(
    serve: Serve, declare: Declare, ask: AskFor, place: str, lookups: str
) -> None:
    """Wherever it is shown, it is got once, and got anew when it is refused."""
    desk = Desk()
    source = declare(await serve(Chaos(desk)), f"{lookups}auth: {{session: {{{SIGN_IN}, {place}}}}}")

    async def answered() -> bool:
        if BY_CODE in source.lookups:
            return "A" in await source.fetch(BY_CODE, ["A"], ask())
        return len((await source.page(LIST, None, ask())).records) == 1

    assert await answered()
    assert await answered()
    assert len(desk.signed) == 1
    desk.token += 1  # whatever was given out before is void
    assert await answered()
    assert len(desk.signed) == 2


@pytest.mark.parametrize(
    ("token", "given", "shown"),
    [
        ("{header: X-Subject-Token}", {"x-subject-token": "t1"}, ("authorization", "t1")),
        ("{header: X-Subject-Token}, header: X-Auth-Token", {"x-subject-token": "t1"}, ("x-auth-token", "t1")),
        ("{cookie: SID}", {"set-cookie": "SID=t1; Path=/; HttpOnly"}, ("cookie", "SID=t1")),
        ("{cookie: SID}, header: X-Sid", {"set-cookie": "SID=t1"}, ("x-sid", "t1")),
    ],
)
async def test_a_token_may_come_beside_the_body(
    serve: Serve, declare: Declare, ask: AskFor, token: str, given: dict[str, str], shown: tuple[str, str]
) -> None:
    """In a header or a cookie of the sign-in's answer, whose body may then be anything."""

    def answer(request: Request, body: bytes) -> Response:
        if request.url.path == "/in":
            return Response("welcome", headers=given)
        return as_json({"rows": []}, 200 if request.headers.get(shown[0]) == shown[1] else 401)

    session = f"auth: {{session: {{post: /in, body: {{pass: {{env: PASS}}}}, token: {token}}}}}"
    source = declare(await serve(Chaos(answer)), BY_GET + session)
    assert (await source.page(LIST, None, ask())).records == []


async def test_a_sign_in_without_its_cookie_gives_no_token(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Another cookie is not it."""
    chaos = Chaos(lambda request, body: Response("welcome", headers={"set-cookie": "OTHER_SID=t1, XSID=2"}))
    session = "auth: {session: {post: /in, body: {pass: {env: PASS}}, token: {cookie: SID}}}"
    with pytest.raises(Malformed, match="a sign-in without a token"):
        await declare(await serve(chaos), BY_GET + session).page(LIST, None, ask())


async def test_a_constant_that_is_refused_is_not_tried_again(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """There is no other to try."""
    chaos = Chaos(lambda request, body: as_json({}, 401))
    source = declare(await serve(chaos), f"{BY_GET}auth: {{query: {{key: {{env: PASS}}}}}}")
    with pytest.raises(Unauthorised) as caught:
        await source.page(LIST, None, ask())
    assert "hush" not in str(caught.value)
    assert len(chaos.seen) == 1
