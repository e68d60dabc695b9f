# ruff: noqa: D102 - a generator's parts are named by what they generate
"""Generated cases: a schema, data that is wrong here and there, operations, and the two ways to answer them."""

import asyncio
import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from graphql import (
    GraphQLArgument,
    GraphQLEnumType,
    GraphQLError,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    GraphQLString,
    GraphQLUnionType,
    execute,
    get_named_type,
    is_list_type,
    is_non_null_type,
    parse,
    specified_scalar_types,
)
from msgspec import UNSET

from engine import Plans, as_it_is
from engine import execute as execute_plan
from engine.batched import BATCH
from engine.core import READS_WITH
from engine.reading import read

KINDS = ("Hop", "Site", "Alarm")


@as_it_is("{v}.__class__ is int and -9 <= {v} <= 9")
def _write_small(value: Any) -> Any:
    return value + 0


SCALARS = (
    *specified_scalar_types.values(),
    GraphQLScalarType("Stamp", serialize=lambda value: f"<{value + 0}>"),
    GraphQLScalarType("Small", serialize=_write_small),
)
STATES = GraphQLEnumType("State", {"UP": 1, "DOWN": "down", "WORN": (1, 2)})
OPTIONS = GraphQLInputObjectType(
    "Options", {"prefix": GraphQLInputField(GraphQLString, default_value="p"), "n": GraphQLInputField(GraphQLInt)}
)
WRONG = (None, UNSET, "text", 3, 2**40, 1.5, True, math.nan, math.inf, [1], [], {"q": 1}, object(), "down", 1, (1, 2))


class Boom(Exception):  # noqa: N818 - it goes boom
    """What resolvers fail with."""


class Thing:
    """A record: attributes, some of which may be missing."""

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __repr__(self) -> str:
        return f"<{self.kind}>"


class Dictionary(dict[str, Any]):
    """A record of which graphql-core reads the keys."""

    kind = ""

    def __hash__(self) -> int:
        return id(self)


@dataclass
class Case:
    """A schema, its data and operations with their variables; `log` tells which mutations have run."""

    schema: GraphQLSchema
    root: Any
    reads_with: Any
    log: list[str]
    operations: list[tuple[str, dict[str, Any]]] = field(default_factory=list)


