"""An executor that is asked only for what may be asked: within the bounds, by the policy, for the price."""

from collections.abc import Mapping
from typing import Any, NoReturn

import msgspec
from msgspec import Struct
from msgspec.structs import replace
from strawberry import Schema

from engine.core import graphql_schema
from gateway.execution import Executed, Executor
from gateway.guard.documents import Documents, Known, without_suggestions
from gateway.guard.rules import Rules
from gateway.guard.tariff import Cost, Tariff
from gateway.guard.variables import bound_variables
from gateway.operation import Operation, ReadingOperation
from gateway.refusals import Refusal, not_by_get
from model.caller import Caller
from resolvers.request import Request
from resolvers.upstreams import Upstreams


class Guarded:
    """Looks at every operation before an executor does, and at every answer after it."""

    def __init__(self, execute: Executor, schema: Schema, upstreams: Upstreams, rules: Rules) -> None:
        self._execute = execute
        self._documents = Documents(graphql_schema(schema), rules.document)
        self._tariff = Tariff(upstreams)
        self._rules = rules
        budget = rules.budget
        self._budgets = (budget.calls, budget.rows), (budget.staff_calls, budget.staff_rows)

    async def __call__(self, operation: Operation, request: Request) -> Executed:
        """Run one operation, or say why not; nothing has been asked of anybody when it is refused."""
        bound_variables(operation.variables, self._rules.variables)
        known = self._documents.known(operation.query) or await self._documents.learn(operation.query)
        if known.excess is not None:
            raise known.excess.again()
        name = operation.operation_name
        one = known.sole if name is None else known.operations.get(name)
        if one is not None and not one.reads and isinstance(operation, ReadingOperation):
            raise not_by_get()
        caller = request.caller
        if (known.introspects or known.mistakes) and (mistakes := self._mistakes(known, caller)):
            return _refused(mistakes)
        cost = self._tariff.cost(one.asked, operation.variables or _NONE, caller) if one else Cost()
        calls, rows = self._budgets[caller.staff]
        if cost.calls > calls or cost.rows > rows:
            return _refused([self._over_budget(cost, caller)])
        executed = await self._execute(operation, request)
        if len(executed.body) > self._rules.max_answer_bytes:
            _too_large(len(executed.body), self._rules.max_answer_bytes)
        if executed.refused or operation.extensions:
            executed = self._told(executed, operation, cost, caller)
        return executed if name or executed.name == known.only else replace(executed, name=known.only)

    def _mistakes(self, known: Known, caller: Caller) -> list[dict[str, Any]]:
        if known.introspects and not self._rules.introspection.includes(caller):
            return [_INTROSPECTION]
        if known.mistakes and not self._rules.suggests(caller):
            return [without_suggestions(one) for one in known.mistakes]
        return list(known.mistakes)

    def _over_budget(self, cost: Cost, caller: Caller) -> dict[str, Any]:
        calls, rows = self._budgets[caller.staff]
        message = (
            f"The operation may cost {cost.calls} upstream calls and {cost.rows} rows; "
            f"{calls} calls and {rows} rows are the most. Ask for fewer at a time (`first`), or for less of each."
        )
        return {"message": message, "extensions": {"code": "COST_EXCEEDED", **self._figures(cost, caller)}}

    def _figures(self, cost: Cost, caller: Caller) -> dict[str, Any]:
        calls, rows = self._budgets[caller.staff]
        return {"calls": cost.calls, "rows": cost.rows, "budget": {"calls": calls, "rows": rows}}

    def _told(self, executed: Executed, operation: Operation, cost: Cost, caller: Caller) -> Executed:
        body = executed.body
        if executed.refused and b"Did you mean" in body and not self._rules.suggests(caller):
            body = _unsuggested(body)
        if operation.extensions and operation.extensions.get("cost") is True:
            body = _with_extension(body, "cost", self._figures(cost, caller))
        return executed if body is executed.body else replace(executed, body=body)


_NONE: Mapping[str, Any] = {}
_INTROSPECTION = {
    "message": "The schema is not shown here.",
    "extensions": {"code": "INTROSPECTION_DISABLED"},
}


def _refused(mistakes: list[dict[str, Any]]) -> Executed:
    codes = [str(mistake.get("extensions", {}).get("code")) for mistake in mistakes]
    return Executed(msgspec.json.encode({"errors": mistakes}), refused=True, codes=codes)


def _too_large(size: int, bound: int) -> NoReturn:
    refusal = Refusal(400, "ANSWER_TOO_LARGE", f"The answer has {size} bytes, where {bound} are the most.")
    refusal.extensions = {"what": "bytes of the answer", "found": size, "bound": bound}
    raise refusal


class _Answer(Struct, omit_defaults=True):
    data: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    errors: list[dict[str, Any]] | msgspec.UnsetType = msgspec.UNSET
    extensions: dict[str, msgspec.Raw] = {}


def _unsuggested(body: bytes) -> bytes:
    answer = msgspec.json.decode(body, type=_Answer)
    if isinstance(answer.errors, list):
        answer.errors = [without_suggestions(one) for one in answer.errors]
    return msgspec.json.encode(answer)


def _with_extension(body: bytes, name: str, content: dict[str, Any]) -> bytes:
    """The same answer with one more extension; its data stay as they were written."""
    answer = msgspec.json.decode(body, type=_Answer)
    answer.extensions = {**answer.extensions, name: msgspec.Raw(msgspec.json.encode(content))}
    return msgspec.json.encode(answer)
