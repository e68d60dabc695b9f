"""Variables are data of a stranger: how many values, how deep, how long the numbers."""

from collections.abc import Mapping
from typing import Any

from gateway.guard.bounds import VariableBounds
from gateway.guard.excess import Excess


def bound_variables(variables: Mapping[str, Any] | None, bounds: VariableBounds) -> None:
    """Refuse variables that pass a bound; level by level, so that no nesting exhausts anything."""
    if not variables or (_SIMPLE.issuperset(map(type, variables.values())) and len(variables) <= bounds.values):
        return
    largest = 10**bounds.digits
    level: list[Any] = [variables]
    values = depth = 0
    while level:
        depth += 1
        if depth > bounds.depth + 1:  # the variables themselves are no level of theirs
            raise Excess("TOO_DEEP", "nested values in the variables", depth - 1, bounds.depth, at_least=True)
        below: list[Any] = []
        for holder in level:
            items = holder.values() if isinstance(holder, dict) else holder
            values += len(items)
            if values > bounds.values:
                raise Excess("VARIABLES_TOO_LARGE", "values in the variables", values, bounds.values, at_least=True)
            for value in items:
                if isinstance(value, dict | list):
                    below.append(value)
                elif isinstance(value, int) and not -largest < value < largest:
                    raise Excess("VARIABLES_TOO_LARGE", "digits in a number", _digits(value), bounds.digits)
        level = below


_SIMPLE = frozenset({str, float, bool, type(None)})
"""Values that hold no others, and of which none is too large by itself."""


def _digits(number: int) -> int:
    """About how many digits a number has, without writing it: that takes time that grows with their square."""
    return abs(number).bit_length() * 30_103 // 100_000 + 1
