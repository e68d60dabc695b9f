"""Systems tell what has changed: with the secret, in bounds, and only where one is configured."""

import pytest

from gateway.settings import Settings
from sources.secrets import Secret

pytestmark = pytest.mark.anyio
KNOWN = {"authorization": "Bearer geheim"}


@pytest.fixture
def hooked(running, fake, monkeypatch):
    """Give the way to start a gateway with a hook."""
    monkeypatch.setenv("HOOK_SECRET", "geheim")
    settings = Settings(drain=0.0, hook_secret=Secret(env="HOOK_SECRET"))
    return lambda: running(fake("crm"), settings=settings)


async def test_who_knows_the_secret_is_heard(hooked):
    """And told how many answers were dropped."""
    async with hooked() as client:
        response = await client.post("/hooks/invalidate", json={"tags": ["circuit:C1"]}, headers=KNOWN)
    assert (200, {"dropped": 0}) == (response.status_code, response.json())


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer wrong", "Basic geheim", "geheim", "Bearer geheim2"])
async def test_nobody_else_is(hooked, authorization):
    """The same refusal for all."""
    async with hooked() as client:
        headers = {"authorization": authorization}
        response = await client.post("/hooks/invalidate", json={"tags": ["circuit:C1"]}, headers=headers)
    assert (401, "UNAUTHENTICATED") == (response.status_code, response.json()["errors"][0]["extensions"]["code"])


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"{}", b'{"tags": "a"}', b'{"tags": [""]}', b'{"tags": [1]}', b"\xff", b"[" * 99999]
)
async def test_what_makes_no_sense_is_refused(hooked, body):
    """Whatever it is."""
    async with hooked() as client:
        response = await client.post("/hooks/invalidate", content=body, headers=KNOWN)
    assert (400, "MALFORMED_REQUEST") == (response.status_code, response.json()["errors"][0]["extensions"]["code"])


async def test_a_body_that_is_too_large_is_refused(hooked):
    """Before it is read whole."""
    async with hooked() as client:
        response = await client.post("/hooks/invalidate", content=b" " * 300_000, headers=KNOWN)
    assert 413 == response.status_code


async def test_without_a_secret_there_is_no_hook(running, fake):
    """An address that anybody could use is none."""
    async with running(fake("crm")) as client:
        response = await client.post("/hooks/invalidate", json={"tags": ["circuit:C1"]}, headers=KNOWN)
    assert 404 == response.status_code
