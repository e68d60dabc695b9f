"""Plans: when they are made, how long they are kept, what is counted."""

import asyncio
from typing import Any

import pytest
import strawberry
from graphql import GraphQLSchema, build_schema, parse
from graphql import execute as core_execute

from engine import Plans, Reason, Result, Selection, Unplannable, compile_operation, derived, encode, execute
from engine.compile import CONDITIONS
from engine.lru import Lru

SCHEMA = build_schema(
    """
    directive @loud on FIELD
    type Query { a: Int b: Int self: Query many: [Query!] }
    type Subscription { a: Int }
    """
)


def counts(plans: Plans, of: str) -> dict[str, int]:
    """What has been counted of one cache."""
    found: dict[str, int] = plans.counts()[of]
    return found


def test_a_plan_is_made_at_the_second_use() -> None:
    """What is asked only once is not worth it."""
    plans = Plans(SCHEMA)
    assert plans.find("{ a }") is None
    plan = plans.find("{ a }")
    assert plan is not None
    assert plan is plans.find("{ a }")
    assert {"first_use": 1} == counts(plans, "fallbacks")
    assert {"size": 1, "hits": 1, "misses": 1, "evictions": 0} == counts(plans, "plans")


def test_a_prepared_document_has_a_plan_at_its_first_use() -> None:
    """Documents that are registered are read ahead."""
    plans = Plans(SCHEMA)
    plans.prepare("{ a }")
    assert plans.find("{ a }") is not None


def test_conditions_make_plans_of_their_own() -> None:
    """One for each combination of values; defaults count, other variables do not."""
    plans = Plans(SCHEMA, planned_at=1)
    text = "query ($x: Boolean = true, $y: Boolean!) { a @skip(if: $x) b @include(if: $y) }"
    given = [{"y": True}, {"y": True, "x": True}, {"y": False}, {"y": True, "x": False}, {"y": True, "z": 1}]
    found = [plans.find(text, None, variables) for variables in given]
    assert None not in found
    assert found[0] is found[1] is found[4]
    assert 3 == len({id(plan) for plan in found})


def test_operations_of_a_document_have_plans_of_their_own() -> None:
    """They are told apart by name."""
    plans = Plans(SCHEMA, planned_at=1)
    text = "query A { a } query B { b }"
    assert plans.find(text, "A") is not plans.find(text, "B")
    assert plans.find(text, "C") is None
    assert plans.find(text) is None
    assert {"no_such_operation": 2} == counts(plans, "fallbacks")


def test_caches_are_bounded() -> None:
    """What was used longest ago makes room, and that is counted."""
    plans = Plans(SCHEMA, planned_at=1, documents=2, plans=2)
    for text in ("{ a }", "{ b }", "{ a }", "{ a b }", "{ a }", "{ b }"):
        assert plans.find(text) is not None
    expected = {"size": 2, "hits": 2, "misses": 4, "evictions": 2}
    assert expected == counts(plans, "documents") == counts(plans, "plans")


def test_what_is_kept_is_bounded_by_its_size_too() -> None:
    """A few large ones are as much as many small ones; fragments make large plans of small documents."""
    wide = " ".join(f"a{number}: a" for number in range(40))
    several = [f"{{ ...F x{n}: a }} fragment F on Query {{ {wide} }}" for n in range(9)]
    plans = Plans(SCHEMA, planned_at=1, fields=100, characters=2 * len(several[0]))
    for text in several:
        plan = plans.find(text)
        assert plan is not None
        assert 41 == plan.fields
    assert [2, 2] == [counts(plans, name)["size"] for name in ("documents", "plans")]


def test_what_came_last_is_kept_whatever_it_weighs() -> None:
    """It is in use."""
    kept: Lru[str, int] = Lru(9, 10)
    for key, weight in (("a", 4), ("b", 6), ("b", 5), ("c", 1), ("d", 99)):
        kept.put(key, weight, weight)
    assert [None, None, None, 99] == [kept.get(key) for key in "abcd"]
    kept.put("a", 10, 10)
    assert [10, None] == [kept.get(key) for key in "ad"]


def test_the_least_recently_used_entry_is_evicted() -> None:
    """Reading is using."""
    kept: Lru[str, int] = Lru(2)
    kept.put("a", 1)
    kept.put("b", 2)
    assert 1 == kept.get("a")
    kept.put("c", 3)
    assert [1, None, 3] == [kept.get(key) for key in "abc"]


