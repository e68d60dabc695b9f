"""All guards together: in their order, and leaving nothing behind."""

import asyncio
import gc

import pytest

from model.faults import SourceFault
from sources.configuration import read_sources
from sources.guards.guard import guards
from sources.positions import Document
from sources.registry import build, close
from tests.sources.chaos import Chaos, always, as_json, table
from tests.sources.conftest import BY_CODE, LIST, AskFor, Serve
from tests.sources.guarding import CIRCUITS, ROWS

pytestmark = pytest.mark.anyio
EVERY = """
guards:
  fallback: {circuit by customer: copy}
  cache: {lookups: {circuit by code: {ttl: 1ms, stale_if_error: 1m}}}
  hedge: {}
  pace: {calls: 100000, burst: 1000}
  retries: {wait: 1ms}
"""
ORDER = [
    "trace",
    "cache",
    "fallback",
    "deadline",
    "single flight",
    "maintenance",
    "bulkhead",
    "retries",
    "breaker",
    "hedge",
    "pace",
    "meter",
]


def declared(url: str, guards_: str = EVERY) -> Document:
    """A source within all guards, and another without any that can be taken away."""
    text = "\n".join(f"    {line}" for line in (CIRCUITS + guards_).splitlines())
    other = "\n".join(f"    {line}" for line in (CIRCUITS + "guards: {retries: false, breaker: false}").splitlines())
    return Document.parse(f"sources:\n  crm:\n    url: {url}\n{text}\n  copy:\n    url: {url}\n{other}\n", "t.yaml")


def test_guards_stand_in_their_order_and_can_be_taken_away() -> None:
    """The outermost first; each stands where its neighbours need it."""
    sources = build(read_sources(declared("http://127.0.0.1:1")))
    assert ORDER == [guard.kind for guard in guards(sources["crm"])]
    usual = ["reserve", "trace", "deadline", "single flight", "maintenance", "bulkhead", "meter"]
    assert usual == [guard.kind for guard in guards(sources["copy"])]


async def test_a_call_leaves_nothing_to_the_collector(serve: Serve, ask: AskFor) -> None:
    """No reference cycle, no task, no timer: neither of what succeeds nor of what fails."""
    chaos = Chaos(table(ROWS))
    sources = build(read_sources(declared(await serve(chaos))))

    async def rounds() -> None:
        for number in range(40):
            await sources["crm"].fetch(BY_CODE, [f"C{number}", "C1"], ask())
            await sources["crm"].page(LIST, None, ask())

    await rounds()
    tasks = asyncio.all_tasks()
    gc.collect()
    gc.disable()
    try:
        await rounds()
        ours = [one for one in _left() if type(one).__module__.startswith(("sources", "model", "tests.sources.test"))]
    finally:
        gc.enable()
    assert [] == ours
    assert asyncio.all_tasks() <= tasks
    chaos.answer = always(as_json({}, 400))
    for _ in range(3):
        with pytest.raises(SourceFault):
            await sources["crm"].page(LIST, None, ask())
    await close(sources.values())


def _left() -> list[object]:
    """What is in cycles, and waits for the collector."""
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        gc.collect()
        return list(gc.garbage)
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
