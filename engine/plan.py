"""Plans: what is done for an operation, worked out once.

A selection set becomes a `Selected`; a field of it is either built by the selection set's generated loop, or is a
`Column`, which has a value for every object before the loop runs.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import strawberry
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    GraphQLError,
    GraphQLField,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    OperationDefinitionNode,
)

if TYPE_CHECKING:
    from engine.positions import Trail


@dataclass(frozen=True, slots=True)
class Typename:
    """`__typename`: known from the plan."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of the object. `forgiving`: msgspec's UNSET means null."""

    name: str
    forgiving: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the object and of nothing else."""

    function: Callable[[Any], Any]


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """What stands in a table under an attribute of the object."""

    attribute: str
    table: Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class Default:
    """graphql-core's own way of reading: a key or attribute, called if it can be."""


@dataclass(frozen=True, slots=True)
class Direct:
    """A Strawberry resolver, called without what Strawberry does around it.

    positional: whether it takes the object as its first argument; objects: under which names it takes the
    object; info: under which name it takes the info; waits: whether it is a coroutine function.
    """

    function: Callable[..., Any]
    positional: bool
    objects: tuple[str, ...]
    info: str | None
    waits: bool


@dataclass(frozen=True, slots=True)
class Wrapped:
    """A resolver as graphql-core calls it, with all that Strawberry does around it. `waits`: it may be awaited."""

    waits: bool = True


@dataclass(frozen=True, slots=True)
class Batched:
    """A function over all objects; `waits`: it is a coroutine function."""

    function: Callable[..., Any]
    waits: bool


Source: TypeAlias = Typename | Attribute | Call | Entry | Default | Direct | Wrapped | Batched
"""Where a field's values come from."""


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """A field of a selection set, merged from all the nodes that ask for it.

    order: its place among its siblings; arguments: None when they depend on the operation's variables, an
    error when they cannot be coerced; below: object type's name -> what is selected on objects of that type; derived:
    what was once made of all that, and holds for every request.
    """

    key: str
    name: str
    order: int
    type: GraphQLOutputType
    nullable: bool
    leaf: bool
    parent: GraphQLObjectType
    nodes: list[FieldNode]
    details: list[Any]
    declared: GraphQLField
    source: Source
    arguments: dict[str, Any] | GraphQLError | None
    below: Mapping[str, "Selected"]
    derived: dict[Any, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """A field whose values are had for all objects of a selection set at once.

    trail: the step from an object to the field. definition: Strawberry's field, if it is one. finish: completes the
    values where nothing below has columns; None where something has. shape: how many lists stand around objects of one
    type (0 or 1); None for everything else. items_nullable: whether null may be in these lists. waits: whether it may
    await. late: whether its resolver is told where it is when it looks (`core.LateInfo`).
    """

    field: Field
    trail: "Trail"
    definition: Any
    finish: Callable[..., list[Any]] | None
    shape: int | None
    items_nullable: bool
    waits: bool
    late: bool


@dataclass(frozen=True, slots=True, eq=False)
class Selected:
    """A selection set on objects of one type; `build` is generated and makes the response maps.

    seen: classes of objects that were told to be of the type for all of the class. apart: the columns, by their place,
    that are had in tasks of their own.
    """

    type: GraphQLObjectType
    fields: Sequence[Field]
    columns: Sequence[Column]
    build: Callable[..., list[Any]]
    seen: set[Any] = field(default_factory=set)
    apart: Sequence[int] = field(init=False)

    def __post_init__(self) -> None:
        """Work out which columns wait beside others."""
        object.__setattr__(self, "apart", apart([column.waits for column in self.columns]))

    @property
    def waits(self) -> bool:
        """Whether something in it may await."""
        return any(column.waits for column in self.columns)


def apart(waits: Sequence[bool]) -> Sequence[int]:
    """Which of several works need a task of their own; the last of those that may wait needs none, it has ours."""
    return [place for place, one in enumerate(waits) if one][:-1]


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What is done for one operation of one document, for certain values of its conditions.

    name: the operation's, if it has one. plain: its variables, if they need no coercion most of the time. fields: how
    many it has, by which its size goes.
    """

    declared: strawberry.Schema | GraphQLSchema
    schema: GraphQLSchema
    name: str | None
    operation: OperationDefinitionNode
    fragments: dict[str, FragmentDefinitionNode]
    root: Selected
    serial: bool
    plain: Sequence[Any] | None
    fields: int
