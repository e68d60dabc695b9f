"""What an operation will ask of the upstream systems: read off its selection once, priced for each request.

Only fields that ask somebody, and lists that multiply what is below them, are kept; of a hundred plain fields nothing
is left. Fields that answer under the same name are one, as in execution. `@skip` and `@include` are looked at
when the variables are known.
"""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    NullValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
    VariableNode,
    get_named_type,
    is_abstract_type,
    is_list_type,
    is_non_null_type,
)
from msgspec import Struct

from model.nouns import NOUNS

LISTED = 5
"""So many things are taken to be in a list whose length nobody says, such as the hops of a route."""

_NOUN_OF = MappingProxyType(
    {
        "KpiSeries": "kpi",
        "NetworkElement": "element",
        "ProvisioningOrder": "ticket",
        "TroubleTicket": "ticket",
        "VpdnDomain": "domain",
        "VpdnSession": "session",
    }
)
"""Types whose names are not those of their nouns."""


class First(Struct, frozen=True):
    """How many nodes of a connection are asked for: a number, or what a variable says (or its default)."""

    number: int
    variable: str | None = None

    def given(self, variables: Mapping[str, Any]) -> int:
        """The number, for these variables; nothing that the schema would refuse counts."""
        value = self.number if self.variable is None else variables.get(self.variable)
        return max(0, value) if isinstance(value, int) else self.number


class Field(Struct, frozen=True):
    """A field that asks somebody, or that multiplies what is below it.

    by: the noun of the parents, if they are any's; "" at the root. nouns: what is asked for, if anything; several
    where it may be any of them. listed: a list, of `first` or of unknown length. choosy: filtered or ordered.
    conditions: the variables that must be true, or false, for it to be there at all.
    """

    name: str
    by: str
    nouns: tuple[str, ...]
    first: First | None
    listed: bool
    choosy: bool
    conditions: tuple[tuple[str, bool], ...]
    below: tuple["Field", ...]

    def wanted(self, variables: Mapping[str, Any]) -> bool:
        """Whether it is there, for these variables."""
        return all(variables.get(name, wanted) is wanted for name, wanted in self.conditions)


class Asked(Struct, frozen=True, eq=False):
    """All that one operation asks, and the variables on which that depends; like no other's."""

    fields: tuple[Field, ...]
    variables: tuple[str, ...] = ()


class Reader:
    """Reads operations of one schema."""

    def __init__(self, schema: GraphQLSchema) -> None:
        self._schema = schema

    def read(self, operation: OperationDefinitionNode, fragments: Mapping[str, FragmentDefinitionNode]) -> Asked:
        """What a valid operation asks."""
        root = self._schema.get_root_type(operation.operation)
        if root is None:
            return Asked(())
        defaults = {one.variable.name.value: one.default_value for one in operation.variable_definitions or ()}
        fields = _Reading(self._schema, fragments, defaults).below(root, [operation.selection_set])
        return Asked(fields, tuple(dict.fromkeys(_variables(fields))))


