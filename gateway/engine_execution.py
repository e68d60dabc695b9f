"""Operations run by columns, from cached plans; what no plan can hold runs whole through Strawberry."""

from strawberry import Schema

from engine import Plans, execute
from gateway.execution import Executed
from gateway.operation import Operation
from gateway.strawberry_execution import StrawberryExecutor, answered, refused
from resolvers.request import Request
from resolvers.scope import enter
from sources.present import being_answered


class EngineExecutor:
    """Runs operations by the engine; `planned_at` is at which use of a document its plan is made."""

    def __init__(self, schema: Schema, planned_at: int = 2) -> None:
        self.plans = Plans(schema, planned_at=planned_at)
        self._whole = StrawberryExecutor(schema)

    async def __call__(self, operation: Operation, request: Request) -> Executed:
        """Run one operation."""
        with being_answered():
            plan = self.plans.find(operation.query, operation.operation_name, operation.variables)
            if plan is None:
                return await self._whole(operation, request)
            if request.caller.children:
                await enter(request)
            result = await execute(plan, operation.variables, request)
            if result.refused:
                return refused(result.errors)
            return answered(result.made, result.errors, request, plan.name)
