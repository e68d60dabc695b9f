"""The names of graphql-core and Strawberry that are not promised to last: touched here and nowhere else.

A test names each of them, so that an upgrade that loses one says so at once.
"""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import MISSING
from functools import cached_property
from types import SimpleNamespace
from typing import Any, TypeAlias, cast

import strawberry
from graphql import (
    DocumentNode,
    Executor,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLAbstractType,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    default_type_resolver,
    specified_rules,
    validate,
)
from graphql.execution.collect_fields import FieldDetails, FragmentDetails, collect_fields, collect_subfields
from graphql.execution.executor import get_typename
from graphql.execution.get_variable_signature import get_variable_signature
from graphql.execution.values import VariableValues, VariableValueSource, get_argument_values, get_variable_values
from graphql.type import GraphQLResolveInfoHelpers
from strawberry.execution import optimized_is_awaitable
from strawberry.extensions import ParserCache, ValidationCache
from strawberry.relay.types import GlobalID
from strawberry.schema.compat import is_scalar
from strawberry.schema.schema import (
    StrawberryGraphQLCoreExecutionContext,
    _OperationContextAwareGraphQLResolveInfo,
    validate_document,
)
from strawberry.schema.types import base_scalars
from strawberry.types.arguments import convert_arguments
from strawberry.types.base import StrawberryList, StrawberryObjectDefinition, StrawberryOptional
from strawberry.types.enum import StrawberryEnumDefinition, has_enum_definition
from strawberry.types.field import StrawberryField

awaitable: Callable[[Any], bool] = optimized_is_awaitable
Variables: TypeAlias = VariableValues
"""The operation's variables, coerced."""
Given: TypeAlias = VariableValueSource
"""A variable's signature and value."""
signature_of = get_variable_signature
isoformat: Callable[[Any], Any] = base_scalars.isoformat
"""By which Strawberry's own scalars of time write: dates, for one."""

DEFINITION = "strawberry-definition"
"""Under this key a graphql-core object keeps the Strawberry object that it was made from."""

READS_WITH = "engine.reads_with"
"""Under this key a schema made without Strawberry may keep a function like Strawberry's default resolvers."""

HARMLESS = (ParserCache, ValidationCache)
"""Extensions that only save work which plans save, too."""


class Info(_OperationContextAwareGraphQLResolveInfo):
    """What a resolver is told; its response path is worked out only when somebody asks."""

    locate: Callable[[], Any]
    derived: dict[Any, Any]
    """What was made of the field once, and holds for every request."""

    @property
    def path(self) -> Any:
        """Where in the answer the field stands."""
        return self.locate()


class LateInfo(strawberry.Info[Any, Any]):
    """Strawberry's view of what a resolver is told; graphql-core's, which that is one of, is made if somebody looks.

    derived: what was made of the field once, and holds for every request.
    """

    context: Any = None

    def __init__(self, run: Any, field: Any, at: Any, definition: StrawberryField) -> None:
        self._run, self._of, self._at, self._field = run, field, at, definition
        self.context, self.derived = run.context, field.derived

    @cached_property
    def _raw_info(self) -> Info:  # type: ignore[override]  # it is one in all but name
        info: Info = self._run.info(self._of, self._at)
        return info


def graphql_schema(schema: strawberry.Schema | GraphQLSchema) -> GraphQLSchema:
    """The graphql-core schema behind a Strawberry schema."""
    return schema if isinstance(schema, GraphQLSchema) else schema._schema


def late_infos(schema: strawberry.Schema | GraphQLSchema) -> bool:
    """Whether a schema's resolvers may be told by `LateInfo`: it wants no class of its own."""
    return not isinstance(schema, GraphQLSchema) and schema.config.info_class is strawberry.Info


def reads_with(schema: strawberry.Schema | GraphQLSchema) -> Callable[[Any, str], Any] | None:
    """How a schema reads plain fields: from an object, by a name; None for graphql-core's own way."""
    if isinstance(schema, GraphQLSchema):
        return schema.extensions.get(READS_WITH)
    return schema.config.default_resolver


