# ruff: noqa: D102 - what graphql-core calls needs no words
"""Errors and the nulls that they leave, one by one; graphql-core answers each of these in the same way."""

import asyncio
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest
from graphql import GraphQLError, GraphQLSchema, build_schema, parse
from graphql import execute as execute_by_core
from graphql.pyutils import is_awaitable

from engine import Plans, execute

SCHEMA = """
interface Node { id: ID! }
union Thing = Site | Alarm
type Site implements Node { id: ID! name: String! city: String circuits: [Circuit!]! near: Site }
type Alarm implements Node { id: ID! text: String }
type Circuit { code: String! speed: Float hops: [Hop!] grid: [[Int!]] site: Site! }
type Hop { seq: Int! port: String }
type Query { site: Site strict: Site! circuits: [Circuit!]! loose: [Circuit] node: Node things: [Thing!] count: Int! }
"""


class Lost(Exception):  # noqa: N818 - it stands for a value that is lost
    """In place of a value."""


class Site:
    """What GraphQL's own reading takes for a site."""

    __typename = "Site"

    def __init__(self, **fields: Any) -> None:
        self.__dict__.update(fields)


def answer(query: str, root: Any, schema: GraphQLSchema | None = None) -> tuple[Any, list[tuple[str, Any]]]:
    """Data, and messages with paths; the same from both."""
    schema = schema or build_schema(SCHEMA)
    plan = Plans(schema, planned_at=1).find(query)
    assert plan is not None
    ours = asyncio.run(execute(plan, root=root))

    async def by_core() -> Any:
        result = execute_by_core(schema, parse(query), root)
        return await result if is_awaitable(result) else result

    theirs = asyncio.run(by_core())
    assert theirs.data == ours.data
    assert [error.formatted for error in theirs.errors or ()] == [error.formatted for error in ours.errors]
    return ours.data, [(error.message, error.path) for error in ours.errors]


def circuit(**fields: Any) -> dict[str, Any]:
    """A circuit of which everything is well but what is given."""
    return {"code": "c", "speed": 1.5, "hops": [{"seq": 1, "port": "p"}], "site": {"id": 1, "name": "s"}, **fields}


NO_NULL = "Cannot return null for non-nullable field {}."

