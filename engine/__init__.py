"""How operations are executed. Knows GraphQL and nothing of telecom; could be published on its own.

plans = Plans(schema)
plan = plans.find(text, operation_name, variables)
if plan is not None:
    result = await execute(plan, variables, context, root)
    body = encode(result, extensions)
"""

from engine.batched import batched
from engine.compile import Reason, Unplannable, compile_operation
from engine.execute import execute
from engine.instance_of import InstanceOf
from engine.plan import Plan
from engine.plans import Plans
from engine.reading import read
from engine.result import Result, encode
from engine.selection import Selection, derived, selection

__all__ = [
    "InstanceOf",
    "Plan",
    "Plans",
    "Reason",
    "Result",
    "Selection",
    "Unplannable",
    "batched",
    "compile_operation",
    "derived",
    "encode",
    "execute",
    "read",
    "selection",
]
