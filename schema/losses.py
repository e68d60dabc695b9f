"""Errors as clients get them: what a failed source takes away is one error a field, not one a row."""

from collections.abc import Sequence

from graphql import GraphQLError

from model.faults import SourceFault
from resolvers.listing import BadInput
from resolvers.request import Request
from schema.errors import BAD_USER_INPUT


def gather(errors: Sequence[GraphQLError], request: Request) -> list[GraphQLError]:
    """Put the errors of one field together: the path of the first row, and how many rows are affected."""
    told: list[GraphQLError] = []
    lost: dict[tuple[object, ...], list[GraphQLError]] = {}
    for error in errors:
        original = error.original_error
        if isinstance(original, SourceFault):
            place = tuple(step for step in error.path or () if isinstance(step, str))
            lost.setdefault((place, original.source, original.code), []).append(error)
        elif isinstance(original, BadInput):
            told.append(_told(error, str(original), {"code": BAD_USER_INPUT}))
        else:
            told.append(error)
    return told + [_lost(rows, request) for rows in lost.values()]


def _lost(rows: Sequence[GraphQLError], request: Request) -> GraphQLError:
    first = rows[0]
    fault = first.original_error
    if not isinstance(fault, SourceFault):
        return first
    labels = {} if request.caller.internals else request.upstreams.labels
    source = labels.get(fault.source, fault.source)
    field = (first.path or ["the answer"])[-1]
    message = f"{field} is unknown: {source} {_WORDS.get(fault.code, 'failed')}"
    return _told(first, message, {"code": fault.code, "source": source, "rows": len(rows)})


def _told(error: GraphQLError, message: str, extensions: dict[str, object]) -> GraphQLError:
    return GraphQLError(message, nodes=error.nodes, path=error.path, extensions=extensions)


_WORDS = {
    "SOURCE_TIMED_OUT": "did not answer in time",
    "SOURCE_REFUSED": "cannot be reached",
    "SOURCE_CIRCUIT_OPEN": "is failing and is left in peace for now",
    "SOURCE_SET_ASIDE": "is out of use for maintenance",
    "SOURCE_OVERLOADED": "is overloaded",
    "SOURCE_UNAVAILABLE": "cannot answer now",
    "SOURCE_REJECTED": "refused to answer",
    "SOURCE_UNAUTHORISED": "did not accept the gateway's credentials",
    "SOURCE_BAD_REQUEST": "did not understand the gateway's question",
    "SOURCE_MALFORMED": "gave an answer that makes no sense",
    "SOURCE_DRIFTED": "has changed its shape",
    "SOURCE_KEY_AMBIGUOUS": "cannot be asked, since the key under which it knows the thing is told in two ways",
    "SOURCE_KEY_UNKNOWN": "cannot be asked, since nobody could tell the key under which it knows the thing",
}
