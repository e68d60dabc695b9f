"""Guards that are passed in one step decide and count as they do one by one."""

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import pytest
import stamina
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model.answer import Answer
from model.ask import Ask
from model.caller import Caller
from model.faults import BadRequest, Malformed, Overloaded, Refused, SourceFault, TimedOut, Unauthorised, Unavailable
from model.keys import Key, Lookup
from sources.configuration import read_sources
from sources.contract import Answers, Source, Terms
from sources.grammar.guards import BreakerDeclaration, RetriesDeclaration
from sources.guards.breaker import Breaker
from sources.guards.bulkhead import Bulkhead
from sources.guards.deadline import Deadline
from sources.guards.guard import Guard, guards
from sources.guards.maintenance import Maintenance
from sources.guards.meter import Meter
from sources.guards.retries import Retries
from sources.guards.single_flight import SingleFlight
from sources.guards.together import Together, together
from sources.positions import Document
from sources.present import being_answered
from sources.registry import build
from tests.sources.conftest import BY_CODE
from tests.sources.guarding import CIRCUITS, Clock

ENDS = st.sampled_from(
    ["ok"] * 6
    + ["plain", "key fails", "key down", "all down", "bug", "given up"]
    + [Unavailable, TimedOut, Refused, Overloaded, Unauthorised, BadRequest, Malformed]
)
ANSWER = Answer(records=[], as_of=datetime.now(UTC))


class End(NamedTuple):
    """How a call ends: after how many turns of the event loop, and how many seconds of the breaker's clock."""

    how: Any
    turns: int = 0
    seconds: float = 0.0


class Who(NamedTuple):
    """Who asks: a request that stays for so many turns after it was told, or nobody; and how long they will wait."""

    is_request: bool = False
    stays: int = 0
    seconds: float = 60.0


class Scripted:
    """A source whose calls end as written."""

    name = "s"
    lookups: Mapping[Lookup, Terms] = {}

    def __init__(self, ends: Sequence[End], clock: Clock) -> None:
        self.ends = list(ends)
        self.clock = clock
        self.asked: list[tuple[Key, ...]] = []

    async def fetch(self, lookup: Lookup, keys: Sequence[Key], ask: Ask) -> Mapping[Key, Answer | SourceFault]:
        """As the next end says; well, after the last."""
        del lookup, ask
        self.asked.append(tuple(keys))
        end = self.ends.pop(0) if self.ends else End("ok")
        for _ in range(end.turns):
            await asyncio.sleep(0)
        self.clock.now += end.seconds
        match end.how:
            case "ok":
                return Answers(dict.fromkeys(keys, ANSWER.records), ANSWER.as_of)
            case "plain":
                return dict.fromkeys(keys, ANSWER)
            case "key fails":
                return {**dict.fromkeys(keys, ANSWER), keys[0]: BadRequest("s", "a key")}
            case "key down":
                return {**dict.fromkeys(keys, ANSWER), keys[0]: Unavailable("s", "a key")}
            case "all down":
                return dict.fromkeys(keys, Refused("s", "each key"))
            case "bug":
                raise ZeroDivisionError("a bug")
            case "hangs":
                await asyncio.Event().wait()
                raise AssertionError
            case "given up":
                raise asyncio.CancelledError
            case fault:
                raise fault("s", "all of it")


class Guarded:
    """A scripted source within the guards that most sources have."""

    def __init__(self, ends: Sequence[End], at_once: int, *, short: bool) -> None:
        self.clock, self.set_aside = Clock(), dict[str, object]()
        self.script: Any = Scripted(ends, self.clock)
        self.meter = Meter(self.script)
        declared = BreakerDeclaration(calls=4, rest=10.0, slow_after=2.0)
        self.breaker = Breaker(self.meter, declared, 5.0, self.clock)
        self.retries = Retries(self.breaker, RetriesDeclaration(budget=0.5))
        self.bulkhead = Bulkhead(self.retries, at_once, 1)
        self.maintenance = Maintenance(self.bulkhead, self.set_aside)
        self.shared = SingleFlight(self.maintenance)
        self.deadline = Deadline(self.shared)
        self.source: Source = together(self.deadline) if short else self.deadline
        assert isinstance(self.source, Together) == short

    async def call(self, keys: Sequence[Key], who: Who) -> Any:
        """What comes of a call."""
        if not who.is_request:
            return await self._called(keys, who.seconds)
        with being_answered():
            said = await self._called(keys, who.seconds)
            for _ in range(who.stays):
                await asyncio.sleep(0)
            return said

    async def _called(self, keys: Sequence[Key], seconds: float) -> Any:
        until = asyncio.get_running_loop().time() + seconds
        ask = Ask(fields=frozenset({"name"}), caller=Caller("ann", staff=True), deadline=until)
        try:
            said = await self.source.fetch(BY_CODE, keys, ask)
        except (SourceFault, ZeroDivisionError, asyncio.CancelledError) as err:
            return type(err), str(err)
        return {key: "ok" if isinstance(one, Answer) else (type(one), str(one)) for key, one in said.items()}

    @property
    def state(self) -> Any:
        """All that the guards remember."""
        kept: list[Guard] = [self.breaker, self.retries, self.bulkhead, self.maintenance, self.shared, self.deadline]
        breaker = {name: value for name, value in vars(self.breaker).items() if isinstance(value, int | float | None)}
        measured = [(lookup, one.outcomes, sum(one.durations.counts)) for lookup, one in self.meter.measured.items()]
        others = self.retries.budget, self.bulkhead.free, self.meter.under_way, len(self.shared.flights._by_kind)
        return breaker, measured, others, [guard.counts for guard in kept], self.script.asked