def meddles(schema: strawberry.Schema | GraphQLSchema) -> bool:
    """Whether something is hung into the schema's execution that a plan would pass by."""
    if isinstance(schema, GraphQLSchema):
        return False
    return (
        any(not (isinstance(one, type) and issubclass(one, HARMLESS)) for one in schema.extensions)
        or bool(schema.directives)
        or schema.execution_context_class is not StrawberryGraphQLCoreExecutionContext
        or schema.config.enable_experimental_incremental_execution
    )


def mistakes(schema: strawberry.Schema | GraphQLSchema, document: DocumentNode) -> list[GraphQLError]:
    """What validation finds wrong with a document."""
    if isinstance(schema, GraphQLSchema):
        return validate(schema, document)
    return validate_document(schema._schema, document, tuple(specified_rules))


def variable_values(
    schema: GraphQLSchema, operation: OperationDefinitionNode, given: Mapping[str, Any]
) -> VariableValues | list[GraphQLError]:
    """The operation's variables, coerced; or what is wrong with them."""
    definitions = operation.variable_definitions
    if not definitions:
        return VariableValues({}, {})
    return get_variable_values(schema, definitions, dict(given), max_errors=50)


def assumed(schema: GraphQLSchema, operation: OperationDefinitionNode, values: Mapping[str, Any]) -> VariableValues:
    """Variables of which only some are known: those that decide what is selected."""
    sources: dict[str, VariableValueSource] = {}
    for definition in operation.variable_definitions or ():
        signature = get_variable_signature(schema, definition)
        if definition.variable.name.value in values and not isinstance(signature, GraphQLError):
            sources[signature.name] = VariableValueSource(signature, values[signature.name])
    return VariableValues(sources, dict(values))


class Collector:
    """Groups the fields of selection sets by response key, as graphql-core does."""

    def __init__(
        self,
        schema: GraphQLSchema,
        operation: OperationDefinitionNode,
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: VariableValues,
    ) -> None:
        self._schema, self._operation, self.variables = schema, operation, variables
        self._fragments = {name: FragmentDetails(node, None) for name, node in fragments.items()}

    def root(self, type_: GraphQLObjectType) -> dict[str, list[FieldDetails]]:
        """The fields of the operation itself."""
        return collect_fields(self._schema, self._fragments, self.variables, type_, self._operation).grouped_field_set

    def below(self, type_: GraphQLObjectType, details: list[FieldDetails]) -> dict[str, list[FieldDetails]]:
        """The fields below a field, for objects of one type."""
        return collect_subfields(
            self._schema, self._fragments, self.variables, self._operation, type_, details
        ).grouped_field_set


def arguments_of(field: GraphQLField, node: FieldNode, variables: VariableValues) -> dict[str, Any]:
    """A field's arguments, coerced; raises GraphQLError."""
    return get_argument_values(field, node, variables)


def type_of(
    schema: GraphQLSchema, abstract: GraphQLAbstractType, details: list[FieldDetails], info: Any, value: Any
) -> Any:
    """The object type of a value where an interface or union is declared; raises GraphQLError."""
    name = (abstract.resolve_type or default_type_resolver)(value, info, abstract)
    if awaitable(name):
        _drop(name)
        raise GraphQLError(f"The type of a value of '{abstract}' is only known later; declare a synchronous way.")
    executor = cast("Executor[Any]", SimpleNamespace(schema=schema))
    return Executor.ensure_valid_runtime_type(executor, name, abstract, details, info, value)


def by_predicates(abstract: GraphQLAbstractType, value: Any) -> bool:
    """Whether the type of a value like this is told by the possible types' own predicates, and by nothing else.

    Only of objects that keep nothing besides their declared fields can that be said for all of a class.
    """
    if type(value).__dictoffset__ or isinstance(value, Mapping) or get_typename(value) is not None:
        return False
    if abstract.resolve_type is None:
        return True
    declared = (abstract.extensions or {}).get(DEFINITION)
    if not isinstance(declared, StrawberryObjectDefinition) or declared.resolve_type is not None:
        return False
    return not isinstance(value, declared.origin)


