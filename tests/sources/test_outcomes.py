"""Systems that answer everything with HTTP 200: the body says how it went, and who signed in is let in."""

import json
from dataclasses import dataclass, field
from typing import Any

import anyio
import pytest
from starlette.requests import Request
from starlette.responses import Response

from model.answer import Answer
from model.faults import Malformed, Rejected, SourceFault, TimedOut, Unauthorised, Unavailable
from model.keys import Lookup
from sources.calls import counting_calls
from sources.contract import HealthState
from tests.sources.chaos import Chaos, Hanging, always, as_json
from tests.sources.conftest import BY_CODE, LIST, AskFor, Declare, Serve

pytestmark = pytest.mark.anyio
OUTCOME = "outcome: {at: code, good: [0, ok], missing: 2001, unauthorised: [1001], unavailable: 9}\n"
LOOKUPS = "records: {circuit: {code: code}}\nlookups:\n  circuit list: {get: /x, each: data}\n"
BY_PATH = "  circuit by code: {get: /x, keys: {path: 2}, each: data}\n"
SESSION = "auth: {session: {post: /in, body: {user.name: u, pass: {env: PASS}}, token: data.token, header: X-Token}}\n"


@pytest.fixture(autouse=True)
def password(monkeypatch: pytest.MonkeyPatch) -> None:
    """The secret."""
    monkeypatch.setenv("PASS", "hush")


def told(code: Any, data: Any = None) -> Response:
    """An envelope, under HTTP 200."""
    return as_json({"code": code, "data": data})


@pytest.mark.parametrize(
    ("response", "fault"),
    [
        (told(1001), Unauthorised),
        (told(9), Unavailable),
        (told("9"), Unavailable),
        (told(4711), Rejected),
        (told(None), Malformed),
        (told([0]), Malformed),
        (as_json({"data": []}), Malformed),
        (as_json([]), Malformed),
        (told(0, "none"), Malformed),
    ],
)
async def test_a_body_that_is_no_answer_is_a_fault(
    serve: Serve, declare: Declare, ask: AskFor, response: Response, fault: type[SourceFault]
) -> None:
    """As the codes are declared; what is not declared is a rejection, what says nothing is malformed."""
    source = declare(await serve(Chaos(always(response))), OUTCOME + LOOKUPS)
    with pytest.raises(SourceFault) as caught:
        await source.page(LIST, None, ask())
    assert type(caught.value) is fault
    assert (await source.health()).state is HealthState.DOWN


async def test_good_and_missing_are_answers(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Several codes may be good; what is missing was not found, which is no fault."""
    rows = {"/x/A": told("ok", {"code": "A"}), "/x/B": told(2001), "/x/C": told(0, [{"code": "C"}])}
    source = declare(
        await serve(Chaos(lambda request, body: rows[request.url.path])),
        OUTCOME + LOOKUPS + BY_PATH + "health: {get: /x/B}",
    )
    answers = await source.fetch(BY_CODE, ["A", "B", "C"], ask())
    assert sorted(answers) == ["A", "C"]
    assert (await source.health()).fault is None


@dataclass
class Desk:
    """Gives tokens to who knows the password, and lets in who carries the last one."""

    token: int = 0
    asked: list[Any] = field(default_factory=list)
    refuses: bool = False

    def __call__(self, request: Request, body: bytes) -> Response:
        """Sign in, or answer."""
        if request.url.path == "/in":
            self.asked.append(json.loads(body) if body.startswith(b"{") else body.decode())
            if self.refuses:
                return told(1010)
            self.token += 1
            return told(0, {"token": f"t{self.token}"})
        if request.headers.get("x-token") != f"t{self.token}":
            return told(1001)
        return told(0, [{"code": "A"}])


async def test_a_session_is_opened_once_and_renewed_when_it_is_refused(
    serve: Serve, declare: Declare, ask: AskFor
) -> None:
    """Twenty at a time sign in once; a token that expires costs one sign-in more; none of it counts as a call."""
    desk = Desk()
    source = declare(await serve(Chaos(desk)), OUTCOME + SESSION + LOOKUPS)

    async def page() -> None:
        answer = await source.page(LIST, None, ask())
        assert isinstance(answer, Answer)
        assert len(answer.records) == 1

    counts = counting_calls()
    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(page)
    assert desk.asked == [{"user": {"name": "u"}, "pass": "hush"}]
    assert counts == {"crm": 20}
    desk.token += 1  # whatever was given out before is void
    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(page)
    assert len(desk.asked) == 2


async def test_a_wrong_password_is_tried_once_for_all_who_wait(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """An account must not be locked by us; the next question tries again."""
    desk = Desk(refuses=True)
    source = declare(await serve(Chaos(desk)), OUTCOME + SESSION + LOOKUPS)
    faults: list[SourceFault] = []

    async def page() -> None:
        with pytest.raises(Unauthorised) as caught:
            await source.page(LIST, None, ask())
        faults.append(caught.value)

    async with anyio.create_task_group() as group:
        for _ in range(8):
            group.start_soon(page)
    assert len(desk.asked) == 1
    assert "hush" not in "".join(map(str, faults))
    desk.refuses = False
    await source.page(LIST, None, ask())
    assert len(desk.asked) == 2


async def test_a_form_elsewhere_and_a_prefix(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """The sign-in may be another host's, want a form, and its token a word before it."""
    desk = Chaos(always(as_json({"t": "abc"})))
    elsewhere = await serve(desk)
    chaos = Chaos(
        lambda request, body: as_json([], 200 if request.headers.get("authorization") == "Token abc" else 401)
    )
    session = (
        f"auth: {{session: {{post: {elsewhere}/sso, form: true, body: {{a: 1 2}}, token: t, prefix: 'Token '}}}}\n"
    )
    source = declare(await serve(chaos), session + "records: {circuit: {code: c}}\nlookups: {circuit list: {get: /x}}")
    await source.page(LIST, None, ask())
    assert desk.seen == ["POST /sso"]
    assert desk.headers[0]["content-type"] == "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("response", "fault"),
    [
        (as_json({}, 403), Unauthorised),
        (as_json({}, 400), Unauthorised),
        (as_json({}, 500), Unavailable),
        (told(2001), Unauthorised),
        (told(9), Unavailable),
        (told(0), Malformed),
        (told(0, {"token": ""}), Malformed),
        (told(0, {"token": "a\r\nX-Evil: 1"}), Malformed),
        (told(0, {"token": {"a": 1}}), Malformed),
        (told(0, {"token": "x" * 9000}), Malformed),
        (Response("<html>", 200), Malformed),
        (Hanging(), TimedOut),
    ],
)
async def test_a_sign_in_that_fails_is_a_fault(
    serve: Serve, declare: Declare, ask: AskFor, response: Response, fault: type[SourceFault]
) -> None:
    """Refused, down, or without a token that could be sent."""
    chaos = Chaos(always(response))
    source = declare(await serve(chaos), OUTCOME + SESSION + LOOKUPS + "timeout: 300ms")
    with pytest.raises(SourceFault) as caught:
        await source.page(LIST, None, ask())
    assert type(caught.value) is fault
    assert len(chaos.seen) == 1


