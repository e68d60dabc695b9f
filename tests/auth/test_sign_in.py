"""Browsers sign in: the whole way, over HTTP, at the demo's provider; and every way in which it must not succeed."""

from collections.abc import AsyncIterator
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from demo.operator import Operator
from demo.systems import identity
from gateway.admission import AuthSection
from gateway.app import application
from gateway.generations import Generations
from gateway.reception import entrance
from gateway.settings import Settings
from gateway.sign_in import way_back
from resolvers.upstreams import Upstreams
from tests.auth.browsing import OURS, Browser, echo, served

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def operator() -> Operator:
    """A small operator."""
    return Operator(7, 40)


@pytest.fixture
async def browser(operator: Operator) -> AsyncIterator[Browser]:
    """A browser before a gateway at which one signs in."""
    async with served(identity.build(operator).app) as provider:
        declared = {
            "issuer": f"{provider}/oidc",
            "audience": "trunkline",
            "claims": {"roles": {"claim": "roles"}, "customers": {"claim": "customers"}},
        }
        auth = AuthSection.model_validate(
            {"issuers": {"demo": declared}, "sign_in": {"issuer": "demo", "client_id": "trunkline"}}
        )
        app = application(Generations(Upstreams({}), echo), Settings(), (door := entrance(auth)).caller_of, door)
        async with served(app) as gateway, httpx.AsyncClient(timeout=20) as client:
            yield Browser(client, gateway, provider)


async def test_a_browser_signs_in_asks_and_signs_out(browser):
    """From the page that it wanted, back to that page."""
    sent = await browser.step(f"{browser.gateway}/graphql")
    assert (303, "/sign-in?to=/graphql") == (sent.status_code, sent.headers["location"])
    assert "administrator" in (await browser.step(await browser.leave())).text

    back = await browser.sign_in("operator")

    assert (303, "/graphql") == (back.status_code, back.headers["location"])
    cookie = next(one for one in back.headers.get_list("set-cookie") if one.startswith("trunkline="))
    assert {"httponly", "path=/", "samesite=lax"} <= {part.strip().lower() for part in cookie.split(";")}
    assert "operator [] None" == (await browser.ask()).json()["data"]
    old = browser.client.cookies["trunkline"]
    out = await browser.client.post(f"{browser.gateway}/sign-out", headers=OURS)
    assert 200 == out.status_code
    browser.client.cookies.set("trunkline", old)
    assert 401 == (await browser.ask()).status_code


async def test_a_sign_in_speaks_for_whom_the_provider_says(browser, operator):
    """And a new one has a new cookie."""
    await browser.sign_in("customer-manager")
    first = browser.client.cookies["trunkline"]
    assert f"customer-manager ['{operator.customers[0].id}'] None" == (await browser.ask()).json()["data"]
    await browser.sign_in("partner")
    assert first != browser.client.cookies["trunkline"]
    assert (await browser.ask()).json()["data"].startswith("partner ")


async def test_staff_act_for_a_customer_over_http(browser):
    """And nobody else."""
    await browser.sign_in("operator")
    answer = await browser.ask(**OURS, **{"x-trunkline-act-for": "C100001"})
    assert "operator ['C100001'] C100001" == answer.json()["data"]
    await browser.sign_in("partner")
    answer = await browser.ask(**OURS, **{"x-trunkline-act-for": "C100001"})
    assert (403, "FORBIDDEN") == (answer.status_code, answer.json()["errors"][0]["extensions"]["code"])


async def test_other_sites_cannot_use_the_cookie(browser):
    """Nor sign anybody out."""
    await browser.sign_in("operator")
    for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}):
        answer = await browser.ask(**headers)
        assert (403, "CROSS_SITE") == (answer.status_code, answer.json()["errors"][0]["extensions"]["code"])
        out = await browser.client.post(f"{browser.gateway}/sign-out", headers=headers)
        assert 403 == out.status_code
    assert 200 == (await browser.ask()).status_code


