"""Runs the whole operator: every system on its own port, and the control server beside them."""

import gc
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import anyio
from anyio.abc import TaskGroup

from demo import control
from demo.disagree import Rates
from demo.listener import Listener
from demo.operator import Operator
from demo.systems import SYSTEMS
from demo.systems.system import System
from demo.trouble import AnyTrouble, Down, Troubled
from demo.truth import Truth, truth


class RunningSystem:
    """One system with its port, its calls and its trouble."""

    def __init__(self, system: System, port: int, latency: bool, tasks: TaskGroup) -> None:
        self.system = system
        self.troubled = Troubled(system.app, system.latency if latency else (0, 0))
        self._listener = Listener(self.troubled, port)
        self.troubled.reset = self._listener.reset
        self._tasks = tasks
        self.url = self._listener.url

    @property
    def address(self) -> dict[str, Any]:
        """Everything that a client has to know: the URL, the base paths, how to sign in."""
        auth = dict(self.system.auth)
        if "token_path" in auth:
            auth["token_url"] = self.url + auth.pop("token_path")
        apis = {api: self.url + path for api, path in self.system.paths.items()}
        return {"url": self.url, "apis": apis, "auth": auth}

    async def start(self) -> None:
        """Listen."""
        self.troubled.closing = anyio.Event()
        await self._listener.open(self._tasks)

    async def stop(self) -> None:
        """Listen no more; whatever was under way is dropped."""
        self.troubled.closing.set()
        await self._listener.close()

    async def trouble(self, trouble: AnyTrouble | None) -> None:
        """Switch a trouble on in place of the one before, or heal with None."""
        self.troubled.trouble = trouble
        await (self.stop() if isinstance(trouble, Down) else self.start())

    def release(self) -> None:
        """Give up the port."""
        self._listener.release()


@dataclass(frozen=True, slots=True)
class RunningOperator:
    """The operator as it runs: what is true of it, its systems and the control server's URL."""

    operator: Operator
    systems: dict[str, RunningSystem]
    control: str

    @property
    def truth(self) -> Truth:
        """What the systems should have said."""
        return truth(self.operator)

    @property
    def addresses(self) -> dict[str, Any]:
        """What the ready line says."""
        systems = {name: system.address for name, system in self.systems.items()}
        return {"ready": True, "systems": systems, "control": self.control}


@asynccontextmanager
async def running(
    seed: int = 7,
    circuits: int = 1000,
    latency: bool = True,
    port_base: int = 0,
    rates: Rates | None = None,
) -> AsyncIterator[RunningOperator]:
    """Run the operator for as long as the block lasts; `port_base` 0 takes free ports.

    With a port base the control server is on it, and the systems on the ports after it, in the registry's order.
    """
    with _collecting_nothing():
        operator = Operator(seed, circuits, rates)
    async with anyio.create_task_group() as tasks:
        ports = range(port_base, port_base + 1 + len(SYSTEMS)) if port_base else [0] * (1 + len(SYSTEMS))
        with _collecting_nothing():
            systems = {
                name: RunningSystem(build(operator), port, latency, tasks)
                for (name, build), port in zip(SYSTEMS.items(), ports[1:], strict=True)
            }
        switchboard = Listener(control.build(operator, systems), ports[0])
        try:
            await _together(*(system.start for system in systems.values()))
            await switchboard.open(tasks)
            yield RunningOperator(operator, systems, switchboard.url)
        finally:
            with anyio.CancelScope(shield=True):
                await _together(switchboard.close, *(system.stop for system in systems.values()))
            switchboard.release()
            for system in systems.values():
                system.release()


@contextmanager
def _collecting_nothing() -> Iterator[None]:
    """Pause the garbage collector, which would walk a growing world of which nothing is garbage again and again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


async def _together(*steps: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Take several steps at once; return when all are taken."""
    async with anyio.create_task_group() as tasks:
        for step in steps:
            tasks.start_soon(step)
