"""`/topology/...svg`: in the caller's scope, kept by browsers while it is true, never silent about a failure."""

import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from xml.etree import ElementTree

import anyio
import httpx
import pytest

from gateway.assembly import assemble, gateway_app
from gateway.demonstration import demo_configuration
from gateway.execution import Executed
from gateway.settings import Settings

pytestmark = pytest.mark.anyio

ALL = "{ circuits(first: 100) { nodes { code customer { customerId } } } }"

Serving = Callable[..., AbstractAsyncContextManager[httpx.AsyncClient]]


@pytest.fixture
def serving(operator) -> Serving:
    """A gateway in front of the pretend operator, whose systems named are down."""

    @asynccontextmanager
    async def _serving(*down: str, staff: bool = True) -> AsyncIterator[httpx.AsyncClient]:
        upstreams = assemble(demo_configuration(operator, os.environ))
        app = gateway_app(upstreams, Settings(deadline=5.0), staff_by_default=staff)
        async with (
            httpx.AsyncClient(base_url=operator.control) as control,
            httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://localhost") as client,
        ):
            for system in down:
                await control.post(f"/systems/{system}/trouble", json={"kind": "down"})
            try:
                yield client
            finally:
                for system in down:
                    await control.delete(f"/systems/{system}/trouble")
                await upstreams.aclose()

    return _serving


async def owners(client: httpx.AsyncClient) -> dict[str, str]:
    """Tell a circuit of each customer."""
    nodes = (await client.post("/graphql", json={"query": ALL})).json()["data"]["circuits"]["nodes"]
    return {node["customer"]["customerId"]: node["code"] for node in nodes if node["customer"]}


def as_customer(name: str) -> dict[str, str]:
    """Ask in a customer's eyes."""
    return {"x-trunkline-customer": name}


def words(response: httpx.Response) -> str:
    """Read everything that is written in a picture."""
    return " ".join(ElementTree.fromstring(response.content).itertext())  # noqa: S314 - it is ours


async def test_a_circuit_is_drawn(serving):
    """Its code, its customer, its hops: what GraphQL tells, as a picture."""
    async with serving() as client:
        ((customer, code), *_) = (await owners(client)).items()
        response = await client.get(f"/topology/circuit/{code}.svg")
        query = (
            f'{{ circuit(code: "{code}") {{ name customer {{ name }} routes {{ hops {{ element {{ name }} }} }} }} }}'
        )
        told = (await client.post("/graphql", json={"query": query})).json()["data"]["circuit"]
    assert (200, "image/svg+xml") == (response.status_code, response.headers["content-type"])
    said = words(response)
    names = {hop["element"]["name"] for route in told["routes"] for hop in route["hops"]}
    assert [] == [name for name in (code, customer, told["name"], *names) if name not in said]


async def test_a_customer_is_drawn(serving):
    """Its circuits, whichever way they are reached."""
    async with serving() as client:
        ((customer, code), *_) = (await owners(client)).items()
        response = await client.get(f"/topology/customer/{customer}.svg")
    assert (200, "image/svg+xml") == (response.status_code, response.headers["content-type"])
    assert customer in words(response)
    assert code in words(response)


@pytest.mark.parametrize("kind", ["circuit", "customer"])
async def test_what_is_not_yours_is_not_there(serving, kind):
    """Another's circuit, or another customer, answers as one that never was: the same status, the same body."""
    async with serving() as client:
        (mine, my_code), (other, other_code), *_ = (await owners(client)).items()
        names = {"circuit": (my_code, other_code, "XXXX-SDH-999999"), "customer": (mine, other, "C999999")}[kind]
        answers = [await client.get(f"/topology/{kind}/{name}.svg", headers=as_customer(mine)) for name in names]
    own, forbidden, unknown = answers
    assert [200, 404, 404] == [answer.status_code for answer in answers]
    assert forbidden.content == unknown.content
    hidden = {"x-request-id", "date"}
    assert {k: v for k, v in forbidden.headers.items() if k not in hidden} == {
        k: v for k, v in unknown.headers.items() if k not in hidden
    }
    assert mine in words(own)


async def test_who_may_see_nothing_sees_nothing(serving):
    """Where nobody is staff by default, no picture is shown without a customer."""
    async with serving() as client:
        ((customer, code), *_) = (await owners(client)).items()
    async with serving(staff=False) as client:
        statuses = [
            (await client.get(f"/topology/{path}.svg")).status_code
            for path in (f"circuit/{code}", f"customer/{customer}")
        ]
    assert [404, 404] == statuses