@pytest.mark.parametrize(
    ("reason", "text"),
    [
        (Reason.DIRECTIVE, "{ a @loud }"),
        (Reason.SUBSCRIPTION, "subscription { a }"),
        (Reason.INVALID, "{ c }"),
        (Reason.INVALID, "{"),
        (Reason.TOO_LARGE, "{ " + " ".join(f"a{number}: a" for number in range(4001)) + " }"),
        (
            Reason.CONDITIONS,
            (
                f"query ({' '.join(f'$v{n}: Boolean!' for n in range(CONDITIONS + 1))})"
                f" {{ {' '.join(f'f{n}: a @skip(if: $v{n})' for n in range(CONDITIONS + 1))} }}"
            ),
        ),
    ],
)
def test_what_no_plan_can_hold_is_counted_by_its_reason(reason: Reason, text: str) -> None:
    """And remembered, so that it is found out once."""
    plans = Plans(SCHEMA, planned_at=1)
    assert [None, None] == [plans.find(text), plans.find(text)]
    assert {reason.value: 2} == counts(plans, "fallbacks")


async def _known_later(*_: object) -> str:
    return "A"


def test_types_that_are_only_known_later_have_no_plan() -> None:
    """A coroutine function that tells types apart would have to be awaited in the middle of a loop."""

    def schema() -> GraphQLSchema:
        return build_schema("interface I { a: Int } type A implements I { a: Int } type Query { i: I }")

    by_interface, by_type = schema(), schema()
    by_interface.type_map["I"].resolve_type = _known_later  # type: ignore[attr-defined]
    by_type.type_map["A"].is_type_of = _known_later  # type: ignore[attr-defined]
    for one in (by_interface, by_type):
        plans = Plans(one, planned_at=1)
        assert plans.find("{ i { a } }") is None
        assert {"type_known_later": 1} == counts(plans, "fallbacks")


@pytest.mark.parametrize("field", ["self", "many"])
@pytest.mark.parametrize("depth", [5, 30, 70])
def test_deep_operations_are_answered(field: str, depth: int) -> None:
    """However deep: Python's own limits are not the client's."""
    text = f"{{ {f'{field} {{ ' * depth} a {'}' * depth} }}"
    root: dict[str, Any] = {"a": 1}
    for _ in range(depth):
        root = {"self": root, "many": [root]}
    plan = Plans(SCHEMA, planned_at=1).find(text)
    assert plan is not None
    assert core_execute(SCHEMA, parse(text), root).data == asyncio.run(execute(plan, root=root)).data


@pytest.mark.parametrize("depth", [300, 5000])
def test_documents_that_are_too_deep_are_left_alone(depth: int) -> None:
    """They do not break what finds plans."""
    text = f"{{ {'self { ' * depth} a {'}' * depth} }}"
    assert Plans(SCHEMA, planned_at=1).find(text) is None


def test_fragment_variables_have_no_plan() -> None:
    """They are an experiment of graphql-core's."""
    text = "{ ...F(x: 1) } fragment F($x: Int) on Query { a }"
    document = parse(text, experimental_fragment_arguments=True)
    with pytest.raises(Unplannable, match="fragment_variables"):
        compile_operation(SCHEMA, document)


def test_a_result_is_encoded_once() -> None:
    """Extensions are added before, errors are told in their standard form, data only where there is some."""
    assert b'{"data":{"a":1},"extensions":{"x":[]}}' == encode(Result({"a": 1}, []), {"x": []})
    assert b'{"data":null}' == encode(Result(None, []))
    assert b"{}" == encode(Result(None, [], refused=True))


def test_what_is_made_of_a_selection_is_made_once_unless_it_hangs_on_variables() -> None:
    """Requests that share a plan share it; one with other variables does not."""
    made: list[list[Any]] = []

    def make(name: str, below: Selection) -> list[Any]:
        made.append(below.fields["circuit"].arguments(name))
        return made[-1]

    @strawberry.type
    class Circuit:
        @strawberry.field
        def circuit(self, a: int = 0, b: int = 0) -> int:
            return a + b

    @strawberry.type
    class Query:
        @strawberry.field
        def once(self, info: strawberry.Info) -> Circuit:
            derived(info, make, "a")
            return Circuit()

        @strawberry.field
        def each(self, info: strawberry.Info) -> Circuit:
            derived(info, make, "b")
            return Circuit()

    plans = Plans(strawberry.Schema(Query), planned_at=1)
    for value in (1, 2):
        text = "query ($v: Int!) { once { circuit(a: 5, b: $v) } each { circuit(a: 5, b: $v) } }"
        plan = plans.find(text, None, {"v": value})
        assert plan is not None
        asyncio.run(execute(plan, {"v": value}, None, None))
    assert [[5], [1], [2]] == made