CASES: Mapping[str, tuple[str, Any, Any, list[tuple[str, Any]]]] = {
    "null where it may be": ("{ site { city } }", {"site": {"city": None}}, {"site": {"city": None}}, []),
    "null where it may not be, up to the nearest place": (
        "{ site { name } }",
        {"site": {"name": None}},
        {"site": None},
        [(NO_NULL.format("Site.name"), ["site", "name"])],
    ),
    "null carried up to the top": (
        "{ strict { name } }",
        {"strict": {"name": None}},
        None,
        [(NO_NULL.format("Site.name"), ["strict", "name"])],
    ),
    "a root field that may not be null": ("{ count }", {}, None, [(NO_NULL.format("Query.count"), ["count"])]),
    "an exception in place of a value": (
        "{ site { city name } }",
        {"site": {"city": Lost("gone"), "name": "n"}},
        {"site": {"city": None, "name": "n"}},
        [("gone", ["site", "city"])],
    ),
    "an exception in place of an object": (
        "{ site { city } }",
        {"site": Lost("gone")},
        {"site": None},
        [("gone", ["site"])],
    ),
    "an exception in place of an item that may not be null": (
        "{ loose { hops { seq } } }",
        {"loose": [circuit(hops=[{"seq": 1}, Lost("gone")]), circuit()]},
        {"loose": [{"hops": None}, {"hops": [{"seq": 1}]}]},
        [("gone", ["loose", 0, "hops", 1])],
    ),
    "null below an item takes the item, then the list, then the answer": (
        "{ circuits { code } }",
        {"circuits": [circuit(), circuit(code=None)]},
        None,
        [(NO_NULL.format("Circuit.code"), ["circuits", 1, "code"])],
    ),
    "null below an item that may be null": (
        "{ loose { code } }",
        {"loose": [circuit(code=None), None, circuit()]},
        {"loose": [None, None, {"code": "c"}]},
        [(NO_NULL.format("Circuit.code"), ["loose", 0, "code"])],
    ),
    "lists of lists": (
        "{ loose { grid } }",
        {"loose": [circuit(grid=[[1, 2], None, [3, None], [4, "x"]])]},
        {"loose": [{"grid": [[1, 2], None, None, None]}]},
        [
            (NO_NULL.format("Circuit.grid"), ["loose", 0, "grid", 2, 1]),
            ("Int cannot represent non-integer value: 'x'", ["loose", 0, "grid", 3, 1]),
        ],
    ),
    "something else where a list is declared": (
        "{ loose { hops { seq } } }",
        {"loose": [circuit(hops=5)]},
        {"loose": [{"hops": None}]},
        [("Expected Iterable, but did not find one for field 'Circuit.hops'.", ["loose", 0, "hops"])],
    ),
    "an int where a Float is declared": (
        "{ loose { speed } }",
        {"loose": [{"speed": 3}]},
        {"loose": [{"speed": 3}]},
        [],
    ),
    "a number that JSON does not know": (
        "{ loose { speed } }",
        {"loose": [{"speed": float("inf")}]},
        {"loose": [{"speed": None}]},
        [("Float cannot represent non numeric value: inf", ["loose", 0, "speed"])],
    ),
    "an int that is too large": (
        "{ count }",
        {"count": 2**31},
        None,
        [("Int cannot represent non 32-bit signed integer value: 2147483648", ["count"])],
    ),
    "ints up to the largest, and beyond": (
        "{ loose { grid } }",
        {"loose": [circuit(grid=[[2**30 - 1, 2**30, 2**31 - 1], [-(2**30), 1 - 2**30, -(2**31)], [-(2**31) - 1]])]},
        {"loose": [{"grid": [[2**30 - 1, 2**30, 2**31 - 1], [-(2**30), 1 - 2**30, -(2**31)], None]}]},
        [("Int cannot represent non 32-bit signed integer value: -2147483649", ["loose", 0, "grid", 2, 0])],
    ),
    "aliases": (
        "{ site { a: city b: city } }",
        {"site": {"city": Lost("gone")}},
        {"site": {"a": None, "b": None}},
        [("gone", ["site", "a"]), ("gone", ["site", "b"])],
    ),
    "one error for a place that two would null": (
        "{ site { name circuits { code } } }",
        {"site": {"name": None, "circuits": None}},
        {"site": None},
        [(NO_NULL.format("Site.name"), ["site", "name"])],
    ),
    "an earlier error below a place that a later one nulls is told": (
        "{ site { city name } }",
        {"site": {"city": Lost("first"), "name": None}},
        {"site": None},
        [("first", ["site", "city"]), (NO_NULL.format("Site.name"), ["site", "name"])],
    ),
    "a type by its name": (
        "{ node { id ... on Site { name } __typename } }",
        {"node": {"__typename": "Site", "id": 7, "name": "n"}},
        {"node": {"id": "7", "name": "n", "__typename": "Site"}},
        [],
    ),
    "a type that does not belong": (
        "{ node { id } }",
        {"node": {"__typename": "Hop"}},
        {"node": None},
        [("Runtime Object type 'Hop' is not a possible type for 'Node'.", ["node"])],
    ),
    "a type that is not told, in a list": (
        "{ things { ... on Site { name } } }",
        {"things": [{"__typename": "Site", "name": "n"}, {}]},
        {"things": None},
        [
            (
                (
                    "Abstract type 'Thing' must resolve to an Object type at runtime for field 'Query.things'. Either"
                    " the 'Thing' type should provide a 'resolve_type' function or each possible type should provide an"
                    " 'is_type_of' function."
                ),
                ["things", 1],
            )
        ],
    ),
    "a type's private name": ("{ node { id } }", {"node": Site(id="s")}, {"node": {"id": "s"}}, []),
    "a function in place of a value": ("{ count }", {"count": lambda _: 3}, {"count": 3}, []),
    "a function that fails": (
        "{ site { city } }",
        {"site": SimpleNamespace(city=lambda _: 1 / 0)},
        {"site": {"city": None}},
        [("division by zero", ["site", "city"])],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_an_error_leaves_what_it_must_leave(case: str) -> None:
    """The case's name says what is wrong; what is expected is written out, and graphql-core agrees."""
    query, root, data, errors = CASES[case]
    assert (data, errors) == answer(query, root)


def test_a_located_error_stays_where_it_is() -> None:
    """An error that knows its path is told as it is."""
    kept = GraphQLError("kept", path=["elsewhere"])
    assert ({"site": None}, [("kept", ["elsewhere"])]) == answer("{ site { city } }", {"site": kept})


async def _later(value: Any) -> Any:
    await asyncio.sleep(0)
    if isinstance(value, Exception):
        raise value
    return value


async def _stream(*values: Any) -> Any:
    for value in values:
        if isinstance(value, Exception):
            raise value
        yield value


class Later:
    """An object whose fields and items are had only when they are awaited."""

    async def city(self, _: Any) -> str:
        return await _later("c")

    def name(self, _: Any) -> Any:
        return _later(None)

    def circuits(self, _: Any) -> Any:
        return [_later(circuit()), _later(circuit(hops=_later([{"seq": _later(2)}])))]


@pytest.mark.parametrize(
    ("query", "field", "value"),
    [
        ("{ site { city } }", "site", Later),
        ("{ site { city name } }", "site", Later),
        ("{ site { circuits { code hops { seq } } } }", "site", Later),
        ("{ loose { code hops { seq port } } }", "loose", lambda: [_later(circuit()), _later(Lost("gone")), None]),
        ("{ circuits { code } }", "circuits", lambda: [_later(circuit()), _later(circuit(code=None))]),
        ("{ loose { code } }", "loose", lambda: _stream(circuit(), None, circuit())),
        ("{ loose { code } }", "loose", lambda: _stream(circuit(), Lost("broken off"))),
        ("{ count }", "count", lambda: _later(Lost("gone"))),
    ],
)
def test_values_that_turn_out_to_be_awaitable_are_awaited(query: str, field: str, value: Any) -> None:
    """Wherever they stand, though no resolver announces them."""
    schema = build_schema(SCHEMA)
    document = parse(query)
    plan = Plans(schema, planned_at=1).find(query)
    assert plan is not None

    async def both() -> tuple[Any, Any]:
        theirs = execute_by_core(schema, document, {field: value()})
        return await execute(plan, root={field: value()}), await theirs if is_awaitable(theirs) else theirs

    ours, theirs = asyncio.run(both())
    assert theirs.data == ours.data
    assert [error.formatted for error in theirs.errors or ()] == [error.formatted for error in ours.errors]
