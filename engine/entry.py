"""`entry`: a field whose value stands in a table, under an attribute of the object.

    id: strawberry.ID = entry(ids, "code", description="A global id.")

Generated loops look it up in place, without a call. A table that makes what it lacks is a dict with `__missing__`.
"""

from collections.abc import Mapping
from typing import Any, Final

import strawberry

from engine.plan import Entry

ENTRY: Final = "engine.entry"
"""Under this key a field's metadata holds its `Entry`."""


def entry(table: Mapping[Any, Any], attribute: str, type_: Any, *, description: str) -> Any:
    """Declare a Strawberry field of this type, read from a table by an attribute of its object."""

    def look_up(root: Any) -> Any:
        return table[getattr(root, attribute)]

    look_up.__annotations__ = {"root": Any, "return": type_}
    return strawberry.field(resolver=look_up, description=description, metadata={ENTRY: Entry(attribute, table)})
