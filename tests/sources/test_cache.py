"""Answers are kept for a while, per key, in bounds; old ones say so, and what is told to be out of date is dropped."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.answer import Answer
from model.ask import Ask, Condition, Operator
from model.caller import Caller
from model.faults import SourceFault, Unavailable
from model.keys import Key, Lookup
from model.records import Circuit
from sources.controls import Controls
from sources.grammar.guards import CacheDeclaration
from sources.guards.cache import Cache
from sources.guards.kept import Entry, Kept
from sources.guards.onward import LEAP, Onward
from sources.guards.tags import normal, tags
from tests.sources.chaos import Chaos, Held, as_json, table
from tests.sources.conftest import BY_CODE, LIST, AskFor, Declare, Serve
from tests.sources.guarding import CIRCUITS, ROWS, Clock, until

pytestmark = pytest.mark.anyio
KEEP = {"ttl": 10.0, "stale_while_revalidate": 20.0, "stale_if_error": 100.0}
DECLARED = CacheDeclaration.model_validate({"lookups": {"circuit by code": KEEP, "circuit list": KEEP}})
NAME = frozenset({"name"})


class Cached:
    """A cache around a chaos source, and the clock that it goes by."""

    def __init__(self, source: Any, chaos: Chaos, declared: CacheDeclaration) -> None:
        self.clock = Clock()
        self.chaos = chaos
        self.cache = Cache(source, declared, timeout=5.0, clock=self.clock)
        self.controls = Controls()
        self.controls.watch(self.cache.kept)

    async def fetch(self, *keys: str, **more: Any) -> Mapping[Key, Any]:
        """Ask for the names of circuits."""
        more = {"fields": NAME, "caller": Caller("op", staff=True), **more}
        return await self.cache.fetch(BY_CODE, keys, Ask(deadline=anyio.current_time() + 20, **more))

    @property
    def asked(self) -> list[str]:
        """The keys of each call that the source has had."""
        return [line.partition("code=")[2].partition("&")[0] for line in self.chaos.seen]


@pytest.fixture
async def cached(serve: Serve, declare: Declare) -> Any:
    """Make a cache around a chaos source."""
    made: list[Cached] = []

    async def make(declared: CacheDeclaration = DECLARED) -> Cached:
        chaos = Chaos(table(ROWS))
        made.append(Cached(declare(await serve(chaos), CIRCUITS), chaos, declared))
        return made[-1]

    yield make
    for one in made:
        await one.cache.aclose()


async def test_what_is_kept_is_not_asked_again_key_by_key(cached: Any) -> None:
    """Only what is missing goes out, until the time is up; that there is no such thing is kept too."""
    one: Cached = await cached()
    first = await one.fetch("C1", "C2", "none")
    second = await one.fetch("C1", "C3", "none")
    assert one.asked == ["C1,C2,none", "C3"]
    assert (["C1", "C2"], ["C1", "C3"]) == (list(first), list(second))
    assert second["C1"] is first["C1"]
    one.clock.now += 9.9
    await one.fetch("C1", "none")
    assert len(one.chaos.seen) == 2


async def test_a_wall_clock_that_is_set_back_makes_no_answer_young(cached: Any) -> None:
    """What is kept is kept for as long as was declared; one that is set forward, or a machine that slept, ends it."""
    one: Cached = await cached()
    steady, wall = Clock(), Clock()
    one.cache._clock = Onward(steady, wall)
    await one.fetch("C1")
    wall.now -= 3600
    steady.now += KEEP["ttl"] - 1
    assert not (await one.fetch("C1"))["C1"].stale
    steady.now += 2
    assert (await one.fetch("C1"))["C1"].stale
    wall.now += 7200
    assert not (await one.fetch("C1"))["C1"].stale
    assert len(one.chaos.seen) >= 2


@given(st.lists(st.tuples(st.floats(0, 1e6), st.floats(-1e6, 1e6)), max_size=30))
def test_a_clock_that_goes_onward_is_never_behind_the_time_that_has_passed(moves: list[tuple[float, float]]) -> None:
    """However the wall clock is set meanwhile."""
    steady, wall = Clock(), Clock()
    clock = Onward(steady, wall)
    began = before = clock()
    for passed, leapt in moves:
        steady.now += passed
        wall.now += passed + leapt
        now = clock()
        assert now - before == pytest.approx(passed + (leapt if leapt > LEAP else 0.0), abs=1e-3)
        before = now
    assert before - began >= sum(passed for passed, _ in moves) - 1e-3


async def test_old_answers_are_given_while_new_ones_are_fetched(cached: Any) -> None:
    """They say that they are old, and since when; one call renews them, whoever asks meanwhile."""
    one: Cached = await cached()
    fresh = (await one.fetch("C1"))["C1"]
    one.clock.now += 15
    release = anyio.Event()
    rows = table(ROWS)
    one.chaos.answer = lambda request, body: Held(release, rows(request, body))
    for _ in range(5):
        old = (await one.fetch("C1"))["C1"]
        assert (True, fresh.as_of, fresh.records) == (old.stale, old.as_of, old.records)
    release.set()
    await until(lambda: one.cache.kept.find((BY_CODE, "C1", ((), (), None, None, False))).at == one.clock.now)
    assert (await one.fetch("C1"))["C1"].stale is False
    assert one.asked == ["C1", "C1"]
    assert one.cache.counts == {"missed": 1, "hit": 6, "renewed": 1}


async def test_after_that_somebody_waits(cached: Any) -> None:
    """Neither new nor old enough to be given."""
    one: Cached = await cached()
    await one.fetch("C1")
    one.clock.now += 31
    assert (await one.fetch("C1"))["C1"].stale is False
    assert len(one.chaos.seen) == 2


async def test_when_the_source_fails_what_it_said_before_is_given(cached: Any, ask: AskFor) -> None:
    """With the reason; not for ever, and not what was never said."""
    one: Cached = await cached()
    await one.fetch("C1")
    await one.cache.page(LIST, None, ask())
    one.chaos.answer = lambda request, body: as_json({}, 500)
    one.clock.now += 31
    said = await one.fetch("C1", "C2")
    assert (True, "SOURCE_UNAVAILABLE") == (said["C1"].stale, said["C1"].because.code)
    assert isinstance(said["C2"], Unavailable)
    listed = await one.cache.page(LIST, None, ask())
    assert (True, "SOURCE_UNAVAILABLE") == (listed.stale, listed.because and listed.because.code)
    one.clock.now += 100
    assert isinstance((await one.fetch("C1"))["C1"], Unavailable)
    with pytest.raises(Unavailable):
        await one.cache.page(LIST, None, ask())


async def test_more_fields_serve_who_asks_for_fewer(cached: Any) -> None:
    """And who asks for others gets both, so that in the end one answer serves all."""
    one: Cached = await cached()
    await one.fetch("C1", fields=frozenset({"name", "customer"}))
    await one.fetch("C1", fields=NAME)
    assert len(one.chaos.seen) == 1
    await one.fetch("C1", fields=frozenset({"state"}))
    assert len(one.chaos.seen) == 2
    for fields in ({"state"}, {"name"}, {"name", "customer", "state"}):
        await one.fetch("C1", fields=frozenset(fields))
    assert len(one.chaos.seen) == 2


async def test_an_answer_with_fewer_fields_does_not_displace_one_with_more(cached: Any) -> None:
    """Asked for at the same time, whichever comes last: what is kept has all that is known."""
    one: Cached = await cached()
    release = anyio.Event()
    rows = table(ROWS)
    one.chaos.answer = lambda request, body: Held(release, rows(request, body))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(one.fetch, "C1")
        await until(lambda: one.chaos.busy)
        one.chaos.answer = rows
        await one.fetch("C1", fields=frozenset({"name", "customer"}))
        release.set()
    assert len(one.chaos.seen) == 2
    kept = (await one.fetch("C1", fields=frozenset({"name", "customer"})))["C1"]
    assert "P" == kept.records[0].customer
    assert len(one.chaos.seen) == 2


@pytest.mark.parametrize(
    "other", [{"raw": True}, {"limit": 3}, {"filter": (Condition("name", Operator.EQ, "x"),)}], ids=str
)
async def test_another_question_has_another_answer(cached: Any, other: dict[str, Any]) -> None:
    """What of an ask decides the answer keeps entries apart."""
    one: Cached = await cached()
    await one.fetch("C1")
    await one.fetch("C1", **other)
    assert len(one.chaos.seen) == 2


async def test_lists_are_kept_page_by_page_and_other_lookups_not_at_all(cached: Any, ask: AskFor) -> None:
    """What is declared is kept, and nothing else."""
    one: Cached = await cached()
    for _ in range(3):
        await one.cache.page(LIST, None, ask())
        await one.cache.fetch(Lookup("circuit", "customer"), ["P"], ask())
    assert [line.partition("?")[2] for line in one.chaos.seen] == ["", "party=P", "party=P", "party=P"]


@pytest.mark.parametrize(
    ("tag", "gone"),
    [
        ("circuit:C1", ["C1"]),
        (" Circuit:ｃ１ ", ["C1"]),
        ("customer:P", ["C1", "C2"]),
        ("crm:1", ["C1"]),
        ("source:crm", ["C1", "C2", "none"]),
        ("circuit:none", ["none"]),
        ("circuit:C7", []),
        ("source:other", []),
    ],
)
async def test_what_is_out_of_date_is_asked_again(cached: Any, tag: str, gone: list[str]) -> None:
    """By the thing, by whose it is, by a system's own key, by the source; in whatever width and case."""
    one: Cached = await cached()
    both = frozenset({"name", "customer"})
    await one.fetch("C1", "C2", "none", fields=both)
    assert await one.controls.forget([tag]) == len(gone)
    await one.fetch("C1", "C2", "none", fields=both)
    assert one.asked[1:] == ([",".join(gone)] if gone else [])


