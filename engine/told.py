"""What a resolver is told: the field's arguments as it takes them, and where in the operation it is called."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from graphql import GraphQLSchema

from engine import core
from engine.converters import Argument, Convert, converted, converters
from engine.plain import Recipe, recipe_of
from engine.plan import Column
from engine.positions import Position
from engine.run import Run


def info_of(run: Run, column: Column, at: Position) -> Any:
    """What a resolver is told of its place: Strawberry's view of it, of whatever class the schema wants it."""
    if column.late:
        return core.LateInfo(run, column.field, at, column.definition)
    info, declared = run.info(column.field, at), run.plan.declared
    if column.definition is None or isinstance(declared, GraphQLSchema):
        return info
    return core.strawberry_info(declared, info, column.definition)


def arguments_of(run: Run, column: Column) -> dict[str, Any]:
    """A field's arguments as its resolver takes them, in a dict of its own."""
    told: Told | None = column.field.derived.get(arguments_of)
    if told is None:
        return _with_care(run, column)
    constant, varying = told
    found, coerced = dict(constant), run.coerced
    for name, variable, convert in varying:
        value = coerced.get(variable)
        if value is None:  # null, or not there: who of these two it is makes a difference
            return _with_care(run, column)
        found[name] = value if convert is None else convert(value)
    return found


Told: TypeAlias = tuple[Mapping[str, Any], Sequence[tuple[str, str, Convert | None]]]
"""Arguments that are the same in every request, and those that are variables: name, variable, what its values need."""


def _with_care(run: Run, column: Column) -> dict[str, Any]:
    """The arguments, however they come about; how they do is kept, where that is plain."""
    field, definition, declared = column.field, column.definition, run.plan.declared
    given, derived = run.arguments(field), field.derived
    if definition is None or isinstance(declared, GraphQLSchema):
        return dict(given)
    if converters not in derived:
        derived[converters] = converters(declared, definition)
    made: Sequence[Argument] | None = derived[converters]
    if made is None or field.arguments is not None:
        general = core.strawberry_info(declared, run.general_info(field), definition)
        found = core.converted(declared, definition, given, general)
        told: Told | None = (dict(found), ()) if field.arguments is not None else None
    else:
        found = converted(made, given)
        told = _told(made, derived.get(recipe_of))
    if told is not None:
        derived[arguments_of] = told
    return found


def _told(made: Sequence[Argument], recipe: Recipe | None) -> Told | None:
    """Both steps in one; None where a value that is the same in every request is to be converted in each."""
    if recipe is None or any(convert is not None and name in recipe[0] for name, _, convert in made):
        return None
    constant, variables = recipe[0], dict(recipe[1])
    same = {python_name: constant[name] for name, python_name, _ in made if name in constant}
    return same, [(python_name, variables[name], convert) for name, python_name, convert in made if name in variables]
