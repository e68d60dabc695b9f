"""An executor whose operations are counted and, a few of them, followed."""

from collections.abc import Sequence
from time import perf_counter
from typing import TYPE_CHECKING

from gateway.execution import Executed, Executor
from gateway.operation import Operation
from gateway.refusals import Refusal
from gateway.request_id import request_id, trace
from gateway.telemetry.operations import Operations
from resolvers.request import Request
from sources.passed_on import passing_on
from sources.trail import following

if TYPE_CHECKING:
    from gateway.telemetry.tracing import Followed, Tracing

_NONE: Sequence[str] = ()


class Watched:
    """Notes of every operation what came of it, whatever that is. tracing: follows some, if any are."""

    def __init__(self, inner: Executor, operations: Operations, tracing: "Tracing | None") -> None:
        self._inner = inner
        self._operations = operations
        self._tracing = tracing

    async def __call__(self, operation: Operation, request: Request) -> Executed:
        """Run one operation."""
        began, outcome, codes, name = perf_counter(), "cancelled", _NONE, operation.operation_name
        followed = self._tracing.begin(operation, trace()) if self._tracing is not None else None
        try:
            if followed is None:
                executed = await self._inner(operation, request)
            else:
                executed = await self._run(operation, request, followed)
            outcome, codes, name = executed.outcome, executed.codes, name or executed.name
            return executed  # noqa: TRY300 - it is noted in either case
        except Refusal as refusal:
            outcome, codes = "refused", [refusal.code]
            raise
        except Exception:
            outcome = "failed"
            raise
        finally:
            self._operations.note(name, outcome, perf_counter() - began)
            if followed is not None:
                followed.end(request_id(), outcome, codes)

    async def _run(self, operation: Operation, request: Request, followed: "Followed") -> Executed:
        with following(followed), passing_on(followed.headers):
            return await self._inner(operation, request)
