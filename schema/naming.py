"""GraphQL's names for the fields of records, and back."""

import functools
import re

_WORD = re.compile(r"(?<=[a-z0-9])([A-Z])")


@functools.cache
def graphql_name(field: str) -> str:
    """`bandwidth_bps` -> `bandwidthBps`."""
    first, *rest = field.split("_")
    return first + "".join(word.capitalize() for word in rest)


def record_field(name: str) -> str:
    """`bandwidthBps` -> `bandwidth_bps`."""
    return _WORD.sub(r"_\1", name).lower()
