"""Filters and orders as a source takes them: only what its terms promise is ever handed on."""

from collections.abc import Iterable
from datetime import UTC, datetime
from enum import Enum
from typing import Any

from model.ask import Condition, Operator, Order
from sources.grammar.lookup import FilterDeclaration, OrdersDeclaration
from sources.values import text


def written(declared: FilterDeclaration, condition: Condition) -> list[tuple[str, str]]:
    """The parameters that say this condition."""
    name = declared.parameter(condition.operator)
    if name is None:
        return []
    if condition.operator is not Operator.IN:
        return [(name, _value(declared, condition.value))]
    values = [_value(declared, one) for one in condition.value]
    return [(name, ",".join(values))] if declared.join == "comma" else [(name, one) for one in values]


def ordered(declared: OrdersDeclaration | None, order: Order) -> Iterable[tuple[str, str]]:
    """The parameter that says this order; nothing when the source cannot say all of it."""
    if declared is None or not order or any(rank.field not in declared.fields for rank in order):
        return []
    ranks = [(declared.prefix if rank.descending else "") + declared.fields[rank.field] for rank in order]
    return [(declared.query, ",".join(ranks))]


def _value(declared: FilterDeclaration, value: Any) -> str:
    if isinstance(value, Enum):
        value = value.value
    said = value.astimezone(UTC).isoformat().replace("+00:00", "Z") if isinstance(value, datetime) else text(value)
    return declared.values.get(said, said)
