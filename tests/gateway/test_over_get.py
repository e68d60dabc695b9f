"""GET, compression, tags, and which pages, sites and names may ask."""

import gzip
import json

import brotli
import pytest

from gateway.compression import coding_for
from gateway.execution import Executed
from gateway.guard.guarded import Guarded
from gateway.guard.rules import Rules
from gateway.hosts import named
from gateway.settings import Settings
from resolvers.upstreams import Upstreams
from schema.root import schema

pytestmark = pytest.mark.anyio

LARGE = json.dumps({"data": {"circuits": ["BJSH-OTN-000017"] * 1_000}}).encode()
QUERY = {"query": "{a}"}


async def large(_operation, _request):
    """Answer with much."""
    return Executed(LARGE)


async def test_a_query_may_come_by_get(running):
    """With the same names; variables and extensions are written in JSON."""
    seen = []

    async def execute(operation, _request):
        seen.append(operation)
        return Executed(b'{"data":{}}')

    asked = {"query": "query Q($a: Int) {a}", "variables": '{"a": 1}', "operationName": "Q", "extensions": '{"x": 1}'}
    async with running(execute=execute) as client:
        response = await client.get("/graphql", params=asked)
    assert 200 == response.status_code
    (operation,) = seen
    assert ({"a": 1}, "Q", {"x": 1}) == (operation.variables, operation.operation_name, operation.extensions)


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"query": ""},
        {"query": "{a}", "variables": "x"},
        {"query": "{a}", "variables": "[]"},
        {"query": "{a}", "variables": "[" * 10_000},
        {"query": "{a}", "extensions": "1"},
    ],
)
async def test_a_malformed_get_is_the_clients_mistake(running, asked):
    """As a malformed body is."""
    async with running() as client:
        response = await client.get("/graphql", params=asked)
    assert 400 == response.status_code
    assert "MALFORMED_REQUEST" == response.json()["errors"][0]["extensions"]["code"]


async def test_what_changes_something_does_not_come_by_get(running):
    """405, with Allow; whether or not there is such a mutation."""
    execute = Guarded(large, schema, Upstreams({}), Rules())
    async with running(execute=execute) as client:
        response = await client.get("/graphql", params={"query": "mutation { __typename }"})
        told = await client.post("/graphql", json={"query": "mutation { __typename }"})
    assert (405, "POST") == (response.status_code, response.headers["allow"])
    assert 200 == told.status_code


async def test_a_phone_asks_whether_an_answer_still_holds(running):
    """The tag stands for data and errors, not for what is told of the way there."""
    answers = iter([b'{"data":1,"extensions":{"ms":1}}', b'{"data":1,"extensions":{"ms":2}}', b'{"data":2}'])

    async def execute(_operation, _request):
        return Executed(next(answers))

    async with running(execute=execute) as client:
        first = await client.get("/graphql", params=QUERY)
        tag = first.headers["etag"]
        same = await client.get("/graphql", params=QUERY, headers={"if-none-match": f'"x", {tag}'})
        newer = await client.get("/graphql", params=QUERY, headers={"if-none-match": tag})
    assert ("private, no-cache", 200) == (first.headers["cache-control"], first.status_code)
    assert {"Accept", "Authorization", "Cookie"} <= set(first.headers["vary"].split(", "))
    assert (304, b"", tag) == (same.status_code, same.content, same.headers["etag"])
    assert (200, {"data": 2}) == (newer.status_code, newer.json())


async def test_a_post_is_not_kept(running):
    """Neither tag nor permission to store it."""
    async with running() as client:
        response = await client.post("/graphql", json=QUERY)
    assert "no-store" == response.headers["cache-control"]
    assert "etag" not in response.headers


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("", None),
        ("gzip", "gzip"),
        ("gzip, br", "br"),
        ("gzip;q=1, br;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0, gzip;q=0", None),
        ("*", "br"),
        ("*;q=0", None),
        ("identity, gzip;q=0.5", None),
        ("deflate", None),
        ("gzip;q=nonsense", None),
    ],
)
def test_the_client_chooses_the_coding(accepted, coding):
    """By how much it likes each; brotli of equals."""
    assert coding == coding_for(accepted)


@pytest.mark.parametrize(("coding", "unpack"), [("gzip", gzip.decompress), ("br", brotli.decompress)])
@pytest.mark.parametrize("times", [1, 100])
async def test_answers_are_packed(running, coding, unpack, times):
    """Small and large ones; caches are told on what it depends."""
    body = b'{"data":"' + LARGE * times + b'"}'

    async def execute(_operation, _request):
        return Executed(body)

    async with running(execute=execute) as client:
        request = client.build_request("POST", "/graphql", json=QUERY, headers={"accept-encoding": coding})
        response = await client.send(request, stream=True)
        packed = b"".join([chunk async for chunk in response.aiter_raw()])
    assert (coding, "Accept-Encoding") == (response.headers["content-encoding"], response.headers["vary"])
    assert str(len(packed)) == response.headers["content-length"]
    assert body == unpack(packed)
    assert len(packed) < len(body) / 5


async def test_small_answers_are_sent_as_they_are(running):
    """Packing would cost more than it saves."""
    async with running() as client:
        response = await client.post("/graphql", json=QUERY, headers={"accept-encoding": "gzip, br"})
    assert "content-encoding" not in response.headers
    assert "Accept-Encoding" == response.headers["vary"]


