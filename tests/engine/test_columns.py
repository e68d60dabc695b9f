# ruff: noqa: D101, D102, N805 - small types whose names say enough; what is resolved upon is no `self`
"""Columns: one call for all parents, no barrier between levels, nothing left running."""

import asyncio
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any, Optional

import anyio
import pytest
import strawberry
from aiodataloader import DataLoader
from strawberry import Info

from engine import Plans, Result, batched, execute, selection
from engine.batched import WrongLength
from engine.columns import together as works_together

pytestmark = pytest.mark.anyio


@strawberry.type
class Leaf:
    name: str

    @batched(description="Its parents' names, told together.")
    async def together(parents: Sequence[Any], info: Info) -> Sequence[str]:
        info.context.log.append(f"{info.context.names[id(info._raw_info.field_nodes[0])]} of {len(parents)}")
        return [parent.name for parent in parents]


@strawberry.type
class Branch:
    name: str

    @batched(description="Leaves that come at once.")
    async def quick(parents: Sequence[Any], info: Info) -> Sequence[list[Leaf]]:
        return [[Leaf(name=parent.name)] * 2 for parent in parents]

    @batched(description="Leaves that wait until the quick ones' own columns have been resolved.")
    async def slow(parents: Sequence[Any], info: Info, first: int = 2) -> Sequence[list[Leaf]]:
        await info.context.go.wait()
        return [[Leaf(name=parent.name)] * first for parent in parents]

    @batched(description="Too few.")
    async def short(parents: Sequence[Any], info: Info) -> Sequence[str | None]:
        return ["one"]

    @batched(description="Nothing at all.")
    async def broken(parents: Sequence[Any], info: Info) -> Sequence[str | None]:
        raise LookupError("broken")

    @batched(description="What is selected, seen from the resolver.")
    async def seen(parents: Sequence[Any], info: Info) -> Sequence[list[Leaf]]:
        info.context.log.append(sorted(selection(info).fields))
        return [[] for _ in parents]

    @batched(description="Branches on it: several, none, null, or what the request says.")
    async def twigs(parents: Sequence[Any], info: Info) -> Sequence[list[Optional["Branch"]] | None]:
        grown = {"c": [Branch(name=name) for name in "cdb"], "d": [], **info.context.grown}
        return [grown.get(parent.name) for parent in parents]

    @strawberry.field
    async def loaded(root, info: Info) -> str:
        return str(await info.context.loader.load(root.name))

    @strawberry.field
    def loaded_later(root, info: Info) -> str:
        return info.context.loader.load(root.name)  # type: ignore[no-any-return]

    @strawberry.field
    async def within(root, info: Info) -> str | None:
        async with asyncio.timeout(0.001):
            await asyncio.Event().wait()
        return "never"


@strawberry.type
class Query:
    @strawberry.field
    def branches(self) -> list[Branch]:
        return [Branch(name=name) for name in "abc"]

    @strawberry.field
    def none(self) -> list[Branch]:
        return []

    @strawberry.field
    async def stuck(self, info: Info) -> str:
        try:
            await asyncio.Event().wait()
        finally:
            info.context.log.append("given up")
        return "never"


class Loader(DataLoader[str, str]):
    def __init__(self, log: list[Any]) -> None:
        super().__init__()
        self._log = log

    async def batch_load_fn(self, keys: list[str]) -> list[str]:
        self._log.append(keys)
        return [key.upper() for key in keys]


def context() -> Any:
    """A request's context."""
    log: list[Any] = []
    return SimpleNamespace(columns={}, log=log, loader=Loader(log), go=asyncio.Event(), names={}, grown={})


SCHEMA = strawberry.Schema(Query)


async def ask(query: str, told: Any, variables: dict[str, Any] | None = None) -> Result:
    """Plan and execute."""
    plan = Plans(SCHEMA, planned_at=1).find(query, None, variables)
    assert plan is not None
    with anyio.fail_after(5):
        return await execute(plan, variables, told)


async def test_a_column_goes_on_while_its_neighbours_wait() -> None:
    """What is below a quick field is resolved before a slow field of the same level has come."""
    told = context()

    class Names(dict[int, str]):
        def __missing__(self, _: int) -> str:
            told.go.set()
            return "resolved"

    told.names = Names()
    result = await ask("{ branches { slow { name } quick { together } } }", told)
    assert ["resolved of 6"] == told.log
    assert [] == result.errors


async def test_a_batched_field_is_called_once_for_all_parents() -> None:
    """However deep they stand, and wherever."""
    told = context()
    told.go.set()
    told.names = {}
    result = await ask("{ branches { seen { name ...F } } } fragment F on Leaf { together }", told)
    assert [["name", "together"]] == told.log
    assert {"branches": [{"seen": []}] * 3} == result.data


async def test_without_parents_nothing_is_called() -> None:
    """An empty level asks nobody."""
    told = context()
    assert {"none": []} == (await ask("{ none { seen { name } loaded } }", told)).data
    assert [] == told.log


