"""The pretend operator as a process of its own, and a gateway in front of it in the test's process."""

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import msgspec
import pytest

from gateway.assembly import assemble
from gateway.demonstration import demo_configuration
from gateway.engine_execution import EngineExecutor
from gateway.operation import Operation
from gateway.pretend_operator import PretendOperator, pretend_operator
from model.caller import Caller, Sight
from resolvers.request import Request
from resolvers.upstreams import Upstreams
from schema.root import schema

EXECUTOR = EngineExecutor(schema, planned_at=1)
"""Plans every operation at once, so that each is run by the engine."""
EVERYTHING = Sight()
STAFF = Caller("tester", staff=True)


@dataclass
class Gateway:
    """A gateway that can be asked, and the switches of the systems behind it."""

    upstreams: Upstreams
    control: httpx.AsyncClient
    deadline: float = 10.0

    async def ask(self, query: str, *customers: str, sight: Sight = EVERYTHING, **variables: Any) -> dict[str, Any]:
        """The whole answer; for these customers if any are named, in this sight; for staff otherwise."""
        caller = Caller("tester", customers=frozenset(customers), sight=sight) if customers else STAFF
        request = Request(self.upstreams, caller, asyncio.get_running_loop().time() + self.deadline)
        executed = await EXECUTOR(Operation(query=query, variables=variables), request)
        answer: dict[str, Any] = msgspec.json.decode(executed.body)
        return answer

    async def data(self, query: str, *customers: str, sight: Sight = EVERYTHING, **variables: Any) -> dict[str, Any]:
        """The data of an answer that has no errors."""
        answer = await self.ask(query, *customers, sight=sight, **variables)
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    async def trouble(self, system: str, **trouble: Any) -> None:
        """Switch a trouble on."""
        (await self.control.post(f"/systems/{system}/trouble", json=trouble)).raise_for_status()

    async def heal(self, system: str) -> None:
        """Switch it off."""
        (await self.control.delete(f"/systems/{system}/trouble")).raise_for_status()

    async def calls(self) -> dict[str, int]:
        """How many calls each system has counted since the last time this was asked, sign-ins aside."""
        calls = (await self.control.get("/calls")).json()
        (await self.control.post("/calls/reset")).raise_for_status()
        counted = {
            name: sum(1 for call in told["calls"] if not call["path"].endswith(("/token", "/session")))
            for name, told in calls.items()
        }
        return {name: count for name, count in counted.items() if count}


@pytest.fixture(scope="session")
def operator() -> Iterator[PretendOperator]:
    """The pretend operator of 1,000 circuits."""
    with pretend_operator(circuits=1000, seed=7) as running:
        yield running


@pytest.fixture(scope="session")
def truth(operator: PretendOperator) -> Any:
    """What the pretend operator knows of itself."""
    return httpx.get(f"{operator.control}/truth", timeout=30).json()


Opening = Callable[[], AbstractAsyncContextManager[Gateway]]


@pytest.fixture
def opening(operator: PretendOperator) -> Opening:
    """A way to open a gateway in a test; the systems are healed before and after."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[Gateway]:
        upstreams = assemble(demo_configuration(operator, os.environ))
        async with httpx.AsyncClient(base_url=operator.control, timeout=20) as control:
            gateway = Gateway(upstreams, control)
            for system in operator.systems:
                await gateway.heal(system)
            await gateway.calls()
            try:
                yield gateway
            finally:
                for system in operator.systems:
                    await gateway.heal(system)
                for one in {upstreams, gateway.upstreams}:  # a test may have put others in their place
                    await one.aclose()

    return opened
