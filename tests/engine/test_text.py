# ruff: noqa: D101, D102, N805 - small types whose names say enough; what is resolved upon is no `self`
"""What is plain is done at once, and all of it again, with care, where something is not."""

from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import strawberry
from hypothesis import given
from hypothesis import strategies as st
from strawberry.schema.config import StrawberryConfig

from engine import Plans, execute
from engine.text import Text, at_once
from tests.engine.conftest import returned

pytestmark = pytest.mark.anyio

PLAIN = (1, 2**31 - 1)
ODD: tuple[Any, ...] = (None, "text", 2**31, 1.5, ValueError("gone"))


@strawberry.type
class Leaf:
    whole: int


@strawberry.type
class Branch:
    number: int
    leaves: list[Leaf | None]


CALLS: Counter[str] = Counter()


@strawberry.type
class Asked:
    name: str
    whole: int

    @strawberry.field
    def called(root: Any) -> str:
        CALLS[root.name] += 1
        return str(root.name)


@strawberry.type
class Query:
    branches: list[Branch]
    asked: list[Asked | None]


SCHEMA = strawberry.Schema(Query, config=StrawberryConfig(default_resolver=getattr))


@given(st.lists(st.lists(st.sampled_from(PLAIN + ODD), max_size=5), max_size=5))
def test_each_odd_value_is_told_once_wherever_it_is(values: list[list[Any]]) -> None:
    """In the first row or after plain ones; the rows around it are as they are."""
    plan = Plans(SCHEMA, planned_at=1).find("{ branches { number leaves { whole } } }")
    branches = [
        SimpleNamespace(number=number, leaves=[SimpleNamespace(whole=whole) for whole in several])
        for number, several in enumerate(values)
    ]
    assert plan is not None
    for _ in range(2):  # with nothing known of the classes, and again
        answered = returned(execute(plan, None, None, SimpleNamespace(branches=branches)))
        leaves = [[{"whole": one} if one in PLAIN else None for one in several] for several in values]
        assert {"branches": [{"number": n, "leaves": own} for n, own in enumerate(leaves)]} == answered.data
        odd = [(n, m) for n, several in enumerate(values) for m, one in enumerate(several) if one not in PLAIN]
        assert [["branches", n, "leaves", m, "whole"] for n, m in odd] == [one.path for one in answered.errors]


async def test_a_resolver_of_the_object_alone_is_called_once() -> None:
    """Also where something beside it is odd."""
    CALLS.clear()
    plan = Plans(SCHEMA, planned_at=1).find("{ asked { called whole } }")
    assert plan is not None
    asked = [SimpleNamespace(name="a", whole=1), SimpleNamespace(name="b", whole="text")]
    answered = await execute(plan, None, None, SimpleNamespace(asked=asked))
    assert {"asked": [{"called": "a", "whole": 1}, None]} == answered.data
    assert {"a": 1, "b": 1} == CALLS


def test_the_careful_function_is_made_when_something_is_odd() -> None:
    """And kept; what is in doubt has no other."""
    made: list[str] = []

    def written(text: Text) -> Callable[..., Any]:
        made.append("plain" if text.at_once else "careful")
        text.line(text.depth, "if v is None: odd()" if text.at_once else "if v is None: v = 0")
        return text.function(["values"], "for v in values:", "v")

    def doubtful(text: Text) -> Callable[..., Any]:
        text.doubt()
        return written(text)

    def text_of(careful: Callable[..., Any] | None) -> Text:
        return Text({}, careful)

    build = at_once(text_of, written)
    assert [1, 2] == build(None, None, [1, 2])
    assert ["plain"] == made
    assert [[1, 0], [0]] == [build(None, None, [1, None]), build(None, None, [None])]
    assert ["plain", "careful"] == made
    assert [1, 0] == at_once(text_of, doubtful)(None, None, [1, None])
    assert ["plain", "careful", "careful"] == made