async def test_a_wrong_number_of_values_is_an_error_in_every_slot() -> None:
    """Values that cannot be told apart are given to nobody."""
    result = await ask("{ branches { short } }", context())
    assert {"branches": [{"short": None}] * 3} == result.data
    assert [["branches", index, "short"] for index in range(3)] == [error.path for error in result.errors]
    assert all(isinstance(error.original_error, WrongLength) for error in result.errors)


async def test_a_failing_resolver_is_an_error_in_every_slot() -> None:
    """Each parent's error has its own path."""
    result = await ask("{ branches { broken name } }", context())
    assert [["branches", index, "broken"] for index in range(3)] == [error.path for error in result.errors]
    assert {"branches": [{"broken": None, "name": name} for name in "abc"]} == result.data


@pytest.mark.parametrize("odd", [{}, {"b": LookupError("broken")}, {"c": [Branch(name="c"), None, Branch(name="d")]}])
async def test_a_column_alone_on_its_level_comes_to_what_it_does_beside_others(odd: dict[str, Any]) -> None:
    """Whatever its values are, on as many levels as there are: objects, nulls, empty lists and errors."""
    told = context()
    told.grown = odd
    alone = await ask("{ branches { twigs { twigs { twigs { loaded } } } } }", told)
    others = "seen { name }"
    query = f"{{ branches {{ {others} twigs {{ {others} twigs {{ {others} twigs {{ {others} loaded }} }} }} }} }}"
    beside = await ask(query, told)
    assert _without(beside.data, "seen") == alone.data
    assert [error.path for error in beside.errors] == [error.path for error in alone.errors]
    assert "C" in str(alone.data)


def _without(value: Any, key: str) -> Any:
    if isinstance(value, list):
        return [_without(one, key) for one in value]
    if isinstance(value, dict):
        return {name: _without(one, key) for name, one in value.items() if name != key}
    return value


@pytest.mark.parametrize("field", ["loaded", "loadedLater"])
async def test_loads_of_a_column_are_issued_before_any_is_awaited(field: str) -> None:
    """Ordinary resolvers that use a loader make one call, be they coroutines or not."""
    told = context()
    result = await ask(f"{{ branches {{ {field} }} }}", told)
    assert [["a", "b", "c"]] == told.log
    assert {"branches": [{field: name} for name in "ABC"]} == result.data


async def test_loads_of_two_columns_are_issued_together() -> None:
    """Fields next to each other share a loader's call."""
    told = context()
    await ask("{ branches { loaded loadedLater again: loaded } }", told)
    assert [["a", "b", "c"]] == told.log


async def test_a_timeout_within_a_resolver_is_that_fields_error() -> None:
    """Each awaited resolver has a task of its own, so that its deadlines work."""
    result = await ask("{ branches { within } }", context())
    assert {"branches": [{"within": None}] * 3} == result.data
    assert all(isinstance(error.original_error, TimeoutError) for error in result.errors)


async def test_arguments_come_from_variables() -> None:
    """Coerced once a column."""
    told = context()
    told.go.set()
    result = await ask("query ($n: Int!) { branches { slow(first: $n) { name } } }", told, {"n": 1})
    assert {"branches": [{"slow": [{"name": name}]} for name in "abc"]} == result.data


async def test_arguments_that_are_wrong_only_at_run_time_are_errors() -> None:
    """A null for an argument that may not be null."""
    told = context()
    result = await ask("query ($n: Int = 1) { branches { slow(first: $n) { name } } }", told, {"n": None})
    assert result.data is None
    assert ["branches", 0, "slow"] == result.errors[0].path


async def test_wrong_variables_are_refused_before_anything_is_done() -> None:
    """There is no data to speak of then."""
    result = await ask("query ($n: Int!) { branches { slow(first: $n) { name } } }", context(), {"n": "x"})
    assert (True, None) == (result.refused, result.data)
    assert "Int cannot represent" in result.errors[0].message


async def test_who_gives_up_leaves_nothing_running() -> None:
    """A cancelled operation cancels its columns and waits for their end."""
    told = context()
    plan = Plans(SCHEMA, planned_at=1).find("{ stuck other: stuck branches { slow { name } } }")
    assert plan is not None
    before = asyncio.all_tasks()
    running = asyncio.create_task(execute(plan, None, told))
    await anyio.wait_all_tasks_blocked()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert ["given up", "given up"] == told.log
    assert before == asyncio.all_tasks()


async def test_works_in_tasks_begin_before_the_one_that_has_none() -> None:
    """What comes of all is gone on with in the turn in which the last ends; what has not begun by then never does."""
    begun: list[int] = []
    gate = asyncio.Event()

    async def work(number: int) -> int:
        begun.append(number)
        await gate.wait()
        return number

    whole = asyncio.ensure_future(works_together([work(number) for number in range(3)], [0, 2]))
    for _ in range(3):
        await asyncio.sleep(0)
    assert begun == [0, 2, 1]
    gate.set()
    await asyncio.sleep(0)
    assert whole.done()
    assert await whole == [0, 1, 2]
    gate.clear()
    given_up = asyncio.ensure_future(works_together([work(number) for number in range(3)], [0, 2]))
    await asyncio.sleep(0)
    given_up.cancel()
    with pytest.raises(asyncio.CancelledError):
        await given_up
    assert begun[3:] == [0, 2]