SAFE = {
    "a program": {},
    "a program with a cookie that says what it takes": {"cookie": "a=b", "accept": "application/json"},
    "our own page": {"sec-fetch-site": "same-origin", "cookie": "a=b"},
    "an address typed": {"sec-fetch-site": "none", "cookie": "a=b", "accept": "*/*"},
    "our own page over plain HTTP": {"origin": "http://{host}", "cookie": "a=b"},
    "a header that is asked for first": {"cookie": "a=b", "accept": "*/*", "graphql-require-preflight": "1"},
    "an origin that is named": {"origin": "https://portal.example", "sec-fetch-site": "cross-site"},
}
FOREIGN = {
    "an image": {"sec-fetch-site": "cross-site", "sec-fetch-dest": "image", "cookie": "a=b"},
    "a link": {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "accept": "*/*"},
    "a sister site": {"sec-fetch-site": "same-site", "cookie": "a=b"},
    "another origin": {"origin": "https://evil.example"},
    "another origin that looks alike": {"origin": "http://{host}.evil.example"},
    "no origin at all": {"origin": "null"},
    "an old browser's image": {"cookie": "a=b", "accept": "*/*"},
    "a script that lies about what it takes": {"sec-fetch-site": "cross-site", "accept": "application/json"},
}


@pytest.mark.parametrize(("name", "ok"), [*((name, True) for name in SAFE), *((name, False) for name in FOREIGN)])
async def test_foreign_pages_cannot_make_a_browser_ask(running, name, ok):
    """Whatever they use; programs and our own pages are not hindered."""
    async with running(settings=Settings(cors_origins=("https://portal.example",), drain=0.0)) as client:
        host = client.base_url.netloc.decode()
        headers = {key: value.format(host=host) for key, value in (SAFE | FOREIGN)[name].items()}
        response = await client.get("/graphql", params=QUERY, headers=headers)
    assert (200 if ok else 403) == response.status_code
    if not ok:
        assert "FOREIGN_ORIGIN" == response.json()["errors"][0]["extensions"]["code"]


async def test_a_post_of_a_foreign_page_is_refused(running):
    """Even were it to get through as JSON."""
    async with running() as client:
        response = await client.post("/graphql", json=QUERY, headers={"origin": "https://evil.example"})
    assert 403 == response.status_code


async def test_only_origins_that_are_named_may_read_answers(running):
    """By default none: a preflight is answered without permission."""
    asked = {"origin": "https://portal.example", "access-control-request-method": "POST"}
    async with running() as client:
        none = await client.options("/graphql", headers=asked)
    async with running(settings=Settings(cors_origins=("https://portal.example",), drain=0.0)) as client:
        named_ = await client.options(
            "/graphql", headers=asked | {"access-control-request-headers": "content-type, authorization"}
        )
        other = await client.options("/graphql", headers=asked | {"origin": "https://evil.example"})
        answer = await client.post("/graphql", json=QUERY, headers={"origin": "https://portal.example"})
    assert "access-control-allow-origin" not in none.headers
    assert (200, "https://portal.example") == (named_.status_code, named_.headers["access-control-allow-origin"])
    assert "access-control-allow-origin" not in other.headers
    assert "https://portal.example" == answer.headers["access-control-allow-origin"]
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    ("host", "allowed", "status"),
    [
        ("localhost:8080", (), 200),
        ("127.0.0.1:8080", (), 200),
        ("[::1]:8080", (), 200),
        ("rebound.evil.example", (), 421),
        ("gateway.example", ("gateway.example",), 200),
        ("GATEWAY.example:443", ("gateway.example",), 200),
        ("evil.gateway.example", ("gateway.example",), 421),
    ],
)
async def test_a_name_that_is_not_ours_is_not_answered(running, host, allowed, status):
    """A foreign page cannot have its own name point at us and read what we say."""
    async with running(settings=Settings(allowed_hosts=allowed, drain=0.0)) as client:
        response = await client.post("/graphql", json=QUERY, headers={"host": host})
        alive = await client.get("/healthz", headers={"host": host})
    assert (status, 200) == (response.status_code, alive.status_code)
    assert "nosniff" == response.headers["x-content-type-options"]


def test_hosts_are_read_with_and_without_ports():
    """Addresses of IPv6 have their colons in brackets."""
    assert ["a", "a", "[::1]", ""] == [named(host) for host in ("a", "A:80", "[::1]:80", "")]


async def test_browsers_are_told_to_come_by_https_where_that_is_set(running):
    """Only there: it would lock others out."""
    async with running(settings=Settings(hsts=3600, drain=0.0)) as client:
        response = await client.get("/healthz")
    assert "max-age=3600; includeSubDomains" == response.headers["strict-transport-security"]


async def test_the_explorer_is_there_by_policy(running):
    """Where it is not wanted, a browser is a client like any other."""
    html = {"accept": "text/html, */*;q=0.8"}
    async with running(settings=Settings(explorer=False, drain=0.0)) as client:
        response = await client.get("/graphql", headers=html)
        asset = await client.get("/graphql/assets/x.js")
    assert (400, 404) == (response.status_code, asset.status_code)
