"""Mixed faults for a while, under load: is every answer right or marked, and does anything grow."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import httpx

from bench.outage.faults import FAULTS, SOURCES, Behind
from bench.outage.judging import unmarked
from bench.outage.matrix import QUERY, Matrix
from bench.outage.served import Asked, Switches, complaints, hasty, served
from gateway.configuration import Configuration

CLIENTS = 3
EACH = (0.5, 2.5)
"""Seconds for which a fault lasts, at least and at most."""
CALM = 0.5
"""Seconds between two faults."""
GROWTH = 1.1
"""By how much the memory of the last third may be above that of the second: the first third is for warming up."""
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Soaked:
    """What came of it. wrong: paths, or what was raised, by how often; memory: MB, a sample a second."""

    seconds: float
    answers: int = 0
    marked: int = 0
    faults: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    memory: list[float] = field(default_factory=list)
    tasks: tuple[int, int] = (0, 0)
    connections: tuple[int, int] = (0, 0)

    @property
    def grown(self) -> float:
        """The memory of the last third over that of the one before."""
        third = max(1, len(self.memory) // 3)
        before, last = self.memory[-2 * third : -third], self.memory[-third:]
        return sum(last) / sum(before) if len(before) == len(last) else 1.0

    @property
    def leaked(self) -> bool:
        """Whether anything is left of what went on."""
        return self.grown > GROWTH or self.tasks[1] > self.tasks[0] or self.connections[1] > self.connections[0]

    def told(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "seconds": self.seconds,
            "answers": self.answers,
            "marked": self.marked,
            "faults": sum(self.faults.values()),
            "kinds": len({fault.partition(": ")[2] for fault in self.faults}),
            "wrong": dict(self.wrong),
            "memory_mb": {"first": self.memory[0], "last": self.memory[-1], "last_third_over_second": self.grown},
            "tasks": self.tasks,
            "connections": self.connections,
        }


class Soak:
    """Lets clients ask while one source after the other fails."""

    def __init__(self, tries: Matrix, configuration: Configuration, seed: int) -> None:
        self._board: Switches = tries.board
        self._tries = tries
        self._configuration = configuration
        self._chance = random.Random(seed)  # noqa: S311 - faults shall come again in the same order
        self._over = False

    async def soaked(self, seconds: float) -> Soaked:
        """Go on for so long."""
        struck = [behind for behind in SOURCES if behind.while_fails is None]
        healthy = await self._tries.healthy(struck[0])
        others = [await self._tries.without(frozenset([behind.source])) for behind in struck]
        found = Soaked(seconds)
        with complaints() as lines:
            async with served(hasty(self._configuration)) as gateway:
                await gateway.answer(QUERY)
                before = await _quiet()
                async with anyio.create_task_group() as tasks:
                    for _ in range(CLIENTS):
                        tasks.start_soon(self._ask, gateway, found, healthy, others)
                    tasks.start_soon(self._sample, found)
                    await self._strike(struck, seconds, found)
                    self._over = True
                await self._recovered(gateway, healthy, found)
                after = await _quiet()
        found.tasks, found.connections = (before[0], after[0]), (before[1], after[1])
        found.wrong.update(lines)
        return found

    async def _strike(self, sources: Sequence[Behind], seconds: float, found: Soaked) -> None:
        until = asyncio.get_running_loop().time() + seconds
        while asyncio.get_running_loop().time() < until:
            behind = self._chance.choice(sources)
            fault = self._chance.choice([fault for fault in FAULTS if behind.can_have(fault)])
            found.faults[f"{behind.source}: {fault}"] += 1
            await self._board.trouble(behind.system, behind.trouble(fault))
            await anyio.sleep(self._chance.uniform(*EACH))
            await self._board.heal(behind.system)
            await anyio.sleep(CALM)

    async def _ask(self, gateway: Asked, found: Soaked, healthy: Any, others: Sequence[Any]) -> None:
        while not self._over:
            try:
                answer = await gateway.answer(QUERY)
            except (httpx.HTTPStatusError, TimeoutError) as error:
                found.wrong[repr(error)] += 1
                continue
            found.answers += 1
            found.marked += answer["data"] != healthy
            # two may be missing where one fault follows another: a value has to be someone's word
            found.wrong.update(set.intersection(*(set(unmarked(answer, healthy, other)) for other in others)))

    async def _sample(self, found: Soaked) -> None:
        while not self._over:
            resident = (await anyio.Path("/proc/self/statm").read_text()).split()[1]
            found.memory.append(round(int(resident) * PAGE / 1e6, 1))
            await anyio.sleep(1)

    async def _recovered(self, gateway: Asked, healthy: Any, found: Soaked) -> None:
        with anyio.move_on_after(20):
            while (await gateway.answer(QUERY))["data"] != healthy:  # noqa: ASYNC110 - breakers rest for a while
                await anyio.sleep(0.1)
            return
        found.wrong["it did not recover"] += 1


async def _quiet() -> tuple[int, int]:
    """How many tasks there are, and sockets, once they do not become fewer."""
    least = (len(asyncio.all_tasks()), _sockets())
    for _ in range(20):
        await anyio.sleep(0.1)
        least = min(least[0], len(asyncio.all_tasks())), min(least[1], _sockets())
    return least


def _sockets() -> int:
    return sum(1 for one in Path("/proc/self/fd").iterdir() if one.is_symlink() and "socket:" in str(one.readlink()))
