"""What gateways over one Valkey know of each other, and what it costs when one of them, or the Valkey, is killed."""

import statistics
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import anyio
import httpx

from bench.outage.crowd import CLIENTS, CODE, WITHIN, Crowd, crowding
from bench.outage.fleet import PROGRAM, SECRET, Fleet

TAG = f"circuit:{CODE}"
Told = Callable[[Crowd, str], Awaitable[None]]
"""Tells a gateway what is out of date."""


async def by_webhook(crowd: Crowd, url: str) -> None:
    """As a system does."""
    headers = {"authorization": f"Bearer {SECRET}"}
    (await crowd.client.post(f"{url}/hooks/invalidate", json={"tags": [TAG]}, headers=headers)).raise_for_status()


async def by_command(_: Crowd, url: str) -> None:
    """As a person does; most of it is the start of the command."""
    await anyio.run_process([str(PROGRAM), "invalidate", TAG, "--url", url])


async def heard(crowd: Crowd, url: str, before: set[str], began: float) -> float:
    """Milliseconds until a gateway gives an answer that is younger than these."""
    with anyio.fail_after(WITHIN):
        while await crowd.fetched(url) in before:  # noqa: ASYNC110 - nobody is told when a gateway has heard
            await anyio.sleep(0.01)  # more often would take from the gateways what they are measured by
    return (time.perf_counter() - began) * 1000


async def invalidated(replicas: Sequence[str], told: Told, rounds: int) -> Mapping[str, Any]:
    """Milliseconds until each has heard, until who told had their answer, and from then on: median and longest."""
    took: dict[str, list[float]] = {"the one that is told": [], "the others": [], "the teller": [], "after that": []}
    async with httpx.AsyncClient(timeout=WITHIN) as client:
        crowd = Crowd(client, replicas)
        for number in range(rounds):
            one, *others = [replicas[(number + place) % len(replicas)] for place in range(len(replicas))]
            before = await crowd.kept()
            began = time.perf_counter()

            async def listen(url: str, into: str, before: set[str] = before, began: float = began) -> None:
                took[into].append(await heard(crowd, url, before, began))

            async with anyio.create_task_group() as tasks:
                tasks.start_soon(listen, one, "the one that is told")
                for other in others:
                    tasks.start_soon(listen, other, "the others")
                await told(crowd, one)
                took["the teller"].append((time.perf_counter() - began) * 1000)
            last = max(took["the others"][-len(others) :])
            took["after that"].append(max(0.0, last - took["the teller"][-1]))
    return {who: {"median": _ms(statistics.median(each)), "longest": _ms(max(each))} for who, each in took.items()}


async def under_load(gateways: Fleet, answers: int) -> Mapping[str, Any]:
    """What clients notice: answers and their p99 in each phase, and what was lost in all."""
    phases: dict[str, Any] = {}
    async with crowding(gateways.urls) as crowd:

        async def go_on(phase: str) -> None:
            before = len(crowd.took)
            await crowd.until_more(answers)
            took = sorted(crowd.took[before:])
            phases[phase] = {"answers": len(took), "p99 ms": _ms(took[int(len(took) * 0.99)] * 1000)}

        await go_on("all is well")
        crowd.killed = gateways.urls[-1]
        gateways.kill(crowd.killed)
        await go_on("a gateway is killed")
        gateways.kill_valkey()
        await go_on("the Valkey is killed")
        gateways.start_valkey()
        await go_on("the Valkey is back")
    lost = {"lost in flight at the killed": crowd.lost, "passed over": crowd.passed_over, "wrong": len(crowd.wrong)}
    return {"clients": CLIENTS, **lost, "phases": phases}


def _ms(figure: float) -> float:
    return round(figure, 1)
