"""Which of several sources' words holds for a field: the policy replayed, one field and one thing at a time."""

import datetime
from collections.abc import Mapping, Sequence
from enum import Enum, StrEnum
from typing import Any

from msgspec import UNSET, Struct

from model.enums import OperationalState, PerceivedSeverity
from model.records import Statement
from resolvers.policy import Policy, Rule

_WORST: Mapping[type[StrEnum], Sequence[StrEnum]] = {
    PerceivedSeverity: tuple(PerceivedSeverity),
    OperationalState: (OperationalState.DISABLED, OperationalState.ENABLED, OperationalState.UNKNOWN),
}
"""How bad each value is, the worst first, for the fields that have a worse and a better."""
_SEVERAL = (list, tuple)
_FRESHNESS = ("changed_at", "updated_at")


class Choice(Struct, frozen=True):
    """A field's merged value, and the statements that it comes from (none where nobody spoke of it)."""

    value: Any
    givers: Sequence[Statement]


_NOTHING = Choice(UNSET, ())


def choose(policy: Policy, field: str, statements: Sequence[Statement]) -> Choice:
    """Replay the policy for one field."""
    speaking = [one for one in statements if getattr(one.record, field) is not UNSET]
    if not speaking:
        return _NOTHING
    ranks = {source: rank for rank, source in enumerate(policy.ranked(field))}
    speaking.sort(key=lambda one: ranks.get(one.place or one.source, len(ranks)))
    telling = [one for one in speaking if not says_nothing(getattr(one.record, field))] or speaking
    rule = policy.rule(field)
    if rule is Rule.UNION and isinstance(getattr(telling[0].record, field), _SEVERAL):
        return _union(field, telling)
    if rule is Rule.FRESHEST:
        telling.sort(key=_freshness, reverse=True)
    elif rule is Rule.WORST:
        telling.sort(key=lambda one: _badness(getattr(one.record, field)))
    return Choice(getattr(telling[0].record, field), telling[:1])


def says_nothing(value: Any) -> bool:
    """None, and words that no standard knows, give way to anybody who knows more."""
    return value is None or (isinstance(value, Enum) and value.name == "UNKNOWN")


def _union(field: str, telling: Sequence[Statement]) -> Choice:
    values: list[Any] = []
    givers = []
    for one in telling:
        told = getattr(one.record, field)
        new = [value for value in told if value not in values] if isinstance(told, _SEVERAL) else ()
        if new:
            values += new
            givers.append(one)
    return Choice(tuple(values), givers or telling[:1])


def _freshness(statement: Statement) -> datetime.datetime:
    for field in _FRESHNESS:
        told = getattr(statement.record, field, UNSET)
        if isinstance(told, datetime.datetime):
            return told
    return statement.as_of


def _badness(value: Any) -> int:
    scale: Sequence[Any] = _WORST.get(type(value), ())
    return scale.index(value) if value in scale else len(scale)
