"""The state of one execution: what was given, and what has gone wrong so far."""

from functools import partial
from typing import Any

from graphql import FieldNode, GraphQLError
from graphql.pyutils import Path

from engine import core
from engine.plain import made_by, recipe_of, with_sources
from engine.plan import Field, Plan
from engine.positions import Position, steps_to


class Run:
    """One execution of a plan. Nothing that it holds refers back to it.

    coerced: the operation's variables. errors: (position, error, field), in no order. late: (position, awaitable,
    field, type) of values that turned out to be awaitable where no resolver is.
    """

    __slots__ = ("_arguments", "_infos", "_told", "_variables", "coerced", "context", "errors", "late", "plan", "root")

    def __init__(
        self, plan: Plan, coerced: dict[str, Any], variables: core.Variables | None, context: Any, root: Any
    ) -> None:
        self.plan, self.coerced, self._variables, self.context, self.root = plan, coerced, variables, context, root
        self.errors: list[tuple[Position, Exception, Field]] = []
        self.late: list[tuple[Position, Any, Field, Any]] = []
        self._arguments: dict[Field, dict[str, Any] | GraphQLError] = {}
        self._told: dict[Field, tuple[Any, ...]] = {}
        self._infos: dict[Field, core.Info] = {}

    @property
    def variables(self) -> core.Variables:
        """The operation's variables as graphql-core keeps them; made when they are asked for, where they are plain."""
        if self._variables is None:
            self._variables = with_sources(self.plan.plain or (), self.coerced)
        return self._variables

    def arguments(self, field: Field) -> dict[str, Any]:
        """A field's arguments, coerced once; raises GraphQLError."""
        found = field.arguments
        if found is None:
            found = self._arguments.get(field)
        if found is None:
            found = self._arguments[field] = self._coerced(field)
        if isinstance(found, GraphQLError):
            raise _again(found)
        return found

    def _coerced(self, field: Field) -> dict[str, Any] | GraphQLError:
        recipe = field.derived.get(recipe_of)
        made = made_by(recipe, self.coerced) if recipe is not None else None
        if made is not None:
            return made
        declared, node = field.declared, field.nodes[0]
        try:
            found = core.arguments_of(declared, node, self.variables)
        except GraphQLError as error:
            return error
        if recipe_of not in field.derived:
            field.derived[recipe_of] = recipe_of(declared, node, found)
        return found

    def info(self, field: Field, at: Position = None) -> Any:
        """What a resolver is told about a field."""
        told = self._told.get(field)
        if told is None:
            told = self._told[field] = self._tell(field)
        info: core.Info = tuple.__new__(core.Info, told)
        info.locate = partial(_path, field, at)
        info.derived = field.derived
        return info

    def general_info(self, field: Field) -> Any:
        """What a type's predicate is told: nothing of the place."""
        info = self._infos.get(field)
        if info is None:
            info = self._infos[field] = self.info(field)
        return info

    def _tell(self, field: Field) -> tuple[Any, ...]:
        plan = self.plan
        nodes: list[FieldNode] = field.nodes
        return (
            field.name,
            nodes,
            field.type,
            field.parent,
            None,
            plan.schema,
            plan.fragments,
            self.root,
            plan.operation,
            self.coerced,
            self.context,
            core.awaitable,
            None,
            core.HELPERS,
            None,
        )


def _again(error: GraphQLError) -> GraphQLError:
    """The same error afresh: one that is kept must not keep the frames through which it was raised."""
    return GraphQLError(
        error.message, error.nodes, original_error=error.original_error, extensions=error.extensions or None
    )


def _path(field: Field, at: Position) -> Any:
    path: Path | None = None
    for step in steps_to(at):
        path = Path(path, step[1], None)
    return path and path._replace(typename=field.parent.name)
