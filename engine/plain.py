"""Variables and arguments of plain scalars: they are taken as they are, without the care that others need."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import strawberry
from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    GraphQLBoolean,
    GraphQLError,
    GraphQLID,
    GraphQLInt,
    GraphQLSchema,
    GraphQLString,
    OperationDefinitionNode,
    is_non_null_type,
)

from engine import core

Signature: TypeAlias = tuple[str, type, core.Given]
"""A variable's name, the class of values that it takes as they are, and its source, without a value yet."""


def plain_signatures(schema: GraphQLSchema, operation: OperationDefinitionNode) -> Sequence[Signature] | None:
    """The operation's variables, if all are of scalars that everybody has; None if one is not."""
    found: list[Signature] = []
    for definition in operation.variable_definitions or ():
        signature = core.signature_of(schema, definition)
        if isinstance(signature, GraphQLError):
            return None
        type_: Any = signature.type.of_type if is_non_null_type(signature.type) else signature.type
        if type_ not in _PLAIN:
            return None
        found.append((signature.name, _PLAIN[type_], core.Given(signature)))
    return found


def plain_values(signatures: Sequence[Signature], given: Mapping[str, Any]) -> core.Variables | None:
    """Variables that need no coercion; None where one does, or is not there."""
    sources: dict[str, core.Given] = {}
    coerced: dict[str, Any] = {}
    for name, kind, source in signatures:
        value = given.get(name)
        if value.__class__ is not kind or (isinstance(value, int) and not GRAPHQL_MIN_INT <= value <= GRAPHQL_MAX_INT):
            return None
        sources[name], coerced[name] = core.Given(source.signature, value), value
    return core.Variables(sources, coerced)


_PLAIN: Mapping[Any, type] = {GraphQLString: str, GraphQLID: str, GraphQLInt: int, GraphQLBoolean: bool}


def taken(schema: strawberry.Schema, definition: Any) -> Sequence[tuple[str, str, bool, bool]]:
    """A field's arguments: name in GraphQL, in Python, whether values are taken as they are, whether null is."""
    name_of = schema.config.name_converter.from_argument
    return [
        (name_of(argument), argument.python_name, *core.taken_as_it_is(schema, argument.type))
        for argument in definition.arguments
    ]


def plainly_converted(
    names: Sequence[tuple[str, str, bool, bool]], arguments: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Coerced arguments under their Python names; None where one needs more than that."""
    found: dict[str, Any] = {}
    for name, python_name, as_it_is, nullable in names:
        if name in arguments:
            value = arguments[name]
            if not (as_it_is or (nullable and value is None)):
                return None
            found[python_name] = value
    return found
