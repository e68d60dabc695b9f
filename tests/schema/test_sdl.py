"""The published schema: committed, described throughout, and as the domain names it."""

from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLObjectType,
    build_schema,
    is_specified_scalar_type,
    validate_schema,
)

from schema.root import schema

SDL = Path(__file__).parents[2] / "schema.graphql"


def test_the_committed_sdl_is_the_schema():
    """A change of the schema shows in a change of `schema.graphql`: `trunkline schema > schema.graphql`."""
    assert SDL.read_text(encoding="utf-8") == schema.as_str() + "\n"


def test_the_sdl_is_a_valid_schema():
    """Any tool can read it."""
    assert validate_schema(build_schema(SDL.read_text(encoding="utf-8"))) == []


def test_everything_is_described():
    """Every type, field, argument and enum value says what it is."""
    silent = []
    for name, kind in build_schema(SDL.read_text(encoding="utf-8")).type_map.items():
        if name.startswith("__") or is_specified_scalar_type(kind) or name == "Date":
            continue
        if not kind.description:
            silent.append(name)
        if isinstance(kind, GraphQLEnumType):
            silent += [f"{name}.{value}" for value, told in kind.values.items() if not told.description]
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for field, told in kind.fields.items():
                if not told.description:
                    silent.append(f"{name}.{field}")
                for argument, said in getattr(told, "args", {}).items():
                    if not said.description:
                        silent.append(f"{name}.{field}({argument})")
    assert silent == []


@pytest.mark.parametrize(
    "line",
    [
        "node(",
        "customer(",
        "customers(",
        "circuit(",
        "circuits(",
        "site(",
        "alarms(",
        "tickets(",
        "ticket(",
        "sources: [SourceStatus!]",
        "bandwidthBps: BigInt",
        "operationalState: OperationalState",
        "routes: [Route!]",
        "hops: [Hop!]!",
        "completeness: Completeness!",
        "missing: [MissingSource!]!",
        "interface Node",
        "interface Ticket implements Node",
        "type TroubleTicket implements",
    ],
)
def test_the_core_names_are_those_that_front_ends_are_written_against(line):
    """Names of the domain are fixed."""
    assert line in SDL.read_text(encoding="utf-8")
