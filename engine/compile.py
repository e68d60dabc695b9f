"""From an operation to its plan."""

import inspect
from collections.abc import Mapping, Sequence
from enum import StrEnum
from functools import partial
from typing import Any

import strawberry
from graphql import (
    DirectiveNode,
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    Visitor,
    get_named_type,
    is_abstract_type,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    visit,
)

from engine import core
from engine.generate import build_function, finish_function
from engine.plain import plain_signatures
from engine.plan import Batched, Column, Direct, Field, Plan, Selected, Source, Typename, Wrapped
from engine.positions import Trail, step
from engine.sources import source_of
from engine.when_called import WhenCalled

AT_MOST = 4000
"""Fields of a plan, counted once for each object type that they may be asked of."""

CONDITIONS = 6
"""Variables in @skip and @include; each of them doubles the number of plans that a document may need."""


class Reason(StrEnum):
    """Why an operation has no plan and runs as a whole through Strawberry."""

    FIRST_USE = "first_use"
    INVALID = "invalid"
    NO_SUCH_OPERATION = "no_such_operation"
    SCHEMA = "schema"
    SUBSCRIPTION = "subscription"
    DIRECTIVE = "directive"
    FRAGMENT_VARIABLES = "fragment_variables"
    CONDITIONS = "conditions"
    TYPE_KNOWN_LATER = "type_known_later"
    TOO_LARGE = "too_large"


