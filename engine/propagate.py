"""Nulls, carried up to the nearest place where null may stand: one pass at the end, only when there are errors."""

from collections.abc import Sequence
from typing import Any

from graphql import GraphQLError, located_error

from engine.plan import Field
from engine.positions import Position, steps_to
from engine.response_map import Top


def reaches_top(position: Position) -> bool:
    """Whether an error there takes away the whole answer."""
    return not any(nullable for _, _, nullable, _ in steps_to(position))


def propagate(
    data: Top | None, noted: Sequence[tuple[Position, Exception, Field]]
) -> tuple[Top | None, list[GraphQLError]]:
    """Put nulls where errors land; tell the errors in the order of the document.

    What lies at or below a place that an earlier error has nulled is not told: it was never asked for, as far as
    a client can see.
    """
    errors: list[GraphQLError] = []
    nulled: set[tuple[str | int, ...]] = set()
    for _, steps, error, field in _in_order(noted):
        path = [at[1] for at in steps]
        landing = tuple(path[: _landing(steps)])
        if any(landing[:length] in nulled for length in range(len(landing) + 1)):
            continue
        nulled.add(landing)
        errors.append(located_error(error, field.nodes, path))
        if not landing:
            data = None
        elif data is not None:
            _put_null(data, landing)
    return data, errors


def _in_order(
    noted: Sequence[tuple[Position, Exception, Field]],
) -> list[tuple[list[int], list[tuple[Any, ...]], Exception, Field]]:
    found = []
    for position, error, field in noted:
        steps = steps_to(position)
        found.append(([at[3] for at in steps], steps, error, field))
    found.sort(key=lambda one: one[0])
    return found


def _landing(steps: Sequence[tuple[Any, ...]]) -> int:
    """How many steps lead to the nearest place, upwards, where null may stand."""
    length = len(steps)
    while length and not steps[length - 1][2]:
        length -= 1
    return length


def _put_null(data: Top, landing: Sequence[str | int]) -> None:
    holder: Any = data
    for key in landing[:-1]:
        holder = holder[key]
    holder[landing[-1]] = None
