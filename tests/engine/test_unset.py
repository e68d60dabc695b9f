"""Fields that nobody has spoken of: null where null may be, within the loop; an error where it may not."""

from enum import Enum
from types import SimpleNamespace
from typing import Any

import pytest
from graphql import GraphQLError, build_schema
from msgspec import UNSET

from engine import Plans, execute, read
from engine.core import READS_WITH

pytestmark = pytest.mark.anyio

NULLABLE = ("text", "whole", "number", "yes", "id", "state", "stamp", "one", "many", "either", "union")
SCHEMA = build_schema(
    """
    type Query { things: [Thing] }
    enum State { UP DOWN }
    scalar Stamp
    interface Named { name: String! }
    type Other implements Named { name: String! }
    union Any = Thing | Other
    type Thing implements Named {
      name: String! text: String whole: Int number: Float yes: Boolean id: ID state: State stamp: Stamp
      one: Thing many: [Thing] either: Named union: Any
      items: [Int]
    }
    """
)
SCHEMA.extensions[READS_WITH] = read
LEAVES = " ".join(NULLABLE[:7])
QUERY = f"{{ things {{ {LEAVES} one {{ name }} many {{ name }} either {{ name }} union {{ __typename }} }} }}"


async def ask(query: str, *things: Any) -> tuple[Any, list[GraphQLError]]:
    """Plan and execute."""
    plan = Plans(SCHEMA, planned_at=1).find(query)
    assert plan is not None
    result = await execute(plan, root=SimpleNamespace(things=list(things)))
    return result.data, result.errors


async def test_what_nobody_has_spoken_of_is_null() -> None:
    """Whatever its type is, in the first row or after others."""
    said: dict[str, Any] = {"text": "t", "whole": 1, "number": 1.5, "yes": True, "id": "i", "state": "UP", "stamp": "s"}
    full = SimpleNamespace(**said, one=None, many=[], either=None, union=None)
    unset = SimpleNamespace(**dict.fromkeys(NULLABLE, UNSET))
    nothing = dict.fromkeys(NULLABLE)
    data, errors = await ask(QUERY, unset, full, unset)
    assert {"things": [nothing, {**nothing, **said, "many": []}, nothing]} == data
    assert [] == errors


async def test_where_null_may_not_be_it_is_an_error() -> None:
    """As null is."""
    data, errors = await ask("{ things { name } }", SimpleNamespace(name=UNSET))
    assert {"things": [None]} == data
    assert ["Cannot return null for non-nullable field Thing.name."] == [error.message for error in errors]


async def test_an_item_of_a_list_is_no_field() -> None:
    """Nobody leaves an item unsaid: it is of a wrong type."""
    data, errors = await ask("{ things { items } }", SimpleNamespace(items=[1, UNSET]))
    assert {"things": [{"items": [1, None]}]} == data
    assert ["Int cannot represent non-integer value: <UnsetType instance>"] == [error.message for error in errors]


class Colour(Enum):
    """Another word that no enum of the schema knows."""

    RED = 1


async def test_what_is_odd_beside_it_is_still_told() -> None:
    """A value that its enum does not know."""
    data, errors = await ask("{ things { state } }", SimpleNamespace(state=UNSET), SimpleNamespace(state=Colour.RED))
    assert {"things": [{"state": None}, {"state": None}]} == data
    assert [["things", 1, "state"]] == [error.path for error in errors]
