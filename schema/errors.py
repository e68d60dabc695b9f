"""Errors that clients may read: what, where, and a stable code."""

from typing import Any

from graphql import GraphQLError

from model.faults import SourceFault
from resolvers.listing import BadInput

BAD_USER_INPUT = "BAD_USER_INPUT"
FORBIDDEN = "FORBIDDEN"


def refused(message: str, code: str = BAD_USER_INPUT) -> GraphQLError:
    """An error about the client's own doing."""
    return GraphQLError(message, extensions={"code": code})


def code_of(error: GraphQLError) -> str | None:
    """The stable code of an error that is ours to tell; None for anything unexpected."""
    original = error.original_error
    if isinstance(original, SourceFault):
        return original.code
    if isinstance(original, BadInput):
        return BAD_USER_INPUT
    code: Any = (error.extensions or {}).get("code")
    return code if isinstance(code, str) else None