class _Reading:
    """One operation, being read."""

    def __init__(
        self, schema: GraphQLSchema, fragments: Mapping[str, FragmentDefinitionNode], defaults: Mapping[str, Any]
    ) -> None:
        self._schema, self._fragments, self._defaults = schema, fragments, defaults
        self._root = schema.query_type

    def below(self, type_: Any, together: Sequence[SelectionSetNode]) -> tuple[Field, ...]:
        """The fields that matter, of all that is selected on a type."""
        alike: dict[tuple[str, str], list[FieldNode]] = {}
        types: dict[str, Any] = {}
        for selections in together:
            for owner, node in self._flat(type_, selections):
                types[owner.name] = owner
                alike.setdefault((owner.name, (node.alias or node.name).value), []).append(node)
        read = (self._field(types[owner], nodes) for (owner, _), nodes in alike.items())
        return tuple(field for field in read if field is not None)

    def _flat(self, type_: Any, selections: SelectionSetNode) -> Iterator[tuple[Any, FieldNode]]:
        for node in selections.selections:
            if isinstance(node, FieldNode):
                yield type_, node
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                within = self._schema.get_type(condition.name.value) if condition else type_
                yield from self._flat(within, node.selection_set)
            elif isinstance(node, FragmentSpreadNode):
                fragment = self._fragments[node.name.value]
                yield from self._flat(self._schema.get_type(fragment.type_condition.name.value), fragment.selection_set)

    def _field(self, owner: Any, nodes: Sequence[FieldNode]) -> Field | None:
        node = nodes[0]
        definition = owner.fields.get(node.name.value) if hasattr(owner, "fields") else None
        if definition is None:
            return None  # __typename, or introspection
        type_ = get_named_type(definition.type)
        sets = [one.selection_set for one in nodes if one.selection_set]
        below = self.below(type_, sets)
        item = _item_of(type_)
        nouns = self._nouns(item or type_) if item is not None or not _passes_on(owner) else ()
        at_root = owner is self._root
        if not nouns and not below and not at_root:
            return None
        arguments = {one.name.value: one.value for one in node.arguments or ()}
        return Field(
            name=node.name.value,
            by="" if at_root else next(iter(self._nouns(owner)), "?"),
            nouns=nouns,
            first=self._first(definition, arguments) if item is not None else None,
            listed=item is not None or (_is_list(definition.type) and not _passes_on(owner)),
            choosy=any(not isinstance(arguments.get(name, _NULL), NullValueNode) for name in ("filter", "orderBy")),
            conditions=_conditions(nodes),
            below=below,
        )

    def _nouns(self, type_: Any) -> tuple[str, ...]:
        """What things of a GraphQL type are; an interface or a union may be any of several."""
        if (noun := _noun_of(type_)) is not None:
            return (noun,)
        possible = self._schema.get_possible_types(type_) if is_abstract_type(type_) else ()
        return tuple(dict.fromkeys(noun for one in possible if (noun := _noun_of(one))))

    def _first(self, definition: Any, arguments: Mapping[str, Any]) -> First | None:
        known = definition.args.get("first")
        if known is None:
            return None
        default = known.default_value if isinstance(known.default_value, int) else 0
        given = arguments.get("first")
        if isinstance(given, IntValueNode):
            return First(int(given.value))
        if isinstance(given, VariableNode):
            otherwise = self._defaults.get(given.name.value)
            return First(int(otherwise.value) if isinstance(otherwise, IntValueNode) else default, given.name.value)
        return First(default)


_NULL = NullValueNode()


def _noun_of(type_: Any) -> str | None:
    """The noun that a GraphQL type shows."""
    if not isinstance(type_, GraphQLObjectType | GraphQLInterfaceType):
        return None
    name = _NOUN_OF.get(type_.name, type_.name.lower())
    return name if name in NOUNS else None


def _variables(fields: Sequence[Field]) -> Iterator[str]:
    for field in fields:
        if field.first is not None and field.first.variable is not None:
            yield field.first.variable
        yield from (name for name, _ in field.conditions)
        yield from _variables(field.below)


def _item_of(type_: Any) -> Any:
    """What a connection is of; None for what is no connection."""
    nodes = type_.fields.get("nodes") if isinstance(type_, GraphQLObjectType) else None
    return get_named_type(nodes.type) if nodes is not None and "pageInfo" in type_.fields else None


def _passes_on(type_: Any) -> bool:
    """Whether a type only holds what a connection has found: the connection, and its edges."""
    fields = getattr(type_, "fields", {})
    return "pageInfo" in fields or ("cursor" in fields and "node" in fields)


def _is_list(type_: Any) -> bool:
    return is_list_type(type_.of_type if is_non_null_type(type_) else type_)


def _conditions(nodes: Sequence[FieldNode]) -> tuple[tuple[str, bool], ...]:
    """What must hold for a field to be there; several alike nodes, and fragments around them, are taken to be there."""
    if len(nodes) != 1:
        return ()
    found = []
    for directive in nodes[0].directives or ():
        value = directive.arguments[0].value if directive.arguments else None
        if directive.name.value in ("skip", "include") and isinstance(value, VariableNode):
            found.append((value.name.value, directive.name.value == "include"))
    return tuple(found)
