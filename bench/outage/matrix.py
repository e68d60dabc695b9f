"""The fault matrix: each cell has an answer in time that is right or says what is missing, and an end by itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import anyio
import httpx

from bench.outage.faults import CACHES, Behind, Cell
from bench.outage.judging import named, says_old, unmarked
from bench.outage.served import Asked, Switches, complaints, demo, hasty, served, switches
from gateway.configuration import Configuration
from gateway.pretend_operator import PretendOperator

QUERY = """
query Everything {
  customers(first: 4) { completeness missing { source code } totalCount
    nodes { customerId name tier contacts { name role } accountManager { name } } }
  ordered: circuit(code: "SZSZ-IPVPN-000005") { ...Told
    tickets { completeness missing { source code } nodes { ticketId title state } }
    kpi(kpi: FRAME_DELAY, from: "2026-11-19T00:00:00Z", to: "2026-11-19T01:00:00Z", step: "PT10M")
      { completeness points { at value } } }
  alarmed: circuit(code: "SZSH-OTN-000030") { ...Told
    routes { role hops { element { elementId name vendor site { siteId name city } } } }
    alarms { completeness missing { source code } nodes { alarmId perceivedSeverity probableCause } } }
  dialled: circuit(code: "GZGZ-VPDN-000016") { ...Told vpdnDomain { realm lns sessionsAtMost }
    vpdnSessions(first: 5) { completeness missing { source code } nodes { userName state } }
    tickets { completeness missing { source code } nodes { ticketId title state } } }
}
fragment Told on Circuit { code name state bandwidthBps operationalState customer { customerId name } }
"""
"""Something of every source; the circuits have orders and work orders, alarms, tickets and a domain."""
RECOVERY = 20.0
"""Seconds after which a source that answers again should long have been heard."""
PRIMED = 2
"""How often something is asked until all is kept: an operation asks for other fields once there is a plan for it."""
ATTEMPTS = 4
"""How often a cell is tried in which another source did not answer in time: that is the machine's doing."""
WHOLE, MARKED, OLD, WRONG = "whole", "marked", "old", "WRONG"


@dataclass(frozen=True)
class Judged:
    """What came of a cell: one word, the answer's seconds, the codes told, and what was wrong."""

    cell: Cell
    word: str
    seconds: float
    codes: frozenset[str]
    wrong: tuple[str, ...] = ()


@asynccontextmanager
async def matrix(operator: PretendOperator) -> AsyncIterator["Matrix"]:
    """A matrix to be tried against this operator, with a gateway of its own that tells what is right."""
    configuration = demo(operator)
    async with switches(operator) as board, served(hasty(configuration)) as reference:
        yield Matrix(configuration, board, reference)


class Matrix:
    """Tries cells, one after the other, against one pretend operator.

    board: its switches. reference: a gateway that tells what is right.
    """

    def __init__(self, configuration: Configuration, board: Switches, reference: Asked) -> None:
        self.board = board
        self.reference = reference
        self._configurations = {cache: hasty(configuration, cache) for cache in CACHES}
        self._healthy: dict[bool, Any] = {}
        self._without: dict[frozenset[str], Any] = {}

    async def judged(self, cell: Cell) -> Judged:
        """What comes of a cell."""
        for _ in range(ATTEMPTS):
            told, disturbed = await self._tried(cell)
            if not disturbed:
                break
        return told

    async def healthy(self, behind: Behind) -> Any:
        """The data when nothing fails but what has to for this source to be asked."""
        key = behind.while_fails is not None
        if key not in self._healthy:
            self._healthy[key] = await _undisturbed(self.reference, frozenset({"resources"} if key else ()))
        return self._healthy[key]

    async def without(self, struck: frozenset[str]) -> Any:
        """The data of a gateway that does without these sources."""
        if struck not in self._without:
            for source in struck:
                await self.reference.set_aside(source, on=True)
            self._without[struck] = await _undisturbed(self.reference, struck | {"resources"})
            for source in struck:
                await self.reference.set_aside(source, on=False)
        return self._without[struck]

    async def _tried(self, cell: Cell) -> tuple[Judged, bool]:
        behind = cell.behind
        await self._prepare(behind)
        try:
            healthy, without = await self.healthy(behind), await self.without(behind.struck(cell.fault))
            with complaints() as lines:
                async with served(self._configurations[cell.cache]) as gateway:
                    return await self._met(cell, gateway, healthy, without, lines)
        except (httpx.HTTPStatusError, TimeoutError) as error:
            return Judged(cell, WRONG, 0.0, frozenset(), (repr(error),)), False
        finally:
            await self.board.heal(behind.system, *(behind.while_fails or ())[:1])

    async def _met(
        self, cell: Cell, gateway: Asked, healthy: Any, without: Any, lines: list[str]
    ) -> tuple[Judged, bool]:
        for _ in range(0 if cell.cache == "cold" else PRIMED):
            await _as_ever(gateway, healthy)
        await self.board.trouble(cell.behind.system, cell.behind.trouble(cell.fault))
        began = asyncio.get_running_loop().time()
        answer = await gateway.answer(QUERY)
        took = asyncio.get_running_loop().time() - began
        await self.board.heal(cell.behind.system)
        await _as_ever(gateway, healthy)
        wrong = (*unmarked(answer, healthy, without), *untold(answer, cell, healthy), *lines)
        failed = {one["source"]: one["code"] for one in answer["extensions"]["sources"] if one["outcome"] != "ok"}
        struck = cell.behind.struck(cell.fault) | {"resources"}
        word = WRONG if wrong else _word(answer, healthy)
        codes = frozenset(code for name, code in failed.items() if code and name == cell.behind.source)
        return Judged(cell, word, took, codes, wrong), bool(failed.keys() - struck)

    async def _prepare(self, behind: Behind) -> None:
        if behind.while_fails is not None:
            system, path = behind.while_fails
            await self.board.trouble(system, {"kind": "failing", "path": path})


async def _as_ever(gateway: Asked, healthy: Any) -> None:
    with anyio.fail_after(RECOVERY):
        while (await gateway.answer(QUERY))["data"] != healthy:  # noqa: ASYNC110 - a breaker rests for a while
            await anyio.sleep(0.05)


async def _undisturbed(gateway: Asked, away: frozenset[str]) -> Any:
    """Data for which no other source failed."""
    with anyio.fail_after(RECOVERY):
        while True:
            answer = await gateway.answer(QUERY)
            failed = {one["source"] for one in answer["extensions"]["sources"] if one["outcome"] != "ok"}
            if failed <= away:
                return answer["data"]


def untold(answer: dict[str, Any], cell: Cell, healthy: Any) -> list[str]:
    """Whether a failure that shows in the data is told of the source that failed, or of what it cut short."""
    failed = {one["source"] for one in answer["extensions"]["sources"] if one["outcome"] != "ok"}
    blamed = {one["extensions"].get("source") for one in answer.get("errors", ())}
    told = failed | blamed | named(answer["data"])
    return [] if answer["data"] == healthy or told & cell.behind.struck(cell.fault) else ["extensions.sources"]


def _word(answer: dict[str, Any], healthy: Any) -> str:
    if any(one["outcome"] == "stale" for one in answer["extensions"]["sources"]) or says_old(answer["data"]):
        return OLD
    return WHOLE if answer["data"] == healthy else MARKED
