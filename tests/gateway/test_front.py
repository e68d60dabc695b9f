"""What fails on the way in, or in the application, is answered as everything else is."""

import logging

import httpx
import pytest
from starlette.routing import Route

from auth.door import Door
from gateway.admission import AuthSection
from gateway.app import application
from gateway.endpoint import GraphQLEndpoint
from gateway.entrance import Entrance
from gateway.front import Front
from gateway.generations import Generations
from gateway.headers import SAFE
from gateway.reception import entrance
from gateway.settings import Settings
from model.caller import Caller, Sight
from resolvers.upstreams import Upstreams
from tests.gateway.conftest import echo

pytestmark = pytest.mark.anyio


class Broken(Entrance):
    """An entrance whose store is away."""

    async def let_in(self, method, headers):
        """Fail."""
        raise OSError(f"{method}: the store at db.internal is away")


async def fails(_http):
    """Fail."""
    raise ValueError("nobody foresaw this")


async def asked(method: str, path: str) -> httpx.Response:
    """What such a gateway answers."""
    graphql = GraphQLEndpoint(Generations(Upstreams({}), echo), Settings(), lambda _: Caller("tester"))
    entrance = Broken(Door(lambda _: Sight()))
    app = Front(
        graphql, entrance, names=None, safe=SAFE, cross_origin=False, routes=[Route("/fails", fails, methods=["GET"])]
    )
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.request(method, path, json={"query": "{a}"}, headers={"x-request-id": "named"})


@pytest.mark.parametrize(("method", "path"), [("POST", "/graphql"), ("GET", "/fails")])
async def test_a_failure_has_a_name_and_tells_nothing(method, path, caplog):
    """Neither a browser nor a client hears more than that it happened, and under which name the operator finds it."""
    with caplog.at_level(logging.INFO, "trunkline.access"):
        response = await asked(method, path)
    assert 500 == response.status_code
    assert SAFE | {"x-request-id": "named"} == {name: response.headers[name] for name in (*SAFE, "x-request-id")}
    assert not [secret for secret in ("db.internal", "foresaw") if secret in response.text]
    (line,) = [record.getMessage() for record in caplog.records if record.name == "trunkline.access"]
    assert line.startswith(f"{method} '{path}' 500 ")


async def test_a_failure_on_the_way_in_is_told_as_a_failure_within():
    """As an error with a code and the request's id."""
    response = await asked("POST", "/graphql")
    (error,) = response.json()["errors"]
    assert {"code": "INTERNAL", "requestId": "named"} == error["extensions"]


@pytest.mark.parametrize(("near", "scheme"), [("127.0.0.1", "https"), ("::1", "https"), ("203.0.113.9", "http")])
async def test_a_proxy_on_this_machine_tells_how_a_client_came(near, scheme, monkeypatch):
    """It is believed where addresses are written; nobody else is."""
    monkeypatch.delenv("FORWARDED_ALLOW_IPS", raising=False)
    app = application(Generations(Upstreams({}), echo), Settings(), (door := entrance(AuthSection())).caller_of, door)
    transport = httpx.ASGITransport(app, client=(near, 9))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        told = await client.get("/.well-known/oauth-protected-resource", headers={"x-forwarded-proto": "https"})
    assert f"{scheme}://localhost" == told.json()["resource"]
