"""What a resolver is told: the field's arguments as it takes them, and where in the operation it is called."""

from typing import Any

import strawberry
from graphql import GraphQLSchema

from engine import core
from engine.converters import converted, converters
from engine.plan import Column, Field
from engine.positions import Position, Scope
from engine.run import Run


def told_of_column(run: Run, column: Column, scope: Scope) -> tuple[Any, dict[str, Any]]:
    """What the resolver of a whole column is told, and its arguments as it takes them."""
    field, definition, declared = column.field, column.definition, run.plan.declared
    at = (column.trail, scope, 0)
    if definition is None or isinstance(declared, GraphQLSchema):
        return run.info(field, at), run.arguments(field)
    return info_of(run, declared, field, at, definition), arguments_of(run, declared, definition, field)


def info_of(run: Run, declared: strawberry.Schema, field: Field, at: Position, definition: Any) -> Any:
    """Strawberry's view of what a resolver is told, of whatever class the schema wants it."""
    if declared.config.info_class is strawberry.Info:
        return core.LateInfo(run.info, field, at, definition, run.context)
    return core.strawberry_info(declared, run.info(field, at), definition)


def arguments_of(run: Run, declared: strawberry.Schema, definition: Any, field: Field) -> dict[str, Any]:
    """A field's arguments as its resolver takes them; made once, where they are the same in every request."""
    if field.arguments is None:
        if converters not in field.derived:
            field.derived[converters] = converters(declared, definition)
        made = field.derived[converters]
        return _with_care(run, declared, definition, field) if made is None else converted(made, run.arguments(field))
    found: dict[str, Any] | None = field.derived.get(arguments_of)
    if found is None:
        found = field.derived[arguments_of] = _with_care(run, declared, definition, field)
    return found


def _with_care(run: Run, declared: strawberry.Schema, definition: Any, field: Field) -> dict[str, Any]:
    general = core.strawberry_info(declared, run.general_info(field), definition)
    return core.converted(declared, definition, run.arguments(field), general)