async def test_names_of_sources_are_for_staff(serving):
    """A customer reads the public label of what is missing; staff read which system it is."""
    async with serving("alarms") as client:
        ((customer, code), *_) = (await owners(client)).items()
        path = f"/topology/circuit/{code}.svg"
        staff = words(await client.get(path))
        mine = words(await client.get(path, params={"lang": "zh"}, headers=as_customer(customer)))
    assert "alarms unknown: alarms SOURCE_REFUSED" in staff
    assert "告警未知：Alarms SOURCE_REFUSED" in mine


async def test_nothing_but_a_name_is_still_a_picture(serving, operator):
    """While no system answers, the picture has a code and a reason for everything else."""
    async with serving() as client:
        ((_, code), *_) = (await owners(client)).items()
    async with serving(*operator.systems) as client:
        response = await client.get(f"/topology/circuit/{code}.svg")
    assert 200 == response.status_code
    said = words(response)
    expected = (
        "unknown: inventory SOURCE_REFUSED",
        "unknown: resources SOURCE_REFUSED",
        "alarms unknown: alarms SOURCE_",
    )
    assert [] == [text for text in expected if text not in said]
    assert "no active alarms" not in said


@pytest.mark.parametrize(("lang", "expected"), [("en", "circuit: cannot be drawn now"), ("zh", "电路: 目前无法绘制")])
async def test_what_cannot_be_told_is_no_404(running, lang, expected):
    """Where it cannot be told whether there is such a thing, the picture says so, and nobody keeps it."""
    error = b'{"message": "", "path": ["circuit"], "extensions": {"code": "SOURCE_REFUSED", "source": "crm"}}'

    async def execute(*_: object) -> Executed:
        return Executed(b'{"data": {"circuit": null}, "errors": [%s]}' % error)

    async with running(execute=execute) as client:
        response = await client.get("/topology/circuit/X.svg", params={"lang": lang})
    assert (503, "no-store") == (response.status_code, response.headers["cache-control"])
    assert "image/svg+xml" == response.headers["content-type"]
    assert expected in words(response)
    assert "crm SOURCE_REFUSED" in words(response)


async def test_a_picture_is_sent_again_only_when_it_has_changed(serving):
    """By its tag; and a cache in between knows that it is its viewer's alone."""
    async with serving() as client:
        ((_, code), *_) = (await owners(client)).items()
        path = f"/topology/circuit/{code}.svg"
        first, second = await client.get(path), await client.get(path)
        same = await client.get(path, headers={"if-none-match": f"W/{first.headers['etag']}"})
        chinese = await client.get(path, headers={"accept-language": "zh-CN,zh;q=0.9,en;q=0.5"})
        named = await client.get(path, params={"lang": "zh"})
    assert first.content == second.content
    assert (304, b"") == (same.status_code, same.content)
    assert chinese.content == named.content != first.content
    assert "private, no-cache" == first.headers["cache-control"]
    assert {"accept-encoding", "accept-language", "authorization", "cookie", "x-trunkline-customer"} == {
        name.strip().lower() for name in first.headers["vary"].split(",")
    }


async def test_a_picture_runs_nothing(serving):
    """Its policy allows its own style, and no more."""
    async with serving() as client:
        ((_, code), *_) = (await owners(client)).items()
        headers = (await client.get(f"/topology/circuit/{code}.svg")).headers
    assert "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'" == headers["content-security-policy"]
    assert "nosniff" == headers["x-content-type-options"]


@pytest.mark.parametrize("key", ["a" * 201, "%00", "..%2F..%2Fetc%2Fpasswd", "%22%7D%7B", "%E2%80%AE"])
async def test_nonsense_is_not_found(serving, key):
    """Whatever stands where a code should."""
    async with serving() as client:
        assert 404 == (await client.get(f"/topology/circuit/{key}.svg")).status_code


async def test_a_customer_must_be_named_as_one(serving):
    """A header that names nobody is refused as everywhere."""
    async with serving() as client:
        response = await client.get("/topology/customer/C100001.svg", headers=as_customer(" , "))
    assert (400, "BAD_CALLER") == (response.status_code, response.json()["errors"][0]["extensions"]["code"])


async def test_a_picture_keeps_the_deadline(running, monkeypatch):
    """An answer that never comes is a 504, in the gateway's own words."""
    monkeypatch.setattr("gateway.inquiry.GRACE", 0.05)

    async def execute(*_: object) -> Executed:

        await anyio.sleep_forever()
        raise AssertionError

    async with running(execute=execute, settings=Settings(deadline=0.1, drain=0.0)) as client:
        response = await client.get("/topology/circuit/X.svg")
    assert (504, "DEADLINE_EXCEEDED") == (response.status_code, response.json()["errors"][0]["extensions"]["code"])
