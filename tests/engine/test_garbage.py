"""A request leaves nothing to the cyclic collector: cycles cost twelve per cent of CPU and half the memory."""

import asyncio
import gc
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest
import strawberry
from strawberry import Info

from engine import Plans, batched, encode, execute

pytestmark = pytest.mark.anyio


@strawberry.type
class Circuit:
    """Read, resolved one by one, resolved for all."""

    code: str

    @strawberry.field
    async def one(self, info: Info) -> str | None:
        """Resolve for one, sometimes in vain."""
        await asyncio.sleep(0)
        if self.code == "c1":
            raise ValueError(info.path.as_list())
        return self.code

    @batched(description="Hops, and in vain for one of them.")
    async def hops(parents: Sequence[Any], info: Info) -> Sequence[list["Circuit"] | None]:  # noqa: N805
        """Resolve for all."""
        await asyncio.sleep(0)
        return [LookupError("no") if index == 2 else [Circuit(code="h")] for index, _ in enumerate(parents)]

    @strawberry.field
    def broken(self) -> str:
        """Give back something else."""
        return None  # type: ignore[return-value]


@strawberry.type
class Query:
    """The root."""

    @strawberry.field
    async def lost(self, info: Info) -> str | None:
        """The only one that is waited for, in vain."""
        await asyncio.sleep(0)
        raise ValueError(info.path.as_list())

    @strawberry.field
    def unread(self) -> str | None:
        """In vain at once."""
        raise ValueError("unread")

    @strawberry.field
    async def circuits(self) -> list[Circuit | None]:
        """Some of them, one of them in vain."""
        return [Circuit(code=f"c{number}") for number in range(5)] + [ValueError("lost")]  # type: ignore[list-item]


@pytest.mark.parametrize(
    "query",
    [
        "{ circuits { code } }",
        "{ lost }",
        "{ unread }",
        "{ lost unread other: lost }",
        "{ circuits { code hops { code one } one } }",
        "{ circuits { code broken } }",
        "{ circuits { hops { broken } one two: one } }",
    ],
)
@pytest.mark.usefixtures("collector")
async def test_a_request_leaves_no_cycle(query: str) -> None:
    """With errors, too: they hold the frames through which they came."""
    plan = Plans(strawberry.Schema(Query), planned_at=1).find(query)
    assert plan is not None

    async def request() -> None:
        encode(await execute(plan, None, SimpleNamespace(columns={}), None))

    await request()
    gc.collect()
    for _ in range(10):
        await request()
        await asyncio.sleep(0)
    assert 0 == gc.collect()
