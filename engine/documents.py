"""Documents: parsed and validated once, when they are worth it."""

from collections.abc import Mapping
from typing import Any

import strawberry
from graphql import (
    BooleanValueNode,
    DirectiveNode,
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    visit,
)

from engine import core
from engine.compile import CONDITIONS, Reason, Unplannable, operation_of

Conditions = dict[str, bool | None]
"""The variables in @skip and @include, and their values; None where there is none."""


class Document:
    """A valid document, and which variables decide what its operations select."""

    __slots__ = ("_defaults", "node")

    def __init__(self, node: DocumentNode) -> None:
        self.node = node
        self._defaults: dict[str | None, Conditions] = {}

    def conditions(self, operation_name: str | None, variables: Mapping[str, Any]) -> Conditions:
        """The variables that decide, with their values; raises Unplannable."""
        defaults = self._defaults.get(operation_name)
        if defaults is None:
            defaults = _defaults(self.node, operation_of(self.node, operation_name))
            self._defaults[operation_name] = defaults
        if not defaults:
            return defaults
        given = {name: variables.get(name, default) for name, default in defaults.items()}
        return {name: value if isinstance(value, bool) else None for name, value in given.items()}


def read_document(schema: strawberry.Schema | GraphQLSchema, text: str) -> Document | Reason:
    """Parse and validate a document."""
    try:
        node = parse(text)
        return Reason.INVALID if core.mistakes(schema, node) else Document(node)
    except (GraphQLError, RecursionError):
        return Reason.INVALID


def _defaults(node: DocumentNode, operation: OperationDefinitionNode) -> Conditions:
    deciding = _Deciding()
    visit(node, deciding)
    if len(deciding.names) > CONDITIONS:
        raise Unplannable(Reason.CONDITIONS)
    found: Conditions = {}
    for definition in operation.variable_definitions or ():
        name, default = definition.variable.name.value, definition.default_value
        if name in deciding.names:
            found[name] = default.value if isinstance(default, BooleanValueNode) else None
    return found


class _Deciding(Visitor):
    """Collects the variables in @skip and @include."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        if node.name.value in ("skip", "include"):
            for argument in node.arguments or ():
                if isinstance(argument.value, VariableNode):
                    self.names.add(argument.value.name.value)
