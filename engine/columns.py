"""Columns: a field's values for all objects of a level, and the levels below, without a barrier between them."""

import asyncio
from collections.abc import Collection, Sequence
from typing import Any

from engine.below import Below, below, put_back
from engine.complete import Buckets, Slot, mend
from engine.plan import Column, Selected, apart
from engine.positions import Scope
from engine.resolving import resolve
from engine.run import Run
from engine.turns import FEW, in_turns


async def fill(run: Run, selected: Selected, objects: Sequence[Any], scope: Scope) -> list[Any]:
    """Answer a selection set for objects: their columns first, all at the same time, then the maps."""
    columns, build = selected.columns, selected.build
    if not objects:
        return []
    if not columns:
        lists = []
    elif len(columns) == 1:
        lists = [await fill_column(run, columns[0], objects, scope)]
    else:
        lists = await together([fill_column(run, column, objects, scope) for column in columns], selected.apart)
    few = len(objects) <= FEW
    return build(run, scope, objects, *lists) if few else await in_turns(build, run, scope, objects, *lists)


async def together(works: list[Any], apart: Collection[int]) -> list[Any]:
    """Do works at the same time: those at these places in a task each. When one is given up, all are.

    Those in tasks begin, and so mostly end, before the others, which have this task: what comes of them all is then
    gone on with at once, and not after what else there is to do.
    """
    loop = asyncio.get_running_loop()
    for place in apart:
        works[place] = loop.create_task(works[place])
    done = list(works)
    try:
        if apart:
            await asyncio.sleep(0)
        for place, work in enumerate(works):
            if place not in apart:
                done[place] = await work
        for place in apart:
            done[place] = await works[place]
    except BaseException:
        await _give_up(works)
        raise
    return done


async def _give_up(begun: Sequence[Any]) -> None:
    tasks = [one for one in begun if isinstance(one, asyncio.Task)]
    for one in begun:
        if isinstance(one, asyncio.Task):
            one.cancel()
        else:
            one.close()
    await asyncio.gather(*tasks, return_exceptions=True)


async def fill_column(run: Run, column: Column, objects: Sequence[Any], scope: Scope) -> list[Any]:
    """The completed values of one field for objects.

    A column that is alone on the level below is had here, too: there is nothing to be had beside it.
    """
    above: list[tuple[Column, Sequence[Any], Below]] = []
    while True:
        values = await resolve(run, column, objects, scope)
        finish = column.finish
        if finish is not None:
            filled = finish(run, scope, values) if len(values) <= FEW else await in_turns(finish, run, scope, values)
            break
        there = below(run, column, values, scope)
        if there is None:
            filled = await _fill_any(run, column, values, scope)
            break
        selected, objects, within = there
        if len(selected.columns) > 1 or not objects:
            filled = put_back(column, values, await fill(run, selected, objects, within))
            break
        above.append((column, values, there))
        (column,), scope = selected.columns, within
    for upper, values, (selected, objects, within) in reversed(above):
        build, few = selected.build, len(objects) <= FEW
        built = build(run, within, objects, filled) if few else await in_turns(build, run, within, objects, filled)
        filled = put_back(upper, values, built)
    return filled


async def _fill_any(run: Run, column: Column, values: Sequence[Any], scope: Scope) -> list[Any]:
    """Whatever the values are: lists of lists, several types, errors."""
    field, trail, buckets = column.field, column.trail, Buckets()
    filled: list[Any] = []
    for index, value in enumerate(values):
        one = mend(run, field, field.type, value, (trail, scope, index), buckets)
        if one.__class__ is Slot:
            one.holder, one.key = filled, index
        filled.append(one)
    await fill_buckets(run, buckets)
    return filled


async def fill_buckets(run: Run, buckets: Buckets) -> None:
    """Build the objects of all buckets and put them where they belong."""
    several = list(buckets.values())
    works = [fill(run, one.selected, one.objects, Scope(known=one.positions)) for one in several]
    built = await together(works, apart([one.selected.waits for one in several]))
    for bucket, made in zip(several, built, strict=True):
        for slot, one in zip(bucket.slots, made, strict=True):
            slot.holder[slot.key] = one
