"""Variables of plain scalars, and arguments that are variables: taken as they are, without the care others need."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from graphql import (
    GRAPHQL_MAX_INT,
    GRAPHQL_MIN_INT,
    FieldNode,
    GraphQLBoolean,
    GraphQLError,
    GraphQLField,
    GraphQLID,
    GraphQLInt,
    GraphQLSchema,
    GraphQLString,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    VariableNode,
    is_non_null_type,
)

from engine import core

Signature: TypeAlias = tuple[str, type, Any]
"""A variable's name, the class of values that it takes as they are, and its signature."""


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
        found.append((signature.name, _PLAIN[type_], signature))
    return found


def plain_values(signatures: Sequence[Signature], given: Mapping[str, Any]) -> dict[str, Any] | None:
    """Variables that need no coercion; None where one does, or is not there."""
    coerced: dict[str, Any] = {}
    for name, kind, _ in signatures:
        value = given.get(name)
        if value.__class__ is not kind or (value.__class__ is int and not GRAPHQL_MIN_INT <= value <= GRAPHQL_MAX_INT):
            return None
        coerced[name] = value
    return coerced


def with_sources(signatures: Sequence[Signature], coerced: dict[str, Any]) -> core.Variables:
    """Plain variables as graphql-core keeps them."""
    return core.Variables({name: core.Given(signature, coerced[name]) for name, _, signature in signatures}, coerced)


Recipe: TypeAlias = tuple[Mapping[str, Any], Sequence[tuple[str, str]]]
"""A field's arguments: those that are the same in every request, and those that are variables, with the variables."""


def recipe_of(declared: GraphQLField, node: FieldNode, once: Mapping[str, Any]) -> Recipe | None:
    """How a field's arguments come of variables, shown what they once were; None where some are made of variables."""
    written = {argument.name.value: argument.value for argument in node.arguments or ()}
    constant, variables = dict(once), list[tuple[str, str]]()
    for name, argument in declared.args.items():
        value = written.get(name)
        if isinstance(value, ListValueNode | ObjectValueNode):
            return None
        if isinstance(value, VariableNode):
            out = argument.out_name or name
            constant.pop(out, None)
            variables.append((out, value.name.value))
    return constant, variables


def made_by(recipe: Recipe, coerced: Mapping[str, Any]) -> dict[str, Any] | None:
    """The arguments, for these variables; None where one of them is null or not there, which needs care."""
    constant, variables = recipe
    found = dict(constant)
    for out, name in variables:
        value = coerced.get(name)
        if value is None:
            return None
        found[out] = value
    return found


_PLAIN: Mapping[Any, type] = {GraphQLString: str, GraphQLID: str, GraphQLInt: int, GraphQLBoolean: bool}
