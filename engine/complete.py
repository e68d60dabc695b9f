"""The careful way for one value: graphql-core's semantics, word for word, and exact places."""

from collections.abc import Iterable
from types import CoroutineType
from typing import Any

from graphql import (
    GraphQLError,
    Undefined,
    default_field_resolver,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
)
from graphql.pyutils import inspect, is_iterable
from msgspec import UNSET, UnsetType

from engine import core
from engine.plan import Attribute, Field, Selected
from engine.positions import Position, Scope
from engine.run import Run

ODD = (Exception, UnsetType, CoroutineType, type(Undefined))
"""What may stand for a value without being one."""

_NEVER = (*ODD, type(None))

LATER = object()
"""Stands where a value will be once it has been awaited."""


class Slot:
    """Stands where an object will be once the objects of its level have been built."""

    __slots__ = ("holder", "key")

    holder: Any
    key: Any


class Bucket:
    """Objects of one type that were met here and there, to be built together."""

    __slots__ = ("objects", "positions", "selected", "slots")

    def __init__(self, selected: Selected) -> None:
        self.selected = selected
        self.objects: list[Any] = []
        self.positions: list[Position] = []
        self.slots: list[Slot] = []

    def put(self, thing: Any, at: Position) -> Slot:
        """Add an object."""
        slot = Slot()
        self.objects.append(thing)
        self.positions.append(at)
        self.slots.append(slot)
        return slot


Buckets = dict[str, Bucket]


def ordinary(value: Any) -> bool:
    """Whether a value can be an object whose fields are read."""
    return value is not None and not isinstance(value, ODD) and not hasattr(value, "__await__")


def ordinary_type(type_: type) -> bool:
    """The same, for all values of a Python type."""
    return not issubclass(type_, _NEVER) and not hasattr(type_, "__await__")


def lost(run: Run, field: Field, error: Exception, at: Position) -> None:
    """Note that a field cannot be had."""
    run.errors.append((at, error, field))


def mend(run: Run, field: Field, type_: Any, value: Any, at: Position, buckets: Buckets | None = None) -> Any:
    """Complete a value that is not plainly as declared; what is wrong with it is noted."""
    if core.awaitable(value) or (hasattr(value, "__aiter__") and _takes_list(type_)):
        run.late.append((at, value, field, type_))
        return LATER
    if isinstance(value, Exception):  # noted, not raised: its traceback would hold a frame that holds it
        run.errors.append((at, value, field))
        return None
    if value is UNSET and type_ is field.type and isinstance(field.source, Attribute) and field.source.forgiving:
        value = None
    try:
        return _complete(run, field, type_, value, at, buckets)
    except Exception as error:  # noqa: BLE001 - whatever is wrong with a value is the field's error
        run.errors.append((at, error, field))
        return None


def read_default(run: Run, field: Field, thing: Any, at: Position) -> Any:
    """Read as graphql-core does."""
    return default_field_resolver(thing, run.info(field, at), **run.arguments(field))


def _takes_list(type_: Any) -> bool:
    return is_list_type(type_.of_type if is_non_null_type(type_) else type_)


def _complete(run: Run, field: Field, type_: Any, value: Any, at: Position, buckets: Buckets | None) -> Any:
    if is_non_null_type(type_):
        completed = _complete(run, field, type_.of_type, value, at, buckets)
        if completed is None:
            raise TypeError(f"Cannot return null for non-nullable field {field.parent}.{field.name}.")
        return completed
    if value is None or value is Undefined:
        return None
    if is_list_type(type_):
        return _complete_list(run, field, type_.of_type, value, at, buckets)
    if is_leaf_type(type_):
        return _complete_leaf(type_, value)
    return _complete_object(run, field, type_, value, at, buckets)


def _complete_list(
    run: Run, field: Field, type_: Any, values: Iterable[Any], at: Position, buckets: Buckets | None
) -> list[Any]:
    if not is_iterable(values):
        raise GraphQLError(f"Expected Iterable, but did not find one for field '{field.parent}.{field.name}'.")
    nullable = not is_non_null_type(type_)
    items: list[Any] = []
    for index, value in enumerate(values):
        item = mend(run, field, type_, value, (at, index, nullable, index), buckets)
        if item.__class__ is Slot:
            item.holder, item.key = items, index
        items.append(item)
    return items


def _complete_leaf(type_: Any, value: Any) -> Any:
    written = type_.coerce_output_value(value)
    if written is Undefined or written is None:
        raise TypeError(
            f"Expected `{inspect(type_)}.coerce_output_value({inspect(value)})` to return non-nullable value,"
            f" returned: {inspect(written)}"
        )
    return written


def _complete_object(run: Run, field: Field, type_: Any, value: Any, at: Position, buckets: Buckets | None) -> Any:
    info = run.info(field, at)
    if is_abstract_type(type_):
        type_ = core.type_of(run.plan.schema, type_, field.details, info, value)
    if not core.belongs(type_, value, info):
        raise GraphQLError(f"Expected value of type '{type_}' but got: {inspect(value)}.", field.nodes)
    selected = field.below[type_.name]
    if buckets is None:
        return selected.build(run, Scope(known=[at]), [value])[0]
    bucket = buckets.get(type_.name)
    if bucket is None:
        bucket = buckets[type_.name] = Bucket(selected)
    return bucket.put(value, at)
