"""Places in the answer, noted in passing and worked out only when an error needs them.

A position is None (the answer itself) or a linked tuple: (position of what holds it, key or index, whether null
may stand there, its order among its siblings). A position not worked out yet is a tuple that begins with a
`Trail`: (trail, scope, which object of the scope, indexes of lists on the way).
"""

from collections.abc import Sequence
from typing import Any, TypeAlias

from engine.plan import Field

Position: TypeAlias = "tuple[Any, ...] | None"
Step: TypeAlias = "tuple[str | None, bool, int]"
"""(key, whether null may stand there, order); the key is None for an item of a list."""


class Trail:
    """The way from an object of a scope to a value below it: fields and items."""

    __slots__ = ("steps",)

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps = tuple(steps)

    def then(self, *steps: Step) -> "Trail":
        """The same way, and on."""
        return Trail((*self.steps, *steps))


def step(field: Field) -> Step:
    """The step from an object to one of its fields."""
    return field.key, field.nullable, field.order


class Scope:
    """Where the objects of a level stand.

    Either below one field of other objects (with the number of objects that each of those has, or with the
    indexes of those that have one), or at positions that are known.
    """

    __slots__ = ("_counts", "_field", "_known", "_nullable", "_parent", "_which")

    def __init__(
        self,
        parent: "Scope | None" = None,
        field: Field | None = None,
        *,
        counts: Sequence[int] | None = None,
        nullable: bool = True,
        which: Sequence[int] | None = None,
        known: Sequence[Position] | None = None,
    ) -> None:
        self._parent, self._field, self._nullable = parent, field, nullable
        self._counts, self._which, self._known = counts, which, known

    def at(self, index: int) -> Position:
        """The position of one object."""
        if self._known is None:
            self._known = self._work_out()
        return self._known[index]

    def _work_out(self) -> list[Position]:
        assert self._parent is not None  # noqa: S101 - a scope has a parent or known positions
        assert self._field is not None  # noqa: S101 - see above
        field, parent = step(self._field), self._parent
        if self._counts is None:
            return [(parent.at(index), *field) for index in self._which or ()]
        found: list[Position] = []
        for index, count in enumerate(self._counts):
            if count:
                of_list = (parent.at(index), *field)
                found += [(of_list, item, self._nullable, item) for item in range(count)]
        return found


class Behind(Scope):
    """The objects of a scope from one of them on."""

    __slots__ = ("_scope", "_start")

    def __init__(self, scope: Scope, start: int) -> None:
        self._scope, self._start = scope, start

    def at(self, index: int) -> Position:
        """The position of one object."""
        return self._scope.at(self._start + index)


ROOT = Scope(known=[None])


def worked_out(position: Position) -> Position:
    """A position with nothing left to be worked out."""
    if position is None:
        return None
    if not isinstance(position[0], Trail):
        return (worked_out(position[0]), *position[1:])
    trail, scope, index, *indexes = position
    at: Position = worked_out(scope.at(index))
    items = iter(indexes)
    for key, nullable, order in trail.steps:
        if key is None:
            item = next(items)
            at = (at, item, nullable, item)
        else:
            at = (at, key, nullable, order)
    return at


def steps_to(position: Position) -> list[tuple[Any, ...]]:
    """A position's steps from the top: (holder, key or index, whether null may stand there, order)."""
    steps: list[tuple[Any, ...]] = []
    at = worked_out(position)
    while at is not None:
        steps.append(at)
        at = at[0]
    steps.reverse()
    return steps


def path_of(position: Position) -> list[str | int]:
    """The response path of a position."""
    return [at[1] for at in steps_to(position)]
