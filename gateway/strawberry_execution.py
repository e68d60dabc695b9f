"""Operations run by Strawberry's ordinary execution."""

import re
from collections.abc import Sequence
from typing import Any

import msgspec
from graphql import GraphQLError, OperationDefinitionNode, parse
from strawberry import Schema
from strawberry.exceptions import MissingQueryError
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError

from gateway.execution import Executed
from gateway.operation import Operation
from gateway.telling import tell
from resolvers.request import Request
from resolvers.scope import enter
from schema.losses import gather

_KEYWORD = re.compile(r"\b(?:query|mutation|subscription)\b")


class StrawberryExecutor:
    """Runs operations by Strawberry's ordinary execution."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    async def __call__(self, operation: Operation, request: Request) -> Executed:
        """Run one operation."""
        if operation.operation_name is None and _several(operation.query):
            return refused([GraphQLError("The document has several operations: say which by operationName.")])
        await enter(request)
        try:
            result = await self._schema.execute(
                operation.query,
                variable_values=operation.variables,
                context_value=request,
                operation_name=operation.operation_name,
            )
        except (MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError) as error:
            return refused([GraphQLError(_nothing_to_run(error))])
        errors = result.errors or []
        if result.data is None and all(error.path is None for error in errors):
            return refused(errors)
        return answered(result.data, errors, request)


def answered(data: Any, errors: Sequence[GraphQLError], request: Request, name: str | None = None) -> Executed:
    """The answer of an operation that was run: its data, its errors as clients may read them, what the sources did."""
    payload: dict[str, Any] = {"data": data}
    codes: Sequence[str] = ()
    if errors and (told := tell(gather(errors, request))):
        payload["errors"] = told
        codes = [error["extensions"]["code"] for error in told]
    payload["extensions"] = {"sources": request.outcomes()}
    return Executed(msgspec.json.encode(payload), False, codes, name)


def refused(errors: Sequence[GraphQLError]) -> Executed:
    """The answer of an operation that was not run."""
    told = tell(errors)
    codes = [error["extensions"]["code"] for error in told]
    return Executed(msgspec.json.encode({"errors": told}), refused=True, codes=codes)


def _several(document: str) -> bool:
    """Whether a choice is needed, which Strawberry would not ask for: it runs the first operation."""
    if len(_KEYWORD.findall(document)) < 2:
        return False
    try:
        definitions = parse(document).definitions
    except (GraphQLError, RecursionError):
        return False  # Strawberry parses again, and tells
    return sum(isinstance(definition, OperationDefinitionNode) for definition in definitions) > 1


def _nothing_to_run(error: MissingQueryError | CannotGetOperationTypeError | InvalidOperationTypeError) -> str:
    if isinstance(error, MissingQueryError):
        return "The document is empty."
    if isinstance(error, CannotGetOperationTypeError):
        return error.as_http_error_reason()
    return "This kind of operation is not offered."