async def test_an_answer_that_was_asked_for_before_is_not_kept_after(cached: Any) -> None:
    """What is under way when its tag is told out of date may be what is out of date."""
    one: Cached = await cached()
    release = anyio.Event()
    rows = table(ROWS)
    one.chaos.answer = lambda request, body: Held(release, rows(request, body))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(one.fetch, "C1", "C2")
        await until(lambda: one.chaos.busy)
        await one.controls.forget(["circuit:C1"])
        release.set()
    await one.fetch("C1", "C2")
    assert one.asked == ["C1,C2", "C1"]


def _entry(size: int = 100, *names: str) -> Entry:
    return Entry(None, frozenset(), 0.0, frozenset(names), size)


def test_so_many_entries_are_kept_and_the_longest_unused_goes() -> None:
    """Being used is what counts, not being new; tags of what went are forgotten with it."""
    kept = Kept(entries=3, size=10**6)
    names = [(BY_CODE, f"C{number}", ()) for number in range(4)]
    for name in names[:3]:
        kept.keep(name, _entry(100, f"tag {name[1]}"), kept.mark)
    kept.find(names[0])
    kept.keep(names[3], _entry(), kept.mark)
    assert [True, False, True, True] == [kept.find(name) is not None for name in names]
    assert (0, 1) == (kept.forget(frozenset({"tag C1"})), kept.forget(frozenset({"tag C2"})))


