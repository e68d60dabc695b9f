"""Where a field's values come from, read off its declaration."""

import inspect
from typing import Any

import strawberry
from graphql import GraphQLField, GraphQLSchema

from engine import core
from engine.batched import BATCH
from engine.entry import ENTRY
from engine.plan import Attribute, Batched, Call, Default, Direct, Entry, Source, Typename, Wrapped
from engine.reading import read


def source_of(schema: strawberry.Schema | GraphQLSchema, field: GraphQLField, name: str) -> Source:
    """Decide how the values of a field are had."""
    if name == "__typename":
        return Typename()
    definition = core.definition_of(field)
    if definition is None or isinstance(schema, GraphQLSchema):
        return _of_plain_schema(core.reads_with(schema), field, name)
    if core.is_plain(field):
        return _read(core.reads_with(schema), definition.python_name)
    if not core.is_direct(definition, schema):
        return Wrapped()
    entry: Entry | None = definition.metadata.get(ENTRY)
    if entry is not None:
        return entry
    batch = definition.metadata.get(BATCH)
    if batch is not None:
        return Batched(batch, inspect.iscoroutinefunction(batch))
    return _resolver(definition)


def _of_plain_schema(reads_with: Any, field: GraphQLField, name: str) -> Source:
    batch = (field.extensions or {}).get(BATCH)
    if batch is not None:
        return Batched(batch, inspect.iscoroutinefunction(batch))
    if field.resolve is None:
        return Default() if reads_with is None else _read(reads_with, name)
    return Wrapped(inspect.iscoroutinefunction(field.resolve))


def _read(reads_with: Any, name: str) -> Source:
    if reads_with is getattr:
        return Attribute(name)
    if reads_with is read:
        return Attribute(name, forgiving=True)
    return Call(lambda thing: reads_with(thing, name))


def _resolver(definition: Any) -> Source:
    """A resolver that wants nothing but the object is called in the generated loop, like reading."""
    resolver = definition.base_resolver
    taken = (resolver.parent_parameter, resolver.root_parameter)
    source = Direct(
        function=resolver.wrapped_func,
        positional=resolver.self_parameter is not None,
        objects=tuple(parameter.name for parameter in taken if parameter is not None),
        info=None if resolver.info_parameter is None else resolver.info_parameter.name,
        waits=resolver.is_async,
    )
    alone = len(source.objects) + source.positional == 1 and len(resolver.signature.parameters) == 1
    return Call(source.function) if alone and not source.waits else source
