"""The names of graphql-core and Strawberry that may go without notice: all here, and only in engine/core.py."""

import importlib
import inspect
import re
from pathlib import Path
from typing import Any

import pytest
import strawberry

from engine import core

NAMES = [
    "graphql.execution.collect_fields:collect_fields",
    "graphql.execution.collect_fields:collect_subfields",
    "graphql.execution.collect_fields:FieldDetails",
    "graphql.execution.collect_fields:FragmentDetails",
    "graphql.execution.get_variable_signature:get_variable_signature",
    "graphql.execution.values:VariableValues",
    "graphql.execution.values:VariableValueSource",
    "graphql.execution.values:get_argument_values",
    "graphql.execution.values:get_variable_values",
    "graphql.execution:Executor.ensure_valid_runtime_type",
    "graphql.type:GraphQLResolveInfoHelpers",
    "strawberry.execution:optimized_is_awaitable",
    "strawberry.schema.schema:StrawberryGraphQLCoreExecutionContext",
    "strawberry.schema.schema:_OperationContextAwareGraphQLResolveInfo",
    "strawberry.schema.schema:validate_document",
    "strawberry.schema.types.base_scalars:isoformat",
    "strawberry.schema.schema_converter:GraphQLCoreConverter.DEFINITION_BACKREF",
    "strawberry.types.arguments:convert_arguments",
    "strawberry.types.base:StrawberryList",
    "strawberry.types.enum:StrawberryEnumDefinition",
    "strawberry.types.enum:has_enum_definition",
    "strawberry.types.field:StrawberryField.get_result",
    "strawberry.types.fields.resolver:StrawberryResolver.self_parameter",
    "strawberry.types.fields.resolver:StrawberryResolver.parent_parameter",
    "strawberry.types.fields.resolver:StrawberryResolver.root_parameter",
    "strawberry.types.fields.resolver:StrawberryResolver.info_parameter",
    "strawberry.types.fields.resolver:StrawberryResolver.signature",
    "strawberry.types.fields.resolver:StrawberryResolver.is_async",
]
FIELDS = [
    "field_name", "field_nodes", "return_type", "parent_type", "path", "schema", "fragments", "root_value",
    "operation", "variable_values", "context", "is_awaitable", "abort_signal", "async_helpers",
    "operation_extensions",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_name_is_still_there(name: str) -> None:
    """Where the engine looks for it."""
    module, _, path = name.partition(":")
    found: Any = importlib.import_module(module)
    for part in path.split("."):
        found = inspect.getattr_static(found, part)
    assert found is not None


def test_an_info_has_the_fields_that_the_engine_fills() -> None:
    """In this order."""
    assert FIELDS == list(core.Info._fields)


def test_a_strawberry_schema_still_has_what_the_engine_reads() -> None:
    """The graphql-core schema behind it, the converter's scalars, extensions, handlers, the field behind a field."""

    @strawberry.type
    class Query:
        """One plain field, one resolved."""

        plain: str

        @strawberry.field
        def resolved(self) -> str:
            """Resolve."""
            return ""

    schema = strawberry.Schema(Query)
    fields = core.graphql_schema(schema).query_type.fields  # type: ignore[union-attr]
    assert schema.schema_converter.scalar_registry
    assert (schema.extensions, schema.directives, schema.exception_handlers) == ((), (), ())
    assert core.is_plain(fields["plain"])
    assert not core.is_plain(fields["resolved"])
    definition = core.definition_of(fields["resolved"])
    assert definition is not None
    assert core.is_direct(definition, schema)
    assert "resolved" == definition.python_name


def test_no_other_file_touches_such_names() -> None:
    """Neither names with an underscore of other packages, nor modules that are not for everybody."""
    inner = re.compile(
        r"from graphql\.execution|from strawberry\.(schema\.schema|types|execution)|import _|(info|schema)\._"
    )
    files = Path(core.__file__).parent.glob("*.py")
    touching = {file.name for file in files if inner.search(file.read_text())}
    assert {"core.py"} == touching