def test_so_many_bytes_are_kept() -> None:
    """A large answer drives out small ones; one that is too large is not kept at all."""
    kept = Kept(entries=100, size=10_000)
    for number in range(10):
        kept.keep((BY_CODE, f"C{number}", ()), _entry(500), kept.mark)
    assert (10, 9_000) == (len(kept), kept.bytes)
    kept.keep((BY_CODE, "large", ()), _entry(8_000), kept.mark)
    assert kept.bytes <= 10_000
    kept.keep((BY_CODE, "too large", ()), _entry(20_000), kept.mark)
    assert (0, 0) == (len(kept), kept.bytes)


def test_when_more_was_told_than_is_remembered_nothing_that_is_old_is_kept() -> None:
    """Better too little than what is out of date."""
    kept = Kept(entries=10, size=10**6)
    mark = kept.mark
    for number in range(300):
        kept.forget(frozenset({f"tag {number}"}))
    assert not kept.keep((BY_CODE, "C1", ()), _entry(100, "other"), mark)
    kept.forget_all()
    assert not kept.keep((BY_CODE, "C1", ()), _entry(100, "other"), mark + 300)
    assert kept.keep((BY_CODE, "C1", ()), _entry(100, "other"), kept.mark)


class Saying:
    """A source that always says the same."""

    name = "saying"
    lookups: Mapping[Lookup, Any] = {}

    def __init__(self, answer: Answer) -> None:
        self.answer = answer

    async def fetch(self, lookup: Lookup, keys: Sequence[Key], ask: Ask) -> Mapping[Key, Answer | SourceFault]:
        """It, to each key."""
        del lookup, ask
        return dict.fromkeys(keys, self.answer)


FOUND = [Circuit(code="C1")]
NOW = datetime.now(UTC)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(records=FOUND, as_of=NOW - timedelta(1), source="b", because=Unavailable("saying")),
        Answer(records=FOUND, as_of=NOW - timedelta(1), stale=True),
        Answer(records=FOUND, as_of=NOW, complete=False),
    ],
    ids=["another's", "old", "cut"],
)
async def test_what_is_not_the_sources_own_whole_word_of_now_is_not_kept(ask: AskFor, answer: Answer) -> None:
    """As soon as the source is back, it is heard; and what it has cut short may be whole a moment later."""
    source: Any = Saying(answer)
    cache = Cache(source, DECLARED, timeout=5.0)
    assert answer is (await cache.fetch(BY_CODE, ["C1"], ask()))["C1"]
    assert len(cache.kept) == 0


def test_tags_name_the_thing_its_owner_and_the_keys_of_systems(declare: Declare) -> None:
    """By which whoever changes something can tell it, in their own words."""
    source = declare("http://127.0.0.1:1", CIRCUITS)
    record = Circuit(code="HB-1", native_id="17", keys={"nms": "n-1"}, customer="C100001")
    answer = Answer(records=[record], as_of=datetime.now(UTC))
    told = tags("crm", BY_CODE, source.lookups[BY_CODE], "hb-1", answer)
    assert {"source:crm", "circuit:hb-1", "crm:17", "nms:n-1", "customer:c100001"} == told
    assert told == set(map(normal, told))