async def failed(browser, url):
    """See that the way ends here, and that the browser is nobody."""
    answer = await browser.step(url)
    assert 400 == answer.status_code
    assert "The sign-in did not succeed. Start again at /sign-in." == answer.text
    assert "trunkline" not in browser.client.cookies
    assert 401 == (await browser.ask()).status_code


async def test_a_state_that_is_not_this_browser_s_is_refused(browser):
    """Whoever sends somebody else's callback signs nobody in."""
    back = await browser.pick("operator", await browser.leave())
    state = parse_qs(urlsplit(back).query)["state"][0]
    await failed(browser, back.replace(state, "another"))


async def test_a_callback_in_a_browser_that_never_left_is_refused(browser):
    """State and verifier are in the cookie of the browser that set out."""
    back = await browser.pick("operator", await browser.leave())
    browser.client.cookies.clear()
    await failed(browser, back)


async def test_a_nonce_that_is_not_this_sign_in_s_is_refused(browser):
    """A token of another sign-in is not taken for one of this."""
    there = await browser.leave()
    nonce = parse_qs(urlsplit(there).query)["nonce"][0]
    await failed(browser, await browser.pick("operator", there.replace(nonce, "another")))


async def test_a_code_is_good_once(browser):
    """The second use is refused by the provider, and nothing but a failed sign-in comes of it."""
    back = await browser.pick("operator", await browser.leave())
    way = dict(browser.client.cookies)
    assert 303 == (await browser.step(back)).status_code
    browser.client.cookies.clear()
    for name, value in way.items():
        browser.client.cookies.set(name, value)
    await failed(browser, back)


async def test_a_code_needs_the_verifier_of_its_challenge(browser):
    """Stolen on the way, it is worth nothing."""
    there = await browser.leave()
    back = await browser.pick("operator", there.replace("code_challenge=", "code_challenge=x"))
    await failed(browser, back)


@pytest.mark.parametrize("answer", ["error=access_denied", "code=never-given&state=never", "", "state=x"])
async def test_whatever_else_comes_back_is_a_failed_sign_in(browser, answer):
    """And none of the provider's words are shown."""
    await browser.leave()
    await failed(browser, f"{browser.gateway}/sign-in/callback?{answer}")


async def test_programs_are_told_by_status_and_where_to_get_a_token(browser):
    """401 with a challenge and a GraphQL-shaped body; nothing but what is public answers."""
    answer = await browser.ask()
    assert (401, "Bearer") == (answer.status_code, answer.headers["www-authenticate"])
    assert "UNAUTHENTICATED" == answer.json()["errors"][0]["extensions"]["code"]
    answer = await browser.ask(authorization="Bearer a.b.c")
    assert (401, 'Bearer error="invalid_token"') == (answer.status_code, answer.headers["www-authenticate"])
    for path in ("/", "/status.json", "/schema.graphql", "/topology/circuit/X.svg", "/nowhere"):
        assert 401 == (await browser.client.get(browser.gateway + path)).status_code, path
    for path in ("/healthz", "/favicon.svg"):
        assert 200 == (await browser.client.get(browser.gateway + path)).status_code, path
    where = f"{browser.gateway}/.well-known/oauth-protected-resource"
    told = (await browser.client.get(where)).json()
    assert ([f"{browser.provider}/oidc"], browser.gateway) == (told["authorization_servers"], told["resource"])
    told = (await browser.client.get(where, headers={"x-forwarded-proto": "https"})).json()
    assert told["resource"] == browser.gateway.replace("http://", "https://")


@pytest.mark.parametrize(
    "to",
    [
        "//evil.example",
        "https://evil.example",
        "/\\evil.example",
        "javascript:x",
        "",
        None,
        "/\n/evil",
        "/" + "x" * 1000,
        "x",
    ],
)
def test_nobody_is_sent_elsewhere(to):
    """An open redirect would lend our name to others."""
    assert "/graphql" == way_back(to)
    assert "/topology?x=1" == way_back("/topology?x=1")