class Step(NamedTuple):
    """What is done next: so many calls at once, of somebody for keys; or a switch, or a while in which nothing is."""

    calls: Sequence[tuple[Sequence[Key], Who]] = ()
    switched: bool = False
    rested: float = 0.0


KEYS = st.lists(st.sampled_from("ABC"), min_size=1, max_size=3, unique=True)
CALL = st.tuples(KEYS, st.builds(Who, st.booleans(), st.integers(0, 2), st.just(60.0)))
STEPS = st.lists(
    st.lists(CALL, min_size=1, max_size=3).map(Step)
    | st.tuples(CALL).map(Step)
    | st.tuples(CALL).map(Step)
    | st.just(Step(switched=True))
    | st.sampled_from([Step(rested=1.0), Step(rested=11.0)]),
    max_size=12,
)


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """An event loop for a test that runs many times; what is repeated is so at once."""
    loop = asyncio.new_event_loop()
    stamina.set_testing(True, attempts=10, cap=True)
    yield loop
    stamina.set_testing(False)
    loop.close()


async def lived(guarded: Guarded, steps: Sequence[Step]) -> list[Any]:
    """What comes of each step, and the state after it."""
    found: list[Any] = []
    for step in steps:
        if step.switched and not guarded.set_aside.pop("s", None):
            guarded.set_aside["s"] = "for a while"
        guarded.clock.now += step.rested
        said = await asyncio.gather(*(guarded.call(keys, who) for keys, who in step.calls))
        found.append((said, repr(guarded.state)))
    return found


@given(
    ends=st.lists(st.builds(End, ENDS, st.integers(0, 2), st.sampled_from([0.0, 0.0, 3.0, 6.0])), max_size=30),
    steps=STEPS,
    at_once=st.integers(1, 3),
)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_both_ways_do_the_same(
    loop: asyncio.AbstractEventLoop, ends: list[End], steps: list[Step], at_once: int
) -> None:
    """The same is asked of a source, said of it and remembered about it, whatever happens."""
    short = loop.run_until_complete(lived(Guarded(ends, at_once, short=True), steps))
    assert loop.run_until_complete(lived(Guarded(ends, at_once, short=False), steps)) == short


def test_both_ways_end_at_the_deadline(loop: asyncio.AbstractEventLoop) -> None:
    """Who has less time is told so; who asks the same and has more of it asks again, and nobody else is given up."""

    async def hung(*, short: bool) -> Any:
        guarded = Guarded([End("hangs"), End("ok")], 2, short=short)
        calls = [guarded.call(["A"], Who(True, 0, seconds)) for seconds in (0.01, 60.0)]
        return await asyncio.gather(*calls), repr(guarded.state), asyncio.current_task().cancelling()  # type: ignore[union-attr]

    (first, second), *_ = short = loop.run_until_complete(hung(short=True))
    assert ((TimedOut, "s: no answer by the deadline"), {"A": "ok"}) == (first, second)
    assert loop.run_until_complete(hung(short=False)) == short


def test_most_sources_guards_are_taken_together() -> None:
    """Not those of a source that is paced, or hedged, or does without one of them."""
    text = "\n".join(f"    {line}" for line in CIRCUITS.splitlines())
    of = "".join(
        f"\n  {name}:\n    url: http://x\n    guards: {more}\n{text}"
        for name, more in {"a": "{}", "b": "{pace: {calls: 1}}", "c": "{hedge: {}}", "d": "{breaker: false}"}.items()
    )
    sources = build(read_sources(Document.parse(f"sources:{of}\n", "t.yaml")))
    assert [name for name, one in sources.items() if any(isinstance(guard, Together) for guard in guards(one))] == ["a"]