class Generator:
    """Draws a case, smaller and tamer with smaller draws."""

    def __init__(self, chance: random.Random, dirt: float) -> None:
        self.chance, self.dirt = chance, dirt
        self.reads_with = chance.choice([None, getattr, read, lambda thing, name: getattr(thing, name)])
        self.predicates = chance.random() < 0.5
        self.log: list[str] = []
        self.pools: dict[str, list[Any]] = {}

    def case(self, operations: int) -> Case:
        """The whole case."""
        schema = self.schema()
        for kind in KINDS:
            self.pools[kind] = [self.thing(kind) for _ in range(3)]
        for kind, pool in self.pools.items():
            for one in pool:
                self.fill(one, schema.type_map[kind])
        root = self.thing("Query")
        self.fill(root, schema.query_type)
        self.fill(root, schema.mutation_type)
        case = Case(schema, root, self.reads_with, self.log)
        case.operations = [self.operation(schema) for _ in range(operations)]
        return case

    # The schema.

    def schema(self) -> GraphQLSchema:
        """A schema of three object types, an interface, a union, an enum, a scalar of its own."""
        by_kind: dict[str, Any] = {}
        shared = {f"shared{number}": self.type([*SCALARS, STATES]) for number in range(2)}

        def abstract_fields() -> dict[str, GraphQLField]:
            return {name: GraphQLField(type_) for name, type_ in shared.items()}

        def kind_of(value: Any, *_: Any) -> Any:
            return value.kind

        told = None if self.predicates else kind_of
        node = GraphQLInterfaceType("Node", abstract_fields, resolve_type=told)
        union = GraphQLUnionType("Either", lambda: [by_kind["Site"], by_kind["Alarm"]], resolve_type=told)
        for kind in KINDS:
            is_type_of = (lambda value, _, kind=kind: getattr(value, "kind", "") == kind) if self.predicates else None
            by_kind[kind] = GraphQLObjectType(
                kind,
                lambda kind=kind: {**self.shared(shared), **self.fields(kind.lower(), by_kind, node, union)},
                interfaces=[node],
                is_type_of=is_type_of,
            )
        roots = [
            GraphQLObjectType(name, lambda name=name: self.fields(name.lower(), by_kind, node, union))
            for name in ("Query", "Mutation")
        ]
        extensions = {} if self.reads_with is None else {READS_WITH: self.reads_with}
        return GraphQLSchema(*roots, types=[*by_kind.values()], extensions=extensions)

    def shared(self, types: dict[str, Any]) -> dict[str, GraphQLField]:
        return {name: self.field(name, type_) for name, type_ in types.items()}

    def fields(self, prefix: str, by_kind: dict[str, Any], *abstract: Any) -> dict[str, GraphQLField]:
        composite = [*by_kind.values(), *abstract]
        plain = [self.type([*SCALARS, STATES]) for _ in range(3)]
        types = [*plain, *(self.type(composite) for _ in range(3))]
        if prefix in ("query", "mutation"):  # an answer that is null as a whole tells little
            types = [getattr(type_, "of_type", type_) if is_non_null_type(type_) else type_ for type_ in types]
            types[0] = GraphQLNonNull(types[0])
        return {f"{prefix}{number}": self.field(f"{prefix}{number}", type_) for number, type_ in enumerate(types)}

    def type(self, named: Sequence[Any]) -> Any:
        type_ = self.chance.choice(named)
        for _ in range(self.chance.choice([0, 0, 0, 1, 1, 2])):
            type_ = GraphQLList(GraphQLNonNull(type_) if self.chance.random() < 0.4 else type_)
        return GraphQLNonNull(type_) if self.chance.random() < 0.3 else type_

    def field(self, name: str, type_: Any) -> GraphQLField:
        """A field that is read, resolved one by one, or resolved for all parents at once."""
        how = "resolved" if name.startswith("mutation") else self.chance.choice(["read", "read", "resolved", "batched"])
        if how == "read":
            return GraphQLField(type_)

        def resolve(thing: Any, info: Any, **arguments: Any) -> Any:
            if name.startswith("mutation"):
                self.log.append(f"{name}{arguments}")
            if arguments.get("n") == 13:
                raise Boom(f"{name} {arguments}")
            value = self.value_of(thing, name)
            return f"{value}{arguments}" if arguments and isinstance(value, str) else value

        async def resolve_all(things: Sequence[Any], info: Any, **arguments: Any) -> list[Any]:
            await asyncio.sleep(0)
            return [_caught(resolve, thing, info, arguments) for thing in things]

        arguments = {
            "n": GraphQLArgument(GraphQLInt, default_value=2),
            "state": GraphQLArgument(STATES),
            "options": GraphQLArgument(OPTIONS),
        }
        extensions = {BATCH: resolve_all} if how == "batched" else {}
        return GraphQLField(type_, args=arguments, resolve=resolve, extensions=extensions)

    # The data.

    def thing(self, kind: str) -> Any:
        one: Any = Dictionary() if self.reads_with is None else Thing(kind)
        one.kind = kind
        return one

    def fill(self, thing: Any, type_: Any) -> None:
        for name, declared in type_.fields.items():
            if self.chance.random() < self.dirt / 3:
                continue
            value = self.value(declared.type)
            if isinstance(thing, dict):
                thing[name] = value
            else:
                setattr(thing, name, value)

    def value_of(self, thing: Any, name: str) -> Any:
        return thing.get(name) if isinstance(thing, dict) else getattr(thing, name)

    def value(self, type_: Any) -> Any:
        if self.chance.random() < self.dirt:
            return self.chance.choice([*WRONG, Boom("kept"), GraphQLError("told", extensions={"code": "X"})])
        if is_non_null_type(type_):
            return self.value(type_.of_type)
        if self.chance.random() < 0.1:
            return None
        if is_list_type(type_):
            items = [self.value(type_.of_type) for _ in range(self.chance.randrange(4))]
            return tuple(items) if self.chance.random() < 0.1 else items
        clean: dict[str, list[Any]] = {
            "String": ["a", "ü\n"],
            "ID": ["i1", 7],
            "Int": [1, -5],
            "Float": [0.5, 3],
            "Boolean": [True, False],
            "Stamp": [4],
            "Small": [4, -10, 2**60],
            "State": [1, "down", (1, 2)],
            "Node": [one for pool in self.pools.values() for one in pool],
            "Either": [*self.pools.get("Site", ()), *self.pools.get("Alarm", ())],
        }
        name = type_.name
        return self.chance.choice(clean.get(name) or self.pools[name])

    # Operations.

    def operation(self, schema: GraphQLSchema) -> tuple[str, dict[str, Any]]:
        """An operation's text and variables."""
        self.fragments: list[str] = []
        mutates = self.chance.random() < 0.1
        root = schema.mutation_type if mutates else schema.query_type
        body = self.selections(schema, root, 4)
        declared = "($b: Boolean!, $c: Boolean = true, $n: Int, $s: State = DOWN, $o: Options)"
        used = body + "".join(self.fragments)
        kept = [one for one in declared[1:-1].split(", ") if f"{one[:2]}" in used]
        given: dict[str, Any] = {"b": self.chance.random() < 0.5}
        if self.chance.random() < 0.5:
            given |= {"n": self.chance.choice([1, 1, 13, None]), "s": "UP", "o": {"n": 3}, "c": False}
        kind = "mutation" if mutates else "query"
        head = f"{kind} It{'(' + ', '.join(kept) + ')' if kept else ''}"
        return " ".join([f"{head} {body}", *self.fragments]), given

    def selections(self, schema: GraphQLSchema, type_: Any, depth: int) -> str:
        chosen = [self.selection(schema, type_, depth) for _ in range(self.chance.randrange(1, 6))]
        return "{ " + " ".join(chosen) + " }"

    def selection(self, schema: GraphQLSchema, type_: Any, depth: int) -> str:
        roll = self.chance.random()
        if roll < 0.1:
            return "__typename"
        inner = self.narrowed(schema, type_)
        if roll < 0.25 and inner is not None and depth:
            return f"... on {inner.name}{self.directive()} {self.selections(schema, inner, depth - 1)}"
        if roll < 0.35 and inner is not None and depth:
            name = f"F{len(self.fragments)}"
            self.fragments.append("")
            place = len(self.fragments) - 1
            body = self.selections(schema, inner, depth - 1)
            self.fragments[place] = f"fragment {name} on {inner.name} {body}"
            return f"...{name}{self.directive()}"
        return self.a_field(schema, type_, depth)

    def narrowed(self, schema: GraphQLSchema, type_: Any) -> Any:
        if isinstance(type_, GraphQLObjectType):
            return type_
        return self.chance.choice(schema.get_possible_types(type_))

    def a_field(self, schema: GraphQLSchema, type_: Any, depth: int) -> str:
        fields = {} if isinstance(type_, GraphQLUnionType) else type_.fields
        names = [name for name, one in fields.items() if depth or not hasattr(get_named_type(one.type), "fields")]
        names = [name for name in names if depth or get_named_type(fields[name].type).name != "Either"]
        if not names:
            return "__typename"
        name = self.chance.choice(names)
        arguments = alias = ""
        if fields[name].args and self.chance.random() < 0.5:
            options = ["n: 4", "n: $n", "state: $s", "state: UP", "options: $o", "options: {n: $n}"]
            which = self.chance.randrange(len(options))
            arguments = f"({options[which]})"
            alias = f"x{which}{name}: "
        elif self.chance.random() < 0.2:
            alias = f"y{name}: "
        named = get_named_type(fields[name].type)
        composite = isinstance(named, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType)
        below = f" {self.selections(schema, named, depth - 1)}" if composite else ""
        return f"{alias}{name}{arguments}{self.directive()}{below}"

    def directive(self) -> str:
        if self.chance.random() > 0.15:
            return ""
        return self.chance.choice([" @include(if: $b)", " @skip(if: $b)", " @skip(if: $c)", " @include(if: true)"])


