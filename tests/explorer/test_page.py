"""`GET /graphql`: browsers get the explorer, programs never do, and nothing on it may come from elsewhere."""

import re

import pytest

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
HTML = {"accept": BROWSER}


@pytest.mark.parametrize("accept", ["text/html", BROWSER, "text/html, application/json;q=0.9", "TEXT/HTML;q=0.9, */*"])
@pytest.mark.anyio
async def test_a_browser_gets_the_page(showing, small, accept):
    """Whoever names HTML, and likes nothing of ours better."""
    async with showing(small) as client:
        response = await client.get("/graphql", headers={"accept": accept})
    assert (200, "text/html; charset=utf-8") == (response.status_code, response.headers["content-type"])
    assert "<title>small</title>" in response.text


@pytest.mark.parametrize(
    "accept",
    [
        "*/*",
        "application/json",
        "application/graphql-response+json, application/json;q=0.9",
        "application/json, text/html",
        "text/html;q=0.5, application/json",
        "text/html;q=0, */*",
        "text/html;q=much",
        "text/*",
        "",
    ],
)
@pytest.mark.anyio
async def test_a_program_never_gets_html(showing, small, accept):
    """It is told, in JSON, that a query is missing, or that there is nothing that it takes."""
    async with showing(small) as client:
        response = await client.get("/graphql", headers={"accept": accept})
    assert response.status_code in (400, 406)
    assert response.headers["content-type"].endswith("json")
    assert response.json()["errors"][0]["extensions"]["code"] in ("MALFORMED_REQUEST", "NOT_ACCEPTABLE")


@pytest.mark.anyio
async def test_a_query_in_the_address_is_no_wish_for_the_page(showing, small):
    """Somebody opened a GraphQL-over-GET address: HTML would be the wrong answer to it."""
    async with showing(small) as client:
        response = await client.get("/graphql", params={"query": "{__typename}"}, headers=HTML)
    assert (200, "application/json") == (response.status_code, response.headers["content-type"])


@pytest.mark.anyio
async def test_a_post_is_answered_as_ever(showing, small):
    """Whatever it accepts, as long as that allows JSON."""
    async with showing(small) as client:
        response = await client.post("/graphql", json={"query": "{__typename}"}, headers=HTML)
    assert (200, {"data": {}}) == (response.status_code, response.json())


@pytest.mark.anyio
async def test_the_page_is_asked_about_each_time(showing, small):
    """A new version shows at once; the same one is not sent again, even where a proxy weakened its tag."""
    async with showing(small) as client:
        first = await client.get("/graphql", headers=HTML)
        same = await client.get("/graphql", headers=HTML | {"if-none-match": f"W/{first.headers['etag']}"})
        (small / "index.html").write_text("<!doctype html><title>newer</title>", "utf-8")
    async with showing(small) as client:
        newer = await client.get("/graphql", headers=HTML | {"if-none-match": first.headers["etag"]})

    assert ("no-cache", "Accept, Accept-Encoding") == (first.headers["cache-control"], first.headers["vary"])
    assert (304, b"", first.headers["etag"]) == (same.status_code, same.content, same.headers["etag"])
    assert (200, True) == (newer.status_code, "newer" in newer.text)


def directives(response):
    """Read a response's Content-Security-Policy."""
    policy = response.headers["content-security-policy"]
    return {name: values for name, *values in (part.split() for part in policy.split(";"))}


@pytest.mark.parametrize("is_built", [True, False])
@pytest.mark.anyio
async def test_the_page_may_only_use_what_is_here(showing, small, tmp_path, is_built):
    """No script but ours, no other host, no frame around it, no address told to others."""
    async with showing(small if is_built else tmp_path / "nowhere") as client:
        response = await client.get("/graphql", headers=HTML)
    expected = {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'", "'unsafe-inline'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "worker-src": ["'self'"],
        "base-uri": ["'none'"],
        "form-action": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
    assert expected == directives(response)
    assert "nosniff" == response.headers["x-content-type-options"]
    assert "no-referrer" == response.headers["referrer-policy"]
    assert "same-origin" == response.headers["cross-origin-opener-policy"]


@pytest.mark.anyio
async def test_without_the_explorer_the_page_says_what_to_do(showing, tmp_path):
    """503, not to be kept, in both languages, and with nothing on it from elsewhere; the API answers."""
    async with showing(tmp_path / "nowhere") as client:
        response = await client.get("/graphql", headers=HTML)
        asset = await client.get("/graphql/assets/code-ABC123.js")
        posted = await client.post("/graphql", json={"query": "{__typename}"})
    assert (503, "no-store") == (response.status_code, response.headers["cache-control"])
    assert "uv run hatch_build.py" in response.text
    assert "尚未构建" in response.text
    assert [] == re.findall(r"https?://|<script|@import", response.text)
    assert (404, 200) == (asset.status_code, posted.status_code)


@pytest.mark.anyio
async def test_the_built_page_names_only_assets_that_are_there(showing, built):
    """Each by a relative address, so that a proxy may put the gateway anywhere, and under a hashed name."""
    async with showing(built) as client:
        page = (await client.get("/graphql", headers=HTML)).text
        named = re.findall(r'(?:href|src)="([^"]+)"', page)
        answers = [await client.get(f"/{name}") for name in named]
    assert "<title>Trunkline · GraphQL explorer</title>" in page
    assert 4 <= len(named)
    assert [] == [name for name in named if not re.fullmatch(r"graphql/assets/[a-z]+-[A-Z0-9]{8}\.(js|css|svg)", name)]
    assert {200} == {answer.status_code for answer in answers}
    assert [] == re.findall(r"<script(?![^>]* src=)|<style|\bon\w+=|\{\{", page)
