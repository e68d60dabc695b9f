"""How a failure is told to a client: our own words with a stable code, and of anything else nothing.

An error with a code was made by us for clients to read. An error without a code and without a path comes from
graphql-core's reading of the document or its variables, and speaks only of what the client sent. Everything else
was not foreseen: the client hears `Internal server error` and the request's id, the log keeps the rest.
"""

import logging
from collections.abc import Iterable, Sequence
from typing import Any

from graphql import ArgumentNode, GraphQLError, GraphQLSyntaxError, ValueNode

from gateway.request_id import request_id

PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
BAD_USER_INPUT = "BAD_USER_INPUT"
INTERNAL = "INTERNAL"

log = logging.getLogger("trunkline.gateway")


def internal_error() -> dict[str, Any]:
    """Say that something went wrong, and under which name the operator finds it."""
    return {"message": "Internal server error", "extensions": {"code": INTERNAL, "requestId": request_id()}}


def tell(errors: Iterable[GraphQLError]) -> list[dict[str, Any]]:
    """Write errors as a client may read them; log those that nobody foresaw."""
    return [_told(error) for error in errors]


def _told(error: GraphQLError) -> dict[str, Any]:
    code = _code(error)
    if code is None:
        log.error("unforeseen error at %s", _dotted(error.path), exc_info=error.original_error or error)
        return {**_places(error), **internal_error()}
    if isinstance(error.original_error, RecursionError):
        return {"message": "The document is nested too deeply.", "extensions": {"code": code}}
    return {"message": error.message, **_places(error), "extensions": {**(error.extensions or {}), "code": code}}


def _code(error: GraphQLError) -> str | None:
    own = (error.extensions or {}).get("code")
    if isinstance(own, str):
        return own
    if error.path is not None:
        return BAD_USER_INPUT if _about_arguments(error) else None
    if isinstance(error, GraphQLSyntaxError) or isinstance(error.original_error, RecursionError):
        return PARSE_FAILED
    if error.original_error is None or isinstance(error.original_error, GraphQLError):
        return VALIDATION_FAILED
    return None


def _about_arguments(error: GraphQLError) -> bool:
    """Tell whether graphql-core complains of an argument that the client wrote, which is found only at run time."""
    cause = error.original_error
    nodes = cause.nodes if isinstance(cause, GraphQLError) else None
    return bool(nodes) and all(isinstance(node, ArgumentNode | ValueNode) for node in nodes or ())


def _places(error: GraphQLError) -> dict[str, Any]:
    formatted = error.formatted
    return {key: formatted[key] for key in ("locations", "path") if key in formatted}


def _dotted(path: Sequence[str | int] | None) -> str:
    return ".".join(map(str, path or ())) or "the operation"
