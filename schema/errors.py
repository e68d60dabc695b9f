"""Errors that clients may read: what, where, and a stable code."""

from graphql import GraphQLError

BAD_USER_INPUT = "BAD_USER_INPUT"
FORBIDDEN = "FORBIDDEN"


def refused(message: str, code: str = BAD_USER_INPUT) -> GraphQLError:
    """An error about the client's own doing."""
    return GraphQLError(message, extensions={"code": code})
