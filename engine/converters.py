"""Coerced arguments as a Strawberry resolver takes them: input objects, lists, Python names, by functions made once.

What they cannot make (types told late, `Maybe`, global ids, input objects that make themselves) is left to Strawberry.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import strawberry

from engine import core

Convert: TypeAlias = Callable[[Any], Any]
Argument: TypeAlias = tuple[str, str, Convert | None]
"""An argument's, or an input field's, name in GraphQL, in Python, and what its values need, if anything."""


class _Left(Exception):  # noqa: N818 - it says what becomes of a type
    """A type that is left to Strawberry."""


def converters(schema: strawberry.Schema, definition: Any) -> Sequence[Argument] | None:
    """How a field's arguments are converted; None where Strawberry does it."""
    name_of = schema.config.name_converter.from_argument
    try:
        return [(name_of(one), one.python_name, _converter(schema, one.type, ())) for one in definition.arguments]
    except _Left:
        return None


def converted(arguments: Sequence[Argument], given: Mapping[str, Any]) -> dict[str, Any]:
    """What is given, under Python's names."""
    found: dict[str, Any] = {}
    for name, python_name, convert in arguments:
        if name in given:
            value = given[name]
            found[python_name] = value if convert is None or value is None else convert(value)
    return found


def _converter(schema: strawberry.Schema, type_: Any, within: tuple[Any, ...]) -> Convert | None:
    inner = core.without_null(type_)
    if core.taken_as_it_is(schema, inner):
        return None
    item = core.item_of(inner)
    if item is not None:
        return _list(_converter(schema, item, within))
    return _object(schema, inner, within)


def _list(convert: Convert | None) -> Convert:
    """Copied, whatever is in it: a default is the same list in every request."""
    if convert is None:
        return list
    return lambda values: [None if value is None else convert(value) for value in values]


def _object(schema: strawberry.Schema, type_: Any, within: tuple[Any, ...]) -> Convert:
    shape = core.input_object(schema, type_)
    if shape is None or type_ in within:
        raise _Left
    bare, declared = shape
    fields = [(name, python_name, _converter(schema, one, (*within, type_))) for name, python_name, one in declared]
    nulls = dict.fromkeys(bare)
    return lambda given: type_(**(nulls | converted(fields, given)))