class Unplannable(Exception):  # noqa: N818 - it says what the operation is
    """An operation that no plan can hold."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason.value)
        self.reason = reason


def operation_of(document: DocumentNode, name: str | None) -> OperationDefinitionNode:
    """The operation that is meant; raises Unplannable where that is not plain."""
    found = [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]
    if name is not None:
        found = [one for one in found if one.name is not None and one.name.value == name]
    if len(found) != 1:
        raise Unplannable(Reason.NO_SUCH_OPERATION)
    return found[0]


def compile_operation(
    schema: strawberry.Schema | GraphQLSchema,
    document: DocumentNode,
    operation_name: str | None = None,
    conditions: Mapping[str, Any] | None = None,
) -> Plan:
    """Make the plan of a valid document's operation; raises Unplannable.

    conditions: the values of the variables in its @skip and @include.
    """
    if core.meddles(schema):
        raise Unplannable(Reason.SCHEMA)
    operation = operation_of(document, operation_name)
    if operation.operation is OperationType.SUBSCRIPTION:
        raise Unplannable(Reason.SUBSCRIPTION)
    visit(document, _Refusals())
    core_schema = core.graphql_schema(schema)
    fragments = {one.name.value: one for one in document.definitions if isinstance(one, FragmentDefinitionNode)}
    type_ = core_schema.get_root_type(operation.operation)
    if type_ is None:
        raise Unplannable(Reason.NO_SUCH_OPERATION)
    variables = core.assumed(core_schema, operation, conditions or {})
    serial = operation.operation is OperationType.MUTATION
    compiler = _Compiler(schema, core.Collector(core_schema, operation, fragments, variables))
    try:
        root = compiler.root(type_, serial=serial)
    except GraphQLError:
        raise Unplannable(Reason.CONDITIONS) from None
    except RecursionError:
        raise Unplannable(Reason.TOO_LARGE) from None
    plain = plain_signatures(core_schema, operation)
    name = operation.name.value if operation.name else None
    return Plan(schema, core_schema, name, operation, fragments, root, serial, plain, compiler.fields)


class _Refusals(Visitor):
    """Raises for what is written in a document that no plan can hold."""

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        if node.name.value not in ("skip", "include"):
            raise Unplannable(Reason.DIRECTIVE)

    def enter_fragment_definition(self, node: FragmentDefinitionNode, *_: Any) -> None:
        if node.variable_definitions:
            raise Unplannable(Reason.FRAGMENT_VARIABLES)


class _Variables(Visitor):
    """Sees whether there is a variable in a part of a document."""

    found = False

    def enter_variable(self, *_: Any) -> None:
        self.found = True


class _Compiler:
    def __init__(self, schema: strawberry.Schema | GraphQLSchema, collector: core.Collector) -> None:
        self._declared, self._schema = schema, core.graphql_schema(schema)
        self._collector, self._late = collector, core.late_infos(schema)
        self.fields = 0

    def root(self, type_: GraphQLObjectType, *, serial: bool) -> Selected:
        return self._selected(type_, self._collector.root(type_), every_column=serial)

    def _selected(
        self, type_: GraphQLObjectType, grouped: Mapping[str, list[Any]], *, every_column: bool = False
    ) -> Selected:
        fields: list[Field] = []
        for order, (key, details) in enumerate(grouped.items()):
            declared = self._schema.get_field(type_, details[0].node.name.value)
            if declared is not None:
                fields.append(self._field(type_, key, order, details, declared))
        columns = [_column(field, late=self._late) for field in fields if _is_column(field, every_column)]
        build = partial(build_function, type_, fields, columns)
        return Selected(type_, fields, columns, build() if columns else WhenCalled(build))

    def _field(
        self, parent: GraphQLObjectType, key: str, order: int, details: list[Any], declared: GraphQLField
    ) -> Field:
        self.fields += 1
        if self.fields > AT_MOST:
            raise Unplannable(Reason.TOO_LARGE)
        node = details[0].node
        named = get_named_type(declared.type)
        return Field(
            key=key,
            name=node.name.value,
            order=order,
            type=declared.type,
            nullable=not is_non_null_type(declared.type),
            leaf=is_leaf_type(named),
            parent=parent,
            nodes=[one.node for one in details],
            details=details,
            declared=declared,
            source=source_of(self._declared, declared, node.name.value),
            arguments=self._arguments(declared, node),
            below=self._below(named, details),
        )

    def _arguments(self, declared: GraphQLField, node: Any) -> dict[str, Any] | GraphQLError | None:
        variables = _Variables()
        for argument in node.arguments or ():
            visit(argument, variables)
        if variables.found:
            return None
        try:
            return core.arguments_of(declared, node, self._collector.variables)
        except GraphQLError as error:
            return error.with_traceback(None)

    def _below(self, named: Any, details: list[Any]) -> dict[str, Selected]:
        if is_leaf_type(named):
            return {}
        if is_abstract_type(named) and inspect.iscoroutinefunction(named.resolve_type):
            raise Unplannable(Reason.TYPE_KNOWN_LATER)
        possible: Sequence[Any] = self._schema.get_possible_types(named) if is_abstract_type(named) else [named]
        if any(inspect.iscoroutinefunction(type_.is_type_of) for type_ in possible):
            raise Unplannable(Reason.TYPE_KNOWN_LATER)
        return {type_.name: self._selected(type_, self._collector.below(type_, details)) for type_ in possible}


def _is_column(field: Field, every_column: bool) -> bool:
    if isinstance(field.source, Typename):
        return False
    resolved = isinstance(field.source, Direct | Wrapped | Batched)
    return every_column or resolved or any(selected.columns for selected in field.below.values())


def _column(field: Field, *, late: bool) -> Column:
    below = any(selected.columns for selected in field.below.values())
    definition = core.definition_of(field.declared)
    return Column(
        field=field,
        trail=Trail([step(field)]),
        definition=definition,
        finish=None if below else finish_function(field),
        shape=_shape(field),
        items_nullable=_items_nullable(field),
        waits=_waits(field.source) or any(selected.waits for selected in field.below.values()),
        late=late and definition is not None,
    )


def _items_nullable(field: Field) -> bool:
    type_: Any = field.type.of_type if is_non_null_type(field.type) else field.type
    return is_list_type(type_) and not is_non_null_type(type_.of_type)


def _waits(source: Source) -> bool:
    return isinstance(source, Direct | Wrapped | Batched) and source.waits


def _shape(field: Field) -> int | None:
    type_: Any = field.type
    lists = 0
    while not is_object_type(type_):
        if is_list_type(type_):
            lists += 1
        elif not is_non_null_type(type_):
            return None
        type_ = type_.of_type
    return lists if lists <= 1 else None
