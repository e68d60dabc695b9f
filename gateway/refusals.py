"""Requests that are not let in: each with its HTTP status, its stable code and a sentence for the client.

    400  MALFORMED_REQUEST          the body is no JSON object, or not of the shape of a GraphQL request
    400  BAD_CALLER                 the headers do not tell for whom is asked
    401  UNAUTHENTICATED            a hook does not show the secret that it has to
    403  FOREIGN_ORIGIN             a page of another site made a browser ask
    404  NOT_FOUND                  there is nothing at this address
    405  METHOD_NOT_ALLOWED         not by this method, or no mere query by GET
    406  NOT_ACCEPTABLE             the client takes none of the media types there are
    408  REQUEST_TIMED_OUT          the body did not arrive in time
    413  BODY_TOO_LARGE             the body exceeds `max_body_bytes`
    415  UNSUPPORTED_MEDIA_TYPE     the body is not application/json in UTF-8
    421  MISDIRECTED_REQUEST        the gateway does not answer to this name
    429  RATE_LIMITED               the caller, or its customer, asks too often
    429  TOO_MANY_AT_ONCE           the caller asks too much at the same time
    504  DEADLINE_EXCEEDED          there was no answer within the request's deadline

What is wrong inside a well-formed request (the document, its variables) is told by `gateway.telling`; too much of it
by `gateway.guard.excess`.
"""

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):  # noqa: N818 - it is the client's mistake, not an error of ours
    """A request that is not let in."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = dict(headers or {})
        self.extensions: dict[str, Any] = {}

    def payload(self) -> dict[str, Any]:
        """Say it as a GraphQL response that has no data."""
        return {"errors": [{"message": self.message, "extensions": {"code": self.code, **self.extensions}}]}


def malformed(message: str) -> Refusal:
    """The body is there, but is not a GraphQL request."""
    return Refusal(400, "MALFORMED_REQUEST", message)


def bad_caller(message: str) -> Refusal:
    """The headers do not tell for whom is asked."""
    return Refusal(400, "BAD_CALLER", message)


def not_known(what: str) -> Refusal:
    """A program that comes here does not show that it may."""
    return Refusal(401, "UNAUTHENTICATED", f"{what} needs its secret.", {"www-authenticate": "Bearer"})


def unsupported(message: str) -> Refusal:
    """The body is of a kind that is not read."""
    return Refusal(415, "UNSUPPORTED_MEDIA_TYPE", message)


def too_large(at_most: int) -> Refusal:
    """The body is larger than what is read; the connection ends, since the rest of it is not awaited."""
    return Refusal(413, "BODY_TOO_LARGE", f"The request body exceeds {at_most} bytes.", {"connection": "close"})


def foreign_origin() -> Refusal:
    """A browser asks on behalf of a page that is not trusted."""
    return Refusal(403, "FOREIGN_ORIGIN", "Pages of other origins may not ask here.")


def misdirected() -> Refusal:
    """Somebody takes the gateway for something else, or makes a browser do so."""
    return Refusal(421, "MISDIRECTED_REQUEST", "This gateway does not answer to this name.")


def too_often(seconds: int) -> Refusal:
    """The caller, or its customer, has used up what may be asked for now."""
    message = f"Too many requests: ask again in {seconds} s."
    return Refusal(429, "RATE_LIMITED", message, {"retry-after": str(seconds)})


def too_many_at_once(at_most: int) -> Refusal:
    """The caller has too much under way."""
    message = f"Too many requests at the same time: {at_most} are the most."
    return Refusal(429, "TOO_MANY_AT_ONCE", message, {"retry-after": "1"})


def departed() -> Refusal:
    """The client has left; nobody reads this but the log of requests."""
    return Refusal(499, "CLIENT_LEFT", "The client has left.")


def too_slow() -> Refusal:
    """The body did not arrive within the request's deadline."""
    return Refusal(408, "REQUEST_TIMED_OUT", "The request body did not arrive in time.", {"connection": "close"})


def not_by_get() -> Refusal:
    """What changes something does not come by GET."""
    return Refusal(405, "METHOD_NOT_ALLOWED", "By GET, only queries are answered.", {"allow": "POST"})


def past_deadline() -> Refusal:
    """The answer was not ready within the request's deadline."""
    return Refusal(504, "DEADLINE_EXCEEDED", "The request was not answered within its deadline.")


def not_acceptable(offered: str) -> Refusal:
    """The client takes nothing of what there is."""
    return Refusal(406, "NOT_ACCEPTABLE", f"The answer is one of {offered}.")
