"""`GET /graphql/assets/...`: packed once, kept for a year, and nothing but what was built."""

import gzip
import http.client
import re
from urllib.parse import urlsplit

import anyio.to_thread
import pytest

from gateway.assets import TYPES, read_assets

SCRIPT = "/graphql/assets/code-ABC123.js"
ICON = "/graphql/assets/icon-DEF456.svg"


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("gzip;q=1.0, br;q=0.1", "br"),
        ("gzip, deflate", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br;q=0.000, *", "gzip"),
        ("*", "br"),
        ("GZIP", "gzip"),
        ("identity", None),
        ("gzip;q=0", None),
        ("gzip;q=", None),
        ("", None),
    ],
)
@pytest.mark.anyio
async def test_the_client_gets_the_smallest_form_that_it_takes(showing, small, accepted, coding):
    """Brotli, else gzip, else plain; a cache keeps them apart."""
    async with (
        showing(small) as client,
        client.stream("GET", SCRIPT, headers={"accept-encoding": accepted}) as response,
    ):
        content = b"".join([part async for part in response.aiter_raw()])
    assert (200, coding) == (response.status_code, response.headers.get("content-encoding"))
    assert {"Accept-Encoding"} == set(response.headers["vary"].split(", "))
    assert str(len(content)) == response.headers["content-length"]
    plain = gzip.decompress((small / "code-ABC123.js.gz").read_bytes())
    forms = {"br": b"as if packed by brotli", "gzip": gzip.compress(plain), None: plain}
    assert forms[coding][10:] == content[10:]  # gzip's first ten bytes tell the time


@pytest.mark.parametrize(("path", "kind"), [(SCRIPT, "text/javascript; charset=utf-8"), (ICON, "image/svg+xml")])
@pytest.mark.anyio
async def test_an_asset_is_kept_for_a_year_and_guessed_about_never(showing, small, path, kind):
    """Its name changes when it does; it says what it is, and a worker made of it may load only what is here."""
    async with showing(small) as client:
        response = await client.get(path, headers={"accept-encoding": "gzip"})
    assert kind == response.headers["content-type"]
    assert "public, max-age=31536000, immutable" == response.headers["cache-control"]
    assert "nosniff" == response.headers["x-content-type-options"]
    assert "no-referrer" == response.headers["referrer-policy"]
    assert "same-origin" == response.headers["cross-origin-resource-policy"]
    assert (
        "default-src 'none'; script-src 'self'; frame-ancestors 'none'" == response.headers["content-security-policy"]
    )


@pytest.mark.anyio
async def test_head_tells_the_same_without_the_content(showing, small):
    """As any cache may ask."""
    async with showing(small) as client:
        got = await client.get(ICON)
        head = await client.head(ICON)
    changing = {"date", "x-request-id"}
    assert b"" == head.content
    assert {k: v for k, v in got.headers.items() if k not in changing} == {
        k: v for k, v in head.headers.items() if k not in changing
    }


OUTSIDE = [
    "../app.py",
    "..%2fapp.py",
    "%2e%2e/app.py",
    "%2e%2e%2fapp.py",
    "..%5capp.py",
    "....//app.py",
    "%2fetc%2fpasswd",
    "/etc/passwd",
    "code-ABC123.js%00.svg",
    "./icon-DEF456.svg/../../app.py",
    "index.html",
    "LICENSES.txt",
    "built-from",
    "code-ABC123.js.br",
    "code-ABC123.js.gz",
    "",
    ".",
    "..",
]


@pytest.mark.parametrize("name", OUTSIDE)
@pytest.mark.anyio
async def test_nothing_else_is_ever_served(showing, small, name):
    """Neither what lies elsewhere, however it is spelled, nor what lies here and is no asset."""
    async with showing(small) as client:
        status, kind, body = await anyio.to_thread.run_sync(asked_raw, client.base_url, f"/graphql/assets/{name}")
    assert (404, "application/json") == (status, kind)
    assert b"NOT_FOUND" in body


def asked_raw(base_url, path):
    """Ask for a path exactly as it is written; httpx would tidy it up."""
    address = urlsplit(str(base_url))
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.headers["content-type"], response.read()
    finally:
        connection.close()


def test_everything_built_has_a_hashed_name_and_is_packed(built):
    """No two versions share a name; what packs well is there as brotli and gzip, of the same content."""
    assets = read_assets(built)
    assert 20 <= len(assets)
    assert [] == [name for name in assets if not re.fullmatch(r"[\w.-]+-[A-Z0-9]{8}\.\w+", name)]
    assert {".js", ".css", ".svg", ".ttf"} <= {f".{name.rpartition('.')[2]}" for name in assets} <= set(TYPES)
    packable = {name: asset for name, asset in assets.items() if name.endswith((".css", ".js", ".svg", ".ttf"))}
    large = {name: asset for name, asset in packable.items() if len(asset.plain) >= 1024}
    assert {("br", "gzip")} == {tuple(asset.packed) for asset in large.values()}
    assert [] == [name for name, asset in large.items() if len(asset.packed["br"]) > len(asset.packed["gzip"])]


def test_nothing_built_names_a_host_to_load_from(built):
    """The licences of all that is in it are there; no map, no font and no script of another host is."""
    assets = read_assets(built)
    sheets = b"".join(asset.plain for name, asset in assets.items() if name.endswith(".css"))
    scripts = b"".join(asset.plain for name, asset in assets.items() if name.endswith(".js"))
    assert [] == re.findall(rb"url\(['\"]?(?:https?:)?//[^)]*\)|@import", sheets)
    assert [] == re.findall(rb"import\(['\"]https?:|importScripts\(['\"]https?:|sourceMappingURL=\S+\.map", scripts)
    licences = (built / "LICENSES.txt").read_text("utf-8")
    for package in ("graphiql", "monaco-editor", "react-dom", "graphql"):
        assert re.search(rf"^{package} \d", licences, re.MULTILINE)