async def test_a_secret_that_is_gone_is_told(
    serve: Serve, declare: Declare, ask: AskFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without asking anybody."""
    chaos = Chaos(always(told(0)))
    source = declare(await serve(chaos), OUTCOME + SESSION + LOOKUPS)
    monkeypatch.delenv("PASS")
    with pytest.raises(Unauthorised, match="PASS"):
        await source.page(LIST, None, ask())
    assert chaos.seen == []


async def test_rows_that_are_parts_are_put_together(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A hop a row makes a route each; of what is said once, the first word counts."""
    rows = [
        {"id": "r1", "code": "A", "role": "WORKING", "whole": None, "n": 1, "at": {"ne": "x"}},
        {"id": "r1", "code": "A", "role": "PROTECTION", "n": 1, "at": {"ne": "y"}},
        {"id": "r1", "code": "A", "role": "WORKING", "whole": True, "n": 2, "at": {"ne": "z"}, "nms": "7"},
    ]
    declaration = """
records:
  route:
    circuit: code
    role: role
    complete: whole
    keys: {nms: nms}
    hops: {each: "[@]", record: {sequence: n, element: at.ne}}
lookups: {route by circuit: {get: /x, keys: {query: code}, parts: true}}
"""
    source = declare(await serve(Chaos(always(as_json(rows)))), declaration)
    answers = await source.fetch(Lookup("route", "circuit"), ["A"], ask("route"))
    working, protection = answers["A"].records
    assert [(hop.sequence, hop.element) for hop in working.hops] == [(1, "x"), (2, "z")]
    assert (working.complete, working.keys, working.native_id) == (True, {"nms": "7", "crm": "r1"}, "r1")
    assert [hop.element for hop in protection.hops] == ["y"]


async def test_a_thing_within_may_stand_below_a_path(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """`at` beside `record`; only its outermost attribute is asked for."""
    record = "{code: c, a_end: {at: ends.a, record: {site: s}}, z_end: {at: ends.z, record: {site: s}}}"
    chaos = Chaos(always(as_json([{"id": "1", "c": "A", "ends": {"a": {"s": "S1"}}}])))
    lookups = "lookups: {circuit list: {get: /x, fields: {query: fields}}}"
    source = declare(await serve(chaos), f"records: {{circuit: {record}}}\n{lookups}")
    (circuit,) = (await source.page(LIST, None, ask())).records
    assert circuit.a_end.site == "S1"
    assert not hasattr(circuit.z_end, "site")
    assert chaos.seen == ["GET /x?fields=c,ends,id"]
