"""What a load balancer asks: is it alive, is it of use."""

import anyio
import pytest

from sources.contract import Health, HealthState


@pytest.mark.anyio
async def test_alive_asks_nobody(running, fake):
    """A gateway lives whatever its sources do."""
    crm = fake("crm", up=False)
    async with running(crm) as client:
        response = await client.get("/healthz")
    assert (200, {"alive": True}, 0) == (response.status_code, response.json(), crm.asked)


@pytest.mark.anyio
async def test_ready_when_one_source_answers(running, fake):
    """Each source's state is told by its code; of what it said, nothing."""
    async with running(fake("crm"), fake("alarms", up=False)) as client:
        response = await client.get("/readyz")
    assert 200 == response.status_code
    assert {
        "ready": True,
        "sources": [
            {"source": "crm", "state": "UP", "ms": 1.2, "code": None},
            {"source": "alarms", "state": "DOWN", "ms": 1.2, "code": "SOURCE_REFUSED"},
        ],
    } == response.json()


@pytest.mark.anyio
async def test_not_ready_when_no_source_ever_answered(running, fake):
    """A load balancer leaves it out until it can answer something."""
    async with running(fake("crm", up=False)) as client:
        response = await client.get("/readyz")
    assert (503, False) == (response.status_code, response.json()["ready"])


@pytest.mark.anyio
async def test_still_ready_when_the_sources_are_lost(running, fake, monkeypatch):
    """A gateway that has lost its sources still tells what is missing: it stays in the pool."""
    monkeypatch.setattr("gateway.readiness.FRESH", 0.0)
    crm = fake("crm")
    async with running(crm) as client:
        await client.get("/readyz")
        crm.up = False
        response = await client.get("/readyz")
    assert (200, "DOWN") == (response.status_code, response.json()["sources"][0]["state"])


@pytest.mark.anyio
async def test_eager_probes_do_not_load_the_sources(running, fake):
    """What was found is repeated for a while."""
    crm = fake("crm")
    async with running(crm) as client:
        for _ in range(5):
            await client.get("/readyz")
    assert 1 == crm.asked


@pytest.mark.anyio
async def test_a_source_that_hangs_does_not_hang_the_probe(running, fake, monkeypatch):
    """Its time is bounded, and the others are told meanwhile."""
    monkeypatch.setattr("gateway.readiness.PATIENCE", 0.1)

    class Hanging(fake):
        async def health(self):
            await anyio.sleep_forever()
            return Health(HealthState.UP, 0)

    async with running(Hanging("alarms"), fake("crm")) as client:
        response = await client.get("/readyz")
    assert ["SOURCE_TIMED_OUT", None] == [source["code"] for source in response.json()["sources"]]


@pytest.mark.anyio
async def test_sources_are_let_go_of_at_the_end(running, fake):
    """Stopping closes every connection."""
    crm = fake("crm")
    async with running(crm):
        assert not crm.closed
    assert crm.closed
