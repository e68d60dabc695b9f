"""What comes of an operation, and its only encoding."""

from typing import Any

import msgspec
from graphql import GraphQLError
from msgspec import Struct

from engine.response_map import ResponseMap, as_dicts


class Result(Struct, frozen=True):
    """An answer that is ready to be encoded. `refused`: nothing was executed, so there is no data to speak of."""

    made: ResponseMap | dict[str, Any] | None
    errors: list[GraphQLError]
    refused: bool = False

    @property
    def data(self) -> dict[str, Any] | None:
        """The answer's data for whoever wants to look at it; the encoder takes what was made."""
        data: dict[str, Any] | None = as_dicts(self.made)
        return data


def encode(result: Result, extensions: dict[str, Any] | None = None) -> bytes:
    """The answer in JSON [GraphQL specification, Response Format]."""
    payload: dict[str, Any] = {} if result.refused else {"data": result.made}
    if result.errors:
        payload["errors"] = [error.formatted for error in result.errors]
    if extensions:
        payload["extensions"] = extensions
    return msgspec.json.encode(payload)
