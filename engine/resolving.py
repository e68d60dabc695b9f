"""The values of a column: a value, or an exception in its place, for each of its objects."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from engine import core
from engine.batched import one_each
from engine.complete import read_default
from engine.plan import Attribute, Batched, Call, Column, Default, Direct, Entry
from engine.positions import Position, Scope
from engine.reading import read
from engine.run import Run
from engine.told import arguments_of, info_of

Caller = Callable[[Any, int], Any]
"""From an object, and its place in the level, to the value of a field."""


async def resolve(run: Run, column: Column, objects: Sequence[Any], scope: Scope) -> list[Any]:
    """Ask for the values of a column, and wait for them."""
    source = column.field.source
    try:
        if isinstance(source, Batched):
            at = (column.trail, scope, 0)
            values = source.function(objects, info_of(run, column, at), **arguments_of(run, column))
            if source.waits or core.awaitable(values):
                values = await values
            return one_each(source.function, values, objects)
        if isinstance(source, Attribute):
            held = _held(source.name, objects)
            if held is not None:
                return held
        if len(objects) == 1 and isinstance(source, Direct) and source.waits:
            return [await _asked(run, column, source, arguments_of(run, column), objects[0], (column.trail, scope, 0))]
        return await _one_by_one(_caller(run, column, scope), objects)
    except Exception as error:  # noqa: BLE001 - it is the error of every field of the column
        return [error] * len(objects)


_LISTS = frozenset({list, tuple})


def _held(name: str, objects: Sequence[Any]) -> list[Any] | None:
    """The values of an attribute where all are lists, and there is nothing to be awaited; None where it is not so."""
    try:
        values = [getattr(thing, name) for thing in objects]
    except Exception:  # noqa: BLE001 - it is read again, and the error noted, by the careful way
        return None
    return values if _LISTS.issuperset(map(type, values)) else None


async def _one_by_one(call: Caller, objects: Sequence[Any]) -> list[Any]:
    """All is asked for before anything is awaited."""
    values = [_called(call, thing, index) for index, thing in enumerate(objects)]
    waiting = [index for index, value in enumerate(values) if core.awaitable(value)]
    if len(waiting) == 1:  # needs no task beside the column's own
        values[waiting[0]] = await _awaited(values[waiting[0]])
    elif waiting:
        had = await asyncio.gather(*(values[index] for index in waiting), return_exceptions=True)
        for index, value in zip(waiting, had, strict=True):
            if isinstance(value, BaseException) and not isinstance(value, Exception):
                raise value
            values[index] = value
    return values


def _called(call: Caller, thing: Any, index: int) -> Any:
    """A value, or the error in its place; who keeps that is not among the frames that it keeps."""
    try:
        return call(thing, index)
    except Exception as error:  # noqa: BLE001 - it is this field's error
        return error


async def _awaited(value: Any) -> Any:
    try:
        return await value
    except Exception as error:  # noqa: BLE001 - it is this field's error
        return error


def _caller(run: Run, column: Column, scope: Scope) -> Caller:
    field, trail = column.field, column.trail
    match field.source:
        case Attribute(name, forgiving=False):
            return lambda thing, _: getattr(thing, name)
        case Attribute(name):
            return lambda thing, _: read(thing, name)
        case Call(function):
            return lambda thing, _: function(thing)
        case Entry(name, table):
            return lambda thing, _: table[getattr(thing, name)]
        case Direct() as source:
            same = arguments_of(run, column)
            return lambda thing, index: _asked(run, column, source, dict(same), thing, (trail, scope, index))
    if isinstance(field.source, Default) or field.declared.resolve is None:
        return lambda thing, index: read_default(run, field, thing, (trail, scope, index))
    resolve, arguments = field.declared.resolve, run.arguments(field)
    return lambda thing, index: resolve(thing, run.info(field, (trail, scope, index)), **arguments)


def _asked(run: Run, column: Column, source: Direct, named: dict[str, Any], thing: Any, at: Position) -> Any:
    """What a resolver gives. named: its arguments, to which is added what else it takes."""
    for name in source.objects:
        named[name] = thing
    if source.info is not None:
        named[source.info] = info_of(run, column, at)
    return source.function(thing, **named) if source.positional else source.function(**named)
