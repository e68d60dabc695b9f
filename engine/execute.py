"""Running a plan."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from engine import core
from engine.columns import fill, fill_buckets, fill_column
from engine.complete import Buckets, Slot, mend
from engine.plain import plain_values
from engine.plan import Field, Plan, Typename
from engine.positions import ROOT, Position, path_of
from engine.propagate import propagate, reaches_top
from engine.response_map import Top
from engine.result import Result
from engine.run import Run

_NONE: Mapping[str, Any] = {}


async def execute(
    plan: Plan, variables: Mapping[str, Any] | None = None, context: Any = None, root: Any = None
) -> Result:
    """Answer an operation. Only what is wrong with the variables is refused; all else is told in the answer."""
    given = variables or _NONE
    coerced = plain_values(plan.plain, given) if plan.plain is not None else None
    if coerced is not None:
        run = Run(plan, coerced, None, context, root)
    else:
        values = core.variable_values(plan.schema, plan.operation, given)
        if isinstance(values, list):
            return Result(None, values, refused=True)
        run = Run(plan, values.coerced, values, context, root)
    data: Top | None
    if plan.serial:
        data = await _serially(run)
    else:
        [data] = await fill(run, plan.root, [root], ROOT)
        if run.late:
            await _settle(run, data)
    if not run.errors:
        return Result(data, [])
    data, errors = propagate(data, run.errors)
    run.errors.clear()  # errors hold the frames that they came through, which hold the run
    return Result(data, errors)


async def _serially(run: Run) -> Top:
    """One root field after the other, each with all that is below it, until one takes away the whole answer."""
    data: dict[str, Any] = {}
    columns = {column.field.key: column for column in run.plan.root.columns}
    for field in run.plan.root.fields:
        if isinstance(field.source, Typename):
            data[field.key] = run.plan.root.type.name
            continue
        [data[field.key]] = await fill_column(run, columns[field.key], [run.root], ROOT)
        await _settle(run, data)
        if any(reaches_top(position) for position, _, _ in run.errors):
            break
    return data


async def _settle(run: Run, data: Top) -> None:
    """Await what turned out to be awaitable where no resolver is, complete it and put it in its place."""
    while run.late:
        late, run.late = run.late, []
        had = await asyncio.gather(*(_awaited(value) for _, value, _, _ in late), return_exceptions=True)
        buckets: dict[Field, Buckets] = {}
        for (at, _, field, type_), value in zip(late, had, strict=True):
            if isinstance(value, BaseException) and not isinstance(value, Exception):
                raise value
            _place(data, at, mend(run, field, type_, value, at, buckets.setdefault(field, {})))
        for several in buckets.values():
            await fill_buckets(run, several)


async def _awaited(value: Any) -> Any:
    return [one async for one in value] if hasattr(value, "__aiter__") else await value


def _place(data: Top, at: Position, value: Any) -> None:
    path: Sequence[str | int] = path_of(at)
    holder: Any = data
    for key in path[:-1]:
        holder = holder[key] if holder is not None else None
    if holder is None:  # a list on the way has ended in an error
        return
    if isinstance(value, Slot):  # not put there itself: it holds a response map that must not hold it
        value.holder, value.key = holder, path[-1]
    else:
        holder[path[-1]] = value
