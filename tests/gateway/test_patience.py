"""How long a request may take: for its caller's roles, or as its client asks."""

import anyio
import msgspec
import pytest

from gateway.execution import Executed
from gateway.settings import Settings
from model.caller import Caller, Role

pytestmark = pytest.mark.anyio


async def left(_operation, request):
    """Answer with the seconds that the request has."""
    return Executed(msgspec.json.encode({"data": {"left": request.deadline - anyio.current_time()}}))


@pytest.fixture
def given(running):
    """Give the seconds that a request gets, of these roles and with these headers."""

    async def ask(headers=(), roles=(), **settings):
        caller = Caller("ann", customers=frozenset({"C1"}), roles=frozenset(roles))
        ways = {"execute": left, "settings": Settings(drain=0.0, **settings), "caller_of": lambda _: caller}
        async with running(**ways) as client:
            return await client.post("/graphql", json={"query": "{a}"}, headers=dict(headers))

    return ask


@pytest.mark.parametrize(
    ("roles", "asked", "expected"),
    [
        ((), None, 10),
        ((Role.PARTNER,), None, 5),
        ((Role.PARTNER, Role.OPERATOR), None, 60),
        ((Role.CUSTOMER_VIEWER,), None, 10),
        ((), "2s", 2),
        ((Role.PARTNER,), "800 ms", 0.8),
        ((Role.PARTNER,), "20s", 20),
        ((), "1h", 30),
    ],
)
async def test_a_request_gets_the_time_of_its_caller_or_what_it_asks_for(given, roles, asked, expected):
    """The longest of several roles counts; a client may ask for less or more, up to the bound."""
    headers = {"x-trunkline-timeout": asked} if asked else {}
    response = await given(headers, roles, deadlines={"partner": 5.0, "operator": "1m"})
    assert expected - 0.5 < response.json()["data"]["left"] <= expected


@pytest.mark.parametrize("asked", ["soon", "-1s", "0s", "", "5"])
async def test_a_time_that_is_none_is_refused(given, asked):
    """Better than a guess."""
    response = await given({"x-trunkline-timeout": asked})
    assert (400, "MALFORMED_REQUEST") == (response.status_code, response.json()["errors"][0]["extensions"]["code"])


async def test_when_the_time_is_up_the_answer_is_504(running):
    """An executor that goes on for ever is cut off a moment after."""

    async def forever(_operation, _request):
        await anyio.sleep_forever()

    async with running(execute=forever, settings=Settings(drain=0.0)) as client:
        response = await client.post("/graphql", json={"query": "{a}"}, headers={"x-trunkline-timeout": "10ms"})
    assert 504 == response.status_code
