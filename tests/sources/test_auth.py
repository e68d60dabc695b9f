"""How sources let us in, and that nobody else learns by what."""

import logging
import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import anyio
import pytest
from starlette.requests import Request
from starlette.responses import Response

from model.faults import Malformed, Refused, SourceFault, TimedOut, Unauthorised, Unavailable
from sources.calls import counting_calls
from tests.sources.chaos import Chaos, Hanging, as_json, basic
from tests.sources.conftest import LIST, AskFor, Declare, Serve

pytestmark = pytest.mark.anyio
LOOKUPS = "records: {circuit: {code: code}}\nlookups: {circuit list: {get: /x}}\n"
SECRET = "hush-hush-4711"


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret in the environment."""
    monkeypatch.setenv("CRM_SECRET", SECRET)


def demanding(header: str, value: str) -> Chaos:
    """A server that answers only who shows this."""
    return Chaos(
        lambda request, body: as_json([]) if request.headers.get(header) == value else as_json({"no": "entry"}, 401)
    )


@pytest.mark.parametrize(
    ("declared", "header", "value"),
    [
        ("{bearer: {env: CRM_SECRET}}", "authorization", f"Bearer {SECRET}"),
        ("{basic: {user: trunk, password: {env: CRM_SECRET}}}", "authorization", basic("trunk", SECRET)),
        ("{header: {name: X-Api-Key, value: {env: CRM_SECRET}}}", "x-api-key", SECRET),
    ],
)
async def test_each_way_of_being_let_in(
    serve: Serve,
    declare: Declare,
    ask: AskFor,
    caplog: pytest.LogCaptureFixture,
    declared: str,
    header: str,
    value: str,
) -> None:
    """The right header is sent, and the secret shows neither in what the source says of itself nor in logs."""
    caplog.set_level(logging.DEBUG)
    chaos = demanding(header, value)
    source = declare(await serve(chaos), f"{LOOKUPS}auth: {declared}")
    await source.page(LIST, None, ask())
    told = f"{source.declared!r} {source.declared} {source.declared.model_dump()} {vars(source)} {caplog.text}"
    assert SECRET not in told
    assert basic("trunk", SECRET) not in told


async def test_a_secret_file_is_read_again_when_it_changes(
    serve: Serve, declare: Declare, ask: AskFor, tmp_path: Path
) -> None:
    """A rotated secret is used at the next request; one that changed while it was refused is tried at once."""
    file = tmp_path / "secret"
    file.write_text("old\n", encoding="utf-8")
    chaos = demanding("authorization", "Bearer new")
    source = declare(
        await serve(chaos), f"{LOOKUPS}auth: {{bearer: {{file: {file}}}}}\nheaders: {{X-Two: {{file: {file}}}}}"
    )
    with pytest.raises(Unauthorised):
        await source.page(LIST, None, ask())
    assert len(chaos.seen) == 1
    file.write_text("new\n", encoding="utf-8")
    os.utime(file, ns=(1, 1))
    await source.page(LIST, None, ask())
    assert chaos.headers[-1]["x-two"] == "new"
    file.unlink()
    with pytest.raises(Unauthorised):
        await source.page(LIST, None, ask())


async def test_a_secret_that_is_gone_is_unauthorised(
    serve: Serve, declare: Declare, ask: AskFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was there at the start and is no more faults this source only, of a header or a token alike."""
    url = await serve(Chaos(lambda r, b: as_json([])))
    headers = declare(url, f"{LOOKUPS}headers: {{X-Key: {{env: CRM_SECRET}}}}")
    token = declare(
        url, f"{LOOKUPS}auth: {{oauth2: {{token_url: {url}/t, client_id: c, client_secret: {{env: CRM_SECRET}}}}}}"
    )
    monkeypatch.delenv("CRM_SECRET")
    for source in (headers, token):
        with pytest.raises(Unauthorised):
            await source.page(LIST, None, ask())


