"""`/`: what people see, in whose eyes, and that nothing but this gateway is asked for it."""

import os
import re
from collections.abc import Mapping

import anyio
import httpx
import pytest

from gateway.assembly import assemble, gateway_app
from gateway.demonstration import demo_configuration
from gateway.settings import Settings
from model.caller import NOBODY, Caller

pytestmark = pytest.mark.anyio

CUSTOMER = Caller("customer", customers=frozenset({"C100001"}))
BRITISH = {"accept-language": "en-GB,en;q=0.9"}


def seen_by(caller: Caller):
    """Let everybody be this caller."""

    def _caller_of(_: Mapping[str, str]) -> Caller:
        return caller

    return _caller_of


async def test_people_are_greeted(running, fake):
    """Where to go, what is connected, and how it is, without any script having run."""
    async with running(fake("crm"), fake("alarms", up=False)) as client:
        page = (await client.get("/", headers=BRITISH)).text
    assert [] == [text for text in ('href="/graphql"', 'href="/schema.graphql"', "● up", "▲ down") if text not in page]
    assert "SOURCE_REFUSED" in page
    assert '<dd id="up">1 / 2</dd>' in page
    assert "secret.internal" not in page


async def test_staff_see_how_long_a_source_takes_and_what_it_can_be_asked(running, fake):
    """What a member of staff needs to find out why."""
    async with running(fake("crm"), fake("alarms", up=False)) as client:
        sources = (await client.get("/status.json")).json()["sources"]
    assert [
        {"label": "alarms", "state": "DOWN", "code": "SOURCE_REFUSED", "name": "alarms", "ms": 1.2, "lookups": []},
        {"label": "crm", "state": "UP", "name": "crm", "ms": 1.2, "lookups": []},
    ] == sources


async def test_customers_see_labels_only(running, fake):
    """No internal name, no timing, no lookup: as the schema has it."""
    async with running(fake("crm"), fake("alarms", up=False), caller_of=seen_by(CUSTOMER)) as client:
        sources = (await client.get("/status.json")).json()["sources"]
        page = (await client.get("/", headers=BRITISH)).text
    assert [{"label": "alarms", "state": "DOWN", "code": "SOURCE_REFUSED"}, {"label": "crm", "state": "UP"}] == sources
    assert " ms<" not in page
    assert "X-Trunkline-Customer: C100001" in page


async def test_strangers_see_nothing_internal(running, fake):
    """Who may see nothing learns what this is, not what is behind it; and nobody upstream is asked for them."""
    source = fake("crm", up=False)
    async with running(source, caller_of=seen_by(NOBODY)) as client:
        page = (await client.get("/", headers=BRITISH)).text
        status = (await client.get("/status.json")).json()
    assert ({"sources": []}, 0) == (status, source.asked)
    assert "crm" not in page
    assert "SOURCE_REFUSED" not in page
    assert "sign in first" in page


async def test_many_viewers_ask_no_more_than_one(running, fake):
    """Fifty pages at a time are one health check."""
    source = fake("crm")
    async with running(source) as client, anyio.create_task_group() as tasks:
        for _ in range(50):
            tasks.start_soon(client.get, "/status.json")
    assert source.asked <= 2