def _caught(resolve: Callable[..., Any], thing: Any, info: Any, arguments: dict[str, Any]) -> Any:
    try:
        return resolve(thing, info, **arguments)
    except Exception as error:  # noqa: BLE001 - it is one parent's value
        return error


def difference(case: Case, text: str, variables: dict[str, Any]) -> str | None:
    """What the engine answers otherwise than graphql-core, if anything."""
    plan = Plans(case.schema, planned_at=1).find(text, "It", variables)
    assert plan is not None, f"this should have a plan: {text}"
    resolver = None if case.reads_with is None else lambda thing, info, **_: case.reads_with(thing, info.field_name)
    case.log.clear()
    expected = execute(case.schema, parse(text), case.root, None, variables, field_resolver=resolver)
    log = list(case.log)
    case.log.clear()
    actual = asyncio.run(execute_plan(plan, variables, None, case.root))
    told = [
        (part, ours, theirs)
        for part, ours, theirs in [
            ("data", repr(actual.data), repr(expected.data)),
            ("errors", [_told(one) for one in actual.errors], [_told(one) for one in expected.errors or ()]),
            ("mutations", case.log, log),
        ]
        if ours != theirs
    ]
    return f"{text}\n{variables}\n{told}" if told else None


def _told(error: GraphQLError) -> str:
    return repr((error.path, error.message, error.locations, error.extensions))


@pytest.fixture(scope="session")
def generate() -> Callable[[random.Random, float, int], Case]:
    """Give the way to draw a case: by chance, with so much dirt in the data, with so many operations."""
    return lambda chance, dirt, operations: Generator(chance, dirt).case(operations)


@pytest.fixture(scope="session")
def differs() -> Callable[[Case, str, dict[str, Any]], str | None]:
    """Give the comparison of the engine with graphql-core."""
    return difference


def returned(coroutine: Any) -> Any:
    """What a coroutine that waits for nothing returns."""
    try:
        coroutine.send(None)
    except StopIteration as ended:
        return ended.value
    raise AssertionError("it waits")
