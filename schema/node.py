"""Things that can be found again by a global id [Relay server specification]."""

from collections.abc import Callable
from typing import Any

import strawberry

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
        return strawberry.ID(encode_id(noun, getattr(root, key)))

    return strawberry.field(
        resolver=identify, description="A global id: opaque, and the same for as long as the thing is."
    )


def is_of(noun: str) -> Callable[[Any, Any], bool]:
    """Whether an object is a record of this noun, as GraphQL asks when it must tell types apart."""
    record = NOUNS[noun].record
    return lambda thing, _info: isinstance(thing, record)
