"""Columns: a field's values for all objects of a level, and the levels below, without a barrier between them."""

import asyncio
from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from graphql import GraphQLSchema
from msgspec import UNSET

from engine import core
from engine.batched import one_each
from engine.complete import Buckets, Slot, mend, ordinary_type, read_default
from engine.instance_of import InstanceOf
from engine.plan import Attribute, Batched, Call, Column, Default, Direct, Entry, Field, Selected
from engine.positions import Scope
from engine.run import Run
from engine.told import arguments_of, info_of, told_of_column
from engine.turns import few, in_turns

Caller = Callable[[Any, int], Any]
"""From an object, and its place in the level, to the value of a field."""


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
        lists = await together([(fill_column(run, column, objects, scope), column.waits) for column in columns])
    return build(run, scope, objects, *lists) if few(objects) else await in_turns(build, run, scope, objects, *lists)


async def together(works: Sequence[tuple[Coroutine[Any, Any, Any], bool]]) -> list[Any]:
    """Do works at the same time, in a task each if they may wait; when one is given up, all are.

    The last of those that may wait needs no task of its own: it has this one.
    """
    begun: list[Any] = [work for work, _ in works]
    tasks = [place for place, (_, waits) in enumerate(works) if waits][:-1]
    loop = asyncio.get_running_loop()
    for place in tasks:
        begun[place] = loop.create_task(begun[place])
    done = list(begun)
    try:
        for place, work in enumerate(begun):
            if place not in tasks:
                done[place] = await work
        for place in tasks:
            done[place] = await begun[place]
    except BaseException:
        await _give_up(begun)
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
    """The completed values of one field for objects."""
    field = column.field
    if isinstance(field.source, Batched):
        values = await _resolve_batch(run, column, field.source, objects, scope)
    else:
        values = await _resolve_each(run, column, objects, scope)
    finish = column.finish
    if finish is None:
        return await _fill_below(run, column, values, scope)
    return finish(run, scope, values) if few(values) else await in_turns(finish, run, scope, values)


async def _resolve_batch(run: Run, column: Column, source: Batched, objects: Sequence[Any], scope: Scope) -> list[Any]:
    try:
        info, arguments = told_of_column(run, column, scope)
        values = source.function(objects, info, **arguments)
        if source.waits or core.awaitable(values):
            values = await values
        return one_each(source.function, values, objects)
    except Exception as error:  # noqa: BLE001 - it is the error of every field of the column
        return [error] * len(objects)


async def _resolve_each(run: Run, column: Column, objects: Sequence[Any], scope: Scope) -> list[Any]:
    """A value, or an exception in its place, for each object; all is asked for before anything is awaited."""
    try:
        call = _caller(run, column, scope)
    except Exception as error:  # noqa: BLE001 - it is the error of every field of the column
        return [error] * len(objects)
    values: list[Any] = []
    waiting: list[int] = []
    for index, thing in enumerate(objects):
        try:
            value = call(thing, index)
        except Exception as error:  # noqa: BLE001 - it is this field's error
            value = error
        if core.awaitable(value):
            waiting.append(index)
        values.append(value)
    if waiting:
        await _await_all(values, waiting)
    return values


async def _await_all(values: list[Any], waiting: Sequence[int]) -> None:
    if len(waiting) == 1:  # needs no task beside the column's own
        (index,) = waiting
        try:
            values[index] = await values[index]
        except Exception as error:  # noqa: BLE001 - it is this field's error
            values[index] = error
        return
    had = await asyncio.gather(*(values[index] for index in waiting), return_exceptions=True)
    for index, value in zip(waiting, had, strict=True):
        if isinstance(value, BaseException) and not isinstance(value, Exception):
            raise value
        values[index] = value


def _caller(run: Run, column: Column, scope: Scope) -> Caller:
    field, trail = column.field, column.trail
    match field.source:
        case Attribute(name, forgiving):
            return lambda thing, _: _attribute(thing, name, forgiving)
        case Call(function):
            return lambda thing, _: function(thing)
        case Entry(name, table):
            return lambda thing, _: table[getattr(thing, name)]
        case Direct() as source:
            return _direct(run, column, source, scope)
    if isinstance(field.source, Default) or field.declared.resolve is None:
        return lambda thing, index: read_default(run, field, thing, (trail, scope, index))
    resolve, arguments = field.declared.resolve, run.arguments(field)
    return lambda thing, index: resolve(thing, run.info(field, (trail, scope, index)), **arguments)


