"""What telemetry reads of a source: figures of each call, steps of requests that are followed, names passed on."""

from dataclasses import dataclass, field
from typing import Any

import anyio
import pytest

from model.faults import SourceFault
from sources.calls import counting_calls
from sources.configuration import read_sources
from sources.durations import BOUNDS, Durations
from sources.guards.bulkhead import Bulkhead
from sources.guards.guard import guards
from sources.guards.meter import Meter
from sources.passed_on import passed_on, passing_on
from sources.positions import Document
from sources.registry import build, close
from sources.trail import following
from tests.sources.chaos import Chaos, Hanging, always, as_json, table
from tests.sources.conftest import BY_CODE, LIST, AskFor, Serve
from tests.sources.guarding import CIRCUITS, ROWS, until

pytestmark = pytest.mark.anyio


def sources_at(url: str) -> dict[str, Any]:
    """The source of circuits, within the guards that every source has."""
    text = "\n".join(f"    {line}" for line in (CIRCUITS + "guards: {retries: false}").splitlines())
    return build(read_sources(Document.parse(f"sources:\n  crm:\n    url: {url}\n{text}\n", "t.yaml")))


def meter_of(source: Any) -> Meter:
    """Its meter."""
    return next(guard for guard in guards(source) if isinstance(guard, Meter))


@dataclass
class Steps:
    """A trail that remembers what it is told."""

    headers: dict[str, str] = field(default_factory=lambda: {"traceparent": "00-1-2-01"})
    begun: list[tuple[str, str, int]] = field(default_factory=list)
    ended: list[tuple[str, int]] = field(default_factory=list)

    def step(self, source: str, lookup: str, keys: int) -> "Steps":
        """Remember who is asked."""
        self.begun.append((source, lookup, keys))
        return self

    def end(self, outcome: str, calls: int) -> None:
        """Remember what came of it."""
        self.ended.append((outcome, calls))


def test_durations_are_counted_into_steps() -> None:
    """A step holds what took its bound at most; the last holds what took longer than any."""
    durations = Durations()
    for seconds in (0.0, BOUNDS[0], BOUNDS[0] * 1.01, BOUNDS[-1] + 1):
        durations.note(seconds)
    assert [2, 1, *[0] * (len(BOUNDS) - 2), 1] == durations.counts
    assert sum(BOUNDS[:1]) < durations.seconds


async def test_each_call_is_counted_by_lookup_and_outcome(serve: Serve, ask: AskFor) -> None:
    """What succeeds is `ok`, what fails has its code, and each has its duration."""
    chaos = Chaos(table(ROWS))
    sources = sources_at(await serve(chaos))
    await sources["crm"].fetch(BY_CODE, ["C1"], ask())
    await sources["crm"].page(LIST, None, ask())
    chaos.answer = always(as_json({}, 500))
    with pytest.raises(SourceFault):
        await sources["crm"].fetch(BY_CODE, ["C2"], ask())
    measured = meter_of(sources["crm"]).measured
    assert {"ok": 1, "SOURCE_UNAVAILABLE": 1} == measured[BY_CODE].outcomes
    assert {"ok": 1} == measured[LIST].outcomes
    assert [2, 1] == [sum(measured[lookup].durations.counts) for lookup in (BY_CODE, LIST)]
    await close(sources.values())


async def test_a_call_that_is_given_up_is_under_way_no_more(serve: Serve, ask: AskFor) -> None:
    """Whoever goes away leaves no call behind, neither in the meter nor in the queue."""
    sources = sources_at(await serve(Chaos(always(Hanging()))))
    meter = meter_of(sources["crm"])
    queue = next(guard for guard in guards(sources["crm"]) if isinstance(guard, Bulkhead))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(sources["crm"].fetch, BY_CODE, ["C1"], ask(within=60))
        await until(lambda: meter.under_way == queue.under_way == 1)
        tasks.cancel_scope.cancel()
    assert (0, 0, {"cancelled": 1}) == (meter.under_way, queue.under_way, meter.measured[BY_CODE].outcomes)
    await close(sources.values())


async def test_a_followed_request_has_a_step_for_each_asking(serve: Serve, ask: AskFor) -> None:
    """With the number of keys, the outcome, and the upstream calls, which count for the request, too."""
    chaos = Chaos(table(ROWS))
    sources, steps = sources_at(await serve(chaos)), Steps()
    calls = counting_calls()
    with following(steps):
        await sources["crm"].fetch(BY_CODE, ["C1", "C2"], ask())
        chaos.answer = always(as_json({}, 500))
        with pytest.raises(SourceFault):
            await sources["crm"].page(LIST, None, ask())
    await close(sources.values())
    assert [("crm", "circuit by code", 2), ("crm", "circuit list", 0)] == steps.begun
    assert [("ok", 1), ("SOURCE_UNAVAILABLE", 1)] == steps.ended
    assert {"crm": 2} == calls


async def test_the_name_of_the_request_and_its_trace_go_upstream(serve: Serve, ask: AskFor) -> None:
    """Where there is a request that is followed; what is asked outside of any brings neither."""
    chaos = Chaos(table(ROWS))
    sources = sources_at(await serve(chaos))
    with following(Steps()), passing_on({"x-request-id": "abc"}):
        await sources["crm"].fetch(BY_CODE, ["C1"], ask())
    await sources["crm"].fetch(BY_CODE, ["C2"], ask())
    await close(sources.values())
    told = [{name: one.get(name) for name in ("x-request-id", "traceparent")} for one in chaos.headers]
    assert [
        {"x-request-id": "abc", "traceparent": "00-1-2-01"},
        {"x-request-id": None, "traceparent": None},
    ] == told
    assert {} == passed_on()
