"""Results of GraphQL: their errors as faults, what each root field gave, whether they are results at all."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from model.faults import BadRequest, Malformed, Rejected, SourceFault, Unauthorised, Unavailable
from sources.answers import check_status, json_body
from sources.grammar.graphql import ErrorsDeclaration
from sources.jmespaths import compile_path
from sources.partial import Lost, Told
from sources.transport import Response
from sources.values import text

_KNOWN: Mapping[str, type[SourceFault]] = {
    "UNAUTHENTICATED": Unauthorised,
    "UNAUTHORIZED": Unauthorised,
    "FORBIDDEN": Unauthorised,
    "BAD_USER_INPUT": BadRequest,
    "BAD_REQUEST": BadRequest,
    "GRAPHQL_PARSE_FAILED": BadRequest,
    "GRAPHQL_VALIDATION_FAILED": BadRequest,
    "PERSISTED_QUERY_NOT_FOUND": BadRequest,
    "INTERNAL_SERVER_ERROR": Unavailable,
    "SERVICE_UNAVAILABLE": Unavailable,
    "TIMEOUT": Unavailable,
}
"""Codes that servers in use agree on."""


class Errors:
    """Understands the errors of one source, as declared."""

    def __init__(self, source: str, declared: ErrorsDeclaration) -> None:
        self._source = source
        self._get = compile_path(declared.at)
        self._missing = frozenset(declared.missing)
        self._kinds: dict[str, type[SourceFault]] = {
            **_KNOWN,
            **dict.fromkeys(declared.unauthorised, Unauthorised),
            **dict.fromkeys(declared.rejected, Rejected),
            **dict.fromkeys(declared.unavailable, Unavailable),
        }

    def fault(self, error: Any) -> SourceFault | None:
        """The fault that an error stands for; None where it says that there is no such thing.

        An error without a code and without a path befell the whole request, and would again; one at a field may not.
        """
        code = self.code(error)
        if code is None:
            at_a_field = type(error) is dict and bool(error.get("path"))
            return (Unavailable if at_a_field else BadRequest)(self._source, "an error without a code")
        if code in self._missing:
            return None
        kind: type[SourceFault] = self._kinds.get(code, Rejected)
        return kind(self._source, f"error {code[:40]!r}")

    def code(self, error: Any) -> str | None:
        """What an error says it is, if it says so."""
        try:
            return text(self._get(error))
        except ValueError:
            return None


class Results:
    """Takes the answers of one source apart; JSON in them is nested no deeper than `depth`."""

    def __init__(self, source: str, errors: Errors, depth: int) -> None:
        self._source = source
        self._errors = errors
        self._depth = depth

    def of(self, response: Response, count: int) -> list[Any]:
        """So many results, each an object with data; what an error says counts for more than the status over it."""
        if response.status >= 400:
            self._check_own_words(response)
        check_status(self._source, response)
        body = json_body(self._source, response, self._depth)
        results = body if type(body) is list else [body]
        for result in results:
            self._check(result)
        if len(results) != count:
            raise Malformed(self._source, f"{len(results)} results of {count} operations")
        return results

    def told(self, result: Any, alias: str, way: Sequence[str], response: Response) -> Told:
        """What one root field gives, with the errors that are its own and those that are nobody's."""
        value = result["data"]
        for name in (alias, *way[1:]):
            value = value.get(name, msgspec.UNSET) if type(value) is dict else value
        lost = list(self._lost(_errors(result), alias, len(way)))
        if value is msgspec.UNSET:
            raise Malformed(self._source, "a result without what was asked for")
        return Told(value, lost, response)

    def _check_own_words(self, response: Response) -> None:
        try:
            body = json_body(self._source, response, self._depth)
        except Malformed:
            return
        for error in _errors(body):
            fault = self._errors.fault(error) if self._errors.code(error) is not None else None
            if fault is not None:
                raise fault

    def _check(self, result: Any) -> None:
        """Errors without data are a fault, whatever the status; so is neither."""
        if type(result) is not dict:
            raise Malformed(self._source, "a result that is no object")
        if type(result.get("data")) is dict:
            return
        for error in _errors(result):
            raise self._errors.fault(error) or Malformed(self._source, "nothing is missing")
        raise Malformed(self._source, "a result with neither data nor errors")

    def _lost(self, errors: Sequence[Any], alias: str, depth: int) -> Iterator[Lost]:
        for error in errors:
            path = error.get("path") if type(error) is dict else None
            way = path if type(path) is list and path else None
            if way is not None and way[0] != alias:
                continue
            fault = self._errors.fault(error)
            if fault is not None:
                yield Lost(way[depth:] if way is not None else None, fault)


def check_let_in(told: Sequence[Told]) -> None:
    """Raise if nothing was given because we are not let in: then other credentials may be worth a try."""
    lost = [one.lost[0].fault for one in told if one.value is None and one.lost]
    refused = [fault for fault in lost if isinstance(fault, Unauthorised)]
    if refused and len(lost) == len(told):
        raise refused[0]


def _errors(result: Any) -> Sequence[Any]:
    errors = result.get("errors") if type(result) is dict else None
    return errors if type(errors) is list else ()
