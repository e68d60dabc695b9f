"""Things that can be found again by a global id [Relay server specification]."""

from typing import Any

import strawberry

from engine import InstanceOf
from model.ids import encode_id
from model.nouns import NOUNS
from model.records import Record


@strawberry.interface(description="A thing that can be found again by its id.")
class Node:
    id: strawberry.ID = strawberry.field(description="A global id: opaque, and the same for as long as the thing is.")


def node_id(noun: str) -> Any:
    """The `id` field of a noun's type."""
    key = NOUNS[noun].id

    def identify(root: Record) -> strawberry.ID:
        return encode_id(noun, getattr(root, key))  # type: ignore[return-value]  # an ID is a str

    return strawberry.field(
        resolver=identify, description="A global id: opaque, and the same for as long as the thing is."
    )


def is_of(noun: str) -> InstanceOf:
    """Whether an object is a record of this noun, as GraphQL asks when it must tell types apart."""
    return InstanceOf(NOUNS[noun].record)
