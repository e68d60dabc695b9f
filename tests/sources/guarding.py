"""What tests of guards share: a source of circuits by code, a clock that is set by hand, waiting for a condition."""

from collections.abc import Callable
from typing import Any

import anyio

from tests.sources.chaos import as_json

CIRCUITS = """
join: comma
records: {circuit: {code: code, name: name, customer: party}}
lookups:
  circuit by code: {get: /circuits, keys: {query: code}}
  circuit by customer: {get: /circuits, keys: {query: party}}
  circuit list: {get: /circuits}
"""
ROWS = [{"id": number, "code": f"C{number}", "name": f"专线 {number}", "party": "P"} for number in range(300)]
GOOD = as_json(ROWS[:1])


class Clock:
    """A clock that stands until it is set forward."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Tell the time, in seconds."""
        return self.now


async def until(condition: Callable[[], Any]) -> None:
    """Wait for a condition, within generous bounds."""
    with anyio.fail_after(60):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await anyio.sleep(0.002)
