"""Calls go out at a pace."""

from typing import Any

import anyio
import pytest

from model.faults import Overloaded
from sources.grammar.guards import PaceDeclaration
from sources.guards.pacing import Pacing
from tests.sources.chaos import Chaos, always
from tests.sources.conftest import BY_CODE, AskFor, Declare, Serve
from tests.sources.guarding import CIRCUITS, GOOD

pytestmark = pytest.mark.anyio


async def test_calls_are_spread_over_time(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """Three at once, then one every 50 ms, in the order in which they came."""
    chaos = Chaos(always(GOOD))
    paced = Pacing(declare(await serve(chaos), CIRCUITS), PaceDeclaration(calls=20, burst=3))
    ended: list[float] = []

    async def call() -> None:
        await paced.fetch(BY_CODE, ["C0"], ask())
        ended.append(anyio.current_time())

    began = anyio.current_time()
    async with anyio.create_task_group() as tasks:
        for _ in range(9):
            tasks.start_soon(call)
    assert ended[-1] - began >= 6 * 0.05
    assert paced.counts == {"waited": 6}


async def test_who_would_wait_in_vain_is_told_at_once(serve: Serve, declare: Declare, ask: AskFor) -> None:
    """And takes nobody's turn."""
    chaos = Chaos(always(GOOD))
    paced: Any = Pacing(declare(await serve(chaos), CIRCUITS), PaceDeclaration(calls=1, per=60.0))
    await paced.fetch(BY_CODE, ["C0"], ask())
    for _ in range(3):
        with pytest.raises(Overloaded, match=r"(59\.\d|60\.0) s"):
            await paced.fetch(BY_CODE, ["C0"], ask())
    assert ({"refused": 3}, 1) == (paced.counts, len(chaos.seen))
