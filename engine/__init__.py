"""How operations are executed. Knows GraphQL and nothing of telecom; could be published on its own.

plans = Plans(schema)
plan = plans.find(text, operation_name, variables)
if plan is not None:
    result = await execute(plan, variables, context, root)
    body = encode(result, extensions)
"""

from engine.as_it_is import as_it_is
from engine.batched import batched
from engine.compile import Reason, Unplannable, compile_operation
from engine.entry import entry
from engine.execute import execute
from engine.instance_of import InstanceOf, InstanceWhere
from engine.plan import Plan
from engine.plans import Plans
from engine.reading import read
from engine.result import Result, encode
from engine.selection import Selection, derived, selection

__all__ = [
    "InstanceOf",
    "InstanceWhere",
    "Plan",
    "Plans",
    "Reason",
    "Result",
    "Selection",
    "Unplannable",
    "as_it_is",
    "batched",
    "compile_operation",
    "derived",
    "encode",
    "entry",
    "execute",
    "read",
    "selection",
]