def belongs(type_: GraphQLObjectType, value: Any, info: Any) -> bool:
    """What a type's own predicate says of a value."""
    verdict = type_.is_type_of(value, info) if type_.is_type_of else True
    if awaitable(verdict):
        _drop(verdict)
        raise GraphQLError(f"Whether a value is a '{type_}' is only known later; declare a synchronous way.")
    return bool(verdict)


def _drop(late: Any) -> None:
    if inspect.iscoroutine(late):
        late.close()


def definition_of(field: GraphQLField) -> StrawberryField | None:
    """The Strawberry field behind a field, if there is one."""
    found = (field.extensions or {}).get(DEFINITION)
    return found if isinstance(found, StrawberryField) else None


def is_plain(field: GraphQLField) -> bool:
    """Whether a field is only read."""
    return field.resolve is None or getattr(field.resolve, "_is_default", False)


def is_direct(definition: StrawberryField, schema: strawberry.Schema | GraphQLSchema) -> bool:
    """Whether nothing stands between a field and its function: no extension, permission or handler."""
    return (
        not isinstance(schema, GraphQLSchema)
        and definition.base_resolver is not None
        and not definition.extensions
        and not schema.exception_handlers
        and type(definition).get_result is StrawberryField.get_result
    )


def without_null(type_: Any) -> Any:
    """An argument's type, whether or not it may be null."""
    return type_.of_type if type(type_) is StrawberryOptional else type_


def taken_as_it_is(schema: strawberry.Schema, type_: Any) -> bool:
    """Whether values of an argument's type reach a resolver as graphql-core has coerced them."""
    if isinstance(type_, StrawberryEnumDefinition) or has_enum_definition(type_):
        return True
    return type_ is not GlobalID and is_scalar(type_, schema.schema_converter.scalar_registry)


def item_of(type_: Any) -> Any:
    """The type of a list's items; None for what is no list."""
    return type_.of_type if type(type_) is StrawberryList else None


def input_object(schema: strawberry.Schema, type_: Any) -> tuple[set[str], list[tuple[str, str, Any]]] | None:
    """An input object's fields that are null unless given, and all: name in GraphQL, in Python, type.

    None for what is none, or makes itself of its input.
    """
    declared = getattr(type_, "__strawberry_definition__", None)
    if not isinstance(declared, StrawberryObjectDefinition) or not declared.is_input or declared.from_input is not None:
        return None
    name_of = schema.config.name_converter.from_field
    bare = {one.python_name for one in declared.fields if one.default_value is one.default_factory is MISSING}
    fields = [(name_of(one), one.python_name, one.resolve_type(type_definition=declared)) for one in declared.fields]
    return bare, fields


def converted(
    schema: strawberry.Schema, definition: StrawberryField, arguments: dict[str, Any], info: Any
) -> dict[str, Any]:
    """Coerced arguments as a Strawberry resolver takes them: input objects, Python names."""
    if not definition.arguments:
        return {}
    return convert_arguments(
        arguments,
        definition.arguments,
        scalar_registry=schema.schema_converter.scalar_registry,
        config=schema.config,
        info=info,
    )


def strawberry_info(schema: strawberry.Schema, raw: Info, definition: StrawberryField) -> Any:
    """Strawberry's view of what a resolver is told."""
    return schema.config.info_class(_raw_info=raw, _field=definition)  # type: ignore[arg-type]  # it is one in all but name


def raw_info(info: Any) -> Any:
    """graphql-core's view of what a resolver is told."""
    return info._raw_info


async def _gather(values: Sequence[Awaitable[Any]]) -> list[Any]:
    return list(await asyncio.gather(*values))


def _track(values: Iterable[Any]) -> None:
    for value in values:
        _drop(value)


HELPERS = GraphQLResolveInfoHelpers(gather=_gather, track=_track)
