"""Things that can be found again by a global id [Relay server specification]."""

from typing import Any

import strawberry

from engine import InstanceOf, entry
from model.ids import IDS
from model.nouns import NOUNS

GLOBAL_ID = "A global id: opaque, and the same for as long as the thing is."


@strawberry.interface(description="A thing that can be found again by its id.")
class Node:
    id: strawberry.ID = strawberry.field(description=GLOBAL_ID)


def node_id(noun: str) -> Any:
    """The `id` field of a noun's type."""
    return entry(IDS[noun], NOUNS[noun].id, strawberry.ID, description=GLOBAL_ID)


def is_of(noun: str) -> InstanceOf:
    """Whether an object is a record of this noun, as GraphQL asks when it must tell types apart."""
    return InstanceOf(NOUNS[noun].record)
