"""What comes of an operation, and its only encoding."""

from typing import Any

import msgspec
from graphql import GraphQLError
from msgspec import Struct


class Result(Struct, frozen=True):
    """An answer that is ready to be encoded. `refused`: nothing was executed, so there is no data to speak of."""

    data: dict[str, Any] | None
    errors: list[GraphQLError]
    refused: bool = False


def encode(result: Result, extensions: dict[str, Any] | None = None) -> bytes:
    """The answer in JSON [GraphQL specification, Response Format]."""
    payload: dict[str, Any] = {} if result.refused else {"data": result.data}
    if result.errors:
        payload["errors"] = [error.formatted for error in result.errors]
    if extensions:
        payload["extensions"] = extensions
    return msgspec.json.encode(payload)