@pytest.mark.parametrize(
    ("address", "accept", "expected"),
    [
        ("/", "zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("/", "en-US,zh;q=0.5", "en"),
        ("/", "fr,de;q=0.9", "en"),
        ("/", "zh;q=0", "en"),
        ("/", "", "en"),
        ("/?lang=zh", "en", "zh-Hans"),
        ("/?lang=en", "zh", "en"),
        ("/?lang=%22%3E%3Cscript%3E", "zh", "zh-Hans"),
    ],
)
async def test_people_are_spoken_to_in_their_language(running, fake, address, accept, expected):
    """The browser's, unless they have chosen; whatever else is asked for is ignored."""
    async with running(fake("crm")) as client:
        response = await client.get(address, headers={"accept-language": accept})
    assert f'<html lang="{expected}">' in response.text
    assert ("已连接的数据源" in response.text) == (expected == "zh-Hans")
    assert "accept-language" in response.headers["vary"].lower()


async def test_only_our_own_style_and_script_run(running, fake):
    """Each by its fingerprint; nothing inline besides; requests to this gateway alone."""
    async with running(fake("crm")) as client:
        response = await client.get("/")
    headers, page = response.headers, response.text
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert ("'none'", "'self'", "'self'") == (policy["default-src"], policy["connect-src"], policy["img-src"])
    assert re.fullmatch(r"'sha256-\S{44}'", policy["script-src"])
    assert re.fullmatch(r"'sha256-\S{44}'", policy["style-src"])
    assert ("nosniff", "no-referrer") == (headers["x-content-type-options"], headers["referrer-policy"])
    assert [] == re.findall(
        r"\son\w+=|\sstyle=|javascript:", re.sub(r"<(style|script)>.*?</\1>", "", page, flags=re.DOTALL)
    )
    assert [] == [url for url in re.findall(r'(?:src|href)="([^"]+)"', page) if not url.startswith(("/", "#"))]


async def test_names_are_text(running, fake):
    """Labels come from a configuration, and codes from elsewhere: neither is markup."""
    async with running(fake('<img src=x onerror="alert(1)">')) as client:
        page = (await client.get("/")).text
    assert "<img src=x" not in page
    assert "&lt;img src=x" in page


async def test_the_host_that_a_client_names_is_text(running, fake):
    """It is repeated in the example, and nowhere as markup."""
    async with running(fake("crm")) as client:
        page = (await client.get("/", headers={"host": "a'\"><script>x"})).text
    assert "<script>x" not in page


async def test_the_schema_is_there_as_text(running):
    """For tools that read SDL."""
    async with running() as client:
        response = await client.get("/schema.graphql")
    assert "text/plain; charset=utf-8" == response.headers["content-type"]
    assert "type Query {" in response.text


async def test_a_slow_source_does_not_hold_the_page(running, fake, monkeypatch):
    """What does not answer within its time is down."""
    monkeypatch.setattr("gateway.readiness.PATIENCE", 0.1)
    slow = fake("slow")

    async def forever() -> None:
        await anyio.sleep_forever()

    slow.health = forever
    async with running(slow) as client:
        with anyio.fail_after(5):
            page = (await client.get("/")).text
    assert "SOURCE_TIMED_OUT" in page


async def test_the_page_follows_the_operator(operator, monkeypatch):
    """A system goes down and comes back: the page says so each time, with figures and a picture."""
    monkeypatch.setattr("gateway.home.FRESH", 0.0)
    upstreams = assemble(demo_configuration(operator, os.environ))
    app = gateway_app(upstreams, Settings(), staff_by_default=True)
    async with (
        httpx.AsyncClient(base_url=operator.control) as control,
        httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost", headers=BRITISH) as client,
    ):

        async def states() -> dict[str, str]:
            told = (await client.get("/status.json")).json()["sources"]
            return {source["name"]: source["state"] for source in told}

        before, page = await states(), (await client.get("/")).text
        await control.post("/systems/tickets/trouble", json={"kind": "down"})
        during = await states()
        await control.delete("/systems/tickets/trouble")
        after = await states()
        await upstreams.aclose()
    assert {"UP"} == set(before.values())
    assert {"tickets"} == {name for name, state in during.items() if state == "DOWN"}
    assert before == after
    assert "<dt>circuits</dt><dd>40</dd>" in page
    (code,) = re.findall(r'src="/topology/circuit/([^"]+)\.svg\?lang=en"', page)
    assert f'circuit(code: \\"{code}\\")'.replace('"', "&quot;") in page


async def test_figures_are_those_of_the_viewer(operator):
    """A customer counts what is theirs, whoever has looked before."""
    upstreams = assemble(demo_configuration(operator, os.environ))

    app = gateway_app(upstreams, Settings(), staff_by_default=True)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client:
        pages = [
            (await client.get("/", headers=BRITISH | one)).text for one in ({}, {"x-trunkline-customer": "C100001"})
        ]
    await upstreams.aclose()
    staff, customer = (re.findall(r"<dt>customers</dt><dd>(\d+)</dd>", page) for page in pages)
    assert staff != customer
    assert ["1"] == customer