class Issuer:
    """A token endpoint and an API that takes its tokens."""

    def __init__(self, **grant: Any) -> None:
        self.issued = 0
        self.revoked: set[str] = set()
        self.grant = grant
        self.forms: list[dict[str, list[str]]] = []
        self.chaos = Chaos(self.answer)

    def answer(self, request: Request, body: bytes) -> Response:
        """Issue a token, or let in who has the last one."""
        if request.url.path == "/token":
            self.forms.append(parse_qs(body.decode()))
            if request.headers.get("authorization") != basic("trunk", SECRET):
                return as_json({"error": "invalid_client"}, 401)
            self.issued += 1
            return as_json({"access_token": f"t{self.issued}", "token_type": "Bearer", **self.grant})
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        good = token == f"t{self.issued}" and token not in self.revoked
        return as_json([]) if good else as_json({}, 401)

    def declared(self, url: str, **more: str) -> str:
        """The declaration of a source that is let in by these tokens."""
        parts = {"token_url": f"{url}/token", "client_id": "trunk", "client_secret": "{env: CRM_SECRET}", **more}
        return f"{LOOKUPS}auth: {{oauth2: {{{', '.join(f'{k}: {v}' for k, v in parts.items())}}}}}"


async def test_a_token_is_fetched_once_for_all(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Twenty calls at once cause one token; token calls are not counted as calls of the source."""
    issuer = Issuer(expires_in=300)
    url = await serve(issuer.chaos)
    source = declare(url, issuer.declared(url, scope="read"))
    counts = counting_calls()
    async with anyio.create_task_group() as group:
        for _ in range(20):
            group.start_soon(source.page, LIST, None, ask())
    assert issuer.issued == 1
    assert counts == {"crm": 20}
    assert issuer.forms == [{"grant_type": ["client_credentials"], "scope": ["read"]}]


async def test_a_token_that_expires_is_fetched_anew(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A token counts as expired a little before it is."""
    issuer = Issuer(expires_in=10)
    url = await serve(issuer.chaos)
    source = declare(url, issuer.declared(url))
    await source.page(LIST, None, ask())
    await source.page(LIST, None, ask())
    assert issuer.issued == 2


@pytest.mark.parametrize("end", [{"expires_in": -5}, {"expires_in": 0}, {"expires_at": 1}, {"expires_at": 10**30}])
async def test_a_token_with_an_end_that_cannot_be_is_shown_until_it_is_refused(
    serve: Serve, declare: Declare, ask: AskFor, end: dict[str, int]
) -> None:
    """It is neither fetched for each call nor kept for ever, whatever the clocks at either end say."""
    issuer = Issuer(**end)
    url = await serve(issuer.chaos)
    source = declare(url, issuer.declared(url))
    for _ in range(3):
        await source.page(LIST, None, ask())
    assert issuer.issued == 1
    issuer.revoked.add("t1")
    for _ in range(3):
        await source.page(LIST, None, ask())
    assert issuer.issued == 2


async def test_a_refused_token_is_renewed_once(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """A 401 of the API brings one new token and one more try, also for many at once; then it is Unauthorised."""
    issuer = Issuer(expires_in=300)
    url = await serve(issuer.chaos)
    source = declare(url, issuer.declared(url))
    await source.page(LIST, None, ask())
    issuer.revoked.add("t1")
    async with anyio.create_task_group() as group:
        for _ in range(5):
            group.start_soon(source.page, LIST, None, ask())
    assert issuer.issued == 2
    issuer.revoked |= {"t2", "t3"}
    with pytest.raises(Unauthorised):
        await source.page(LIST, None, ask())
    assert issuer.issued == 3


TROUBLE: dict[str, tuple[Response, type[SourceFault]]] = {
    "a wrong secret": (as_json({"error": "invalid_client"}, 401), Unauthorised),
    "no token in it": (as_json({"hello": "world"}), Malformed),
    "no JSON": (Response(b"<html>", 200), Malformed),
    "a server error": (as_json({}, 500), Unavailable),
    "silence": (Hanging(), TimedOut),
}


@pytest.mark.parametrize("what", TROUBLE)
async def test_trouble_at_the_token_endpoint(serve: Serve, declare: Declare, ask: AskFor, what: str) -> None:
    """It is the source's fault, of the kind that it is."""
    response, fault = TROUBLE[what]
    issuer = Issuer()
    url = await serve(Chaos(lambda request, body: response))
    source = declare(url, f"{issuer.declared(url)}\ntimeout: 300ms")
    with pytest.raises(SourceFault) as caught:
        await source.page(LIST, None, ask())
    assert type(caught.value) is fault


async def test_no_token_endpoint_is_refused(declare: Declare, ask: AskFor) -> None:
    """Nobody there to ask for a token."""
    source = declare("http://127.0.0.1:1", Issuer().declared("http://127.0.0.1:1"))
    with pytest.raises(Refused):
        await source.page(LIST, None, ask())
