"""Operations run by Strawberry's ordinary execution."""

from typing import Any

import msgspec
from graphql import GraphQLError
from strawberry import Schema
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError

from gateway.execution import Executed
from gateway.operation import Operation
from gateway.telling import tell
from resolvers.request import Request
from schema.losses import gather


class StrawberryExecutor:
    """Runs operations by Strawberry's ordinary execution."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema

    async def __call__(self, operation: Operation, request: Request) -> Executed:
        """Run one operation."""
        try:
            result = await self._schema.execute(
                operation.query,
                variable_values=operation.variables,
                context_value=request,
                operation_name=operation.operation_name,
            )
        except (CannotGetOperationTypeError, InvalidOperationTypeError) as error:
            return _refused([GraphQLError(_no_such_operation(error))])
        errors = result.errors or []
        if result.data is None and all(error.path is None for error in errors):
            return _refused(errors)
        payload: dict[str, Any] = {"data": result.data}
        if errors:
            payload["errors"] = tell(gather(errors, request))
        payload["extensions"] = {**(result.extensions or {}), "sources": request.outcomes()}
        return Executed(msgspec.json.encode(payload))


def _refused(errors: list[GraphQLError]) -> Executed:
    return Executed(msgspec.json.encode({"errors": tell(errors)}), refused=True)


def _no_such_operation(error: CannotGetOperationTypeError | InvalidOperationTypeError) -> str:
    if isinstance(error, CannotGetOperationTypeError):
        return error.as_http_error_reason() + "."
    return "This kind of operation is not offered."