def _attribute(thing: Any, name: str, forgiving: bool) -> Any:
    value = getattr(thing, name)
    return None if forgiving and value is UNSET else value


def _direct(run: Run, column: Column, source: Direct, scope: Scope) -> Caller:
    field, trail, definition, declared = column.field, column.trail, column.definition, run.plan.declared
    assert definition is not None  # noqa: S101 - only Strawberry's fields are called directly
    assert not isinstance(declared, GraphQLSchema)  # noqa: S101 - see above
    arguments = arguments_of(run, declared, definition, field)

    def call(thing: Any, index: int) -> Any:
        named = dict(arguments)
        for name in source.objects:
            named[name] = thing
        if source.info is not None:
            named[source.info] = info_of(run, declared, field, (trail, scope, index), definition)
        return source.function(thing, **named) if source.positional else source.function(**named)

    return call


async def _fill_below(run: Run, column: Column, values: Sequence[Any], scope: Scope) -> list[Any]:
    """Go on with the objects that a column has brought."""
    filled = None
    if column.shape == 0:
        filled = await _fill_objects(run, column.field, values, scope)
    elif column.shape == 1:
        filled = await _fill_lists(run, column, values, scope)
    return await _fill_any(run, column, values, scope) if filled is None else filled


async def _fill_objects(run: Run, field: Field, values: Sequence[Any], scope: Scope) -> list[Any] | None:
    """One object or null a value; None where there is anything else among them."""
    which: Sequence[int] = [index for index, value in enumerate(values) if value is not None]
    objects = values if len(which) == len(values) else [values[index] for index in which]
    (selected,) = field.below.values()
    if not (field.nullable or objects is values) or not _plain(run, field, selected, objects):
        return None
    built = await fill(run, selected, objects, Scope(scope, field, which=which))
    if objects is values:
        return built
    filled: list[Any] = [None] * len(values)
    for index, one in zip(which, built, strict=True):
        filled[index] = one
    return filled


async def _fill_lists(run: Run, column: Column, values: Sequence[Any], scope: Scope) -> list[Any] | None:
    """One list of objects or null a value; None where there is anything else among them."""
    field = column.field
    objects: list[Any] = []
    counts: list[int] = []
    for value in values:
        if value.__class__ is list or value.__class__ is tuple:
            objects += value
            counts.append(len(value))
        elif value is None and field.nullable:
            counts.append(0)
        else:
            return None
    (selected,) = field.below.values()
    if not _plain(run, field, selected, objects):
        return None
    within = Scope(scope, field, counts=counts, nullable=column.items_nullable)
    built = await fill(run, selected, objects, within)
    ends, filled = 0, []
    for value, count in zip(values, counts, strict=True):
        filled.append(None if value is None else built[ends : ends + count])
        ends += count
    return filled


def _plain(run: Run, field: Field, selected: Selected, objects: Sequence[Any]) -> bool:
    """Whether all of these are objects of the selected type without a doubt."""
    kinds, asked = set(map(type, objects)), selected.type.is_type_of
    if kinds <= selected.seen:
        return True
    by_class = asked.kind if isinstance(asked, InstanceOf) else object
    if not all(ordinary_type(kind) and issubclass(kind, by_class) for kind in kinds):
        return False
    if asked is None or isinstance(asked, InstanceOf):
        selected.seen.clear()
        selected.seen.update(kinds)
        return True
    info = run.general_info(field)
    try:
        return all(core.belongs(selected.type, thing, info) for thing in objects)
    except Exception:  # noqa: BLE001 - it is asked again, and heard, by the careful way
        return False


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
    built = await together(
        [
            (fill(run, one.selected, one.objects, Scope(known=one.positions)), one.selected.waits and len(several) > 1)
            for one in several
        ]
    )
    for bucket, made in zip(several, built, strict=True):
        for slot, one in zip(bucket.slots, made, strict=True):
            slot.holder[slot.key] = one
