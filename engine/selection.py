"""What an operation selects below a field: the names, whatever their aliases, with fragments laid open."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLResolveInfo,
    InlineFragmentNode,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    Visitor,
    visit,
)
from graphql.utilities import value_from_ast_untyped
from strawberry import Info

from engine import core

T = TypeVar("T")


class Selection:
    """The fields selected below one or several field nodes, merged by name.

    A superset of what execution will ask for: type conditions are not looked at; `@skip` and `@include` are.
    """

    __slots__ = ("_fields", "_fragments", "_looked", "_nodes", "_variables")

    def __init__(
        self,
        nodes: Sequence[FieldNode],
        fragments: Mapping[str, FragmentDefinitionNode],
        variables: Mapping[str, Any],
        looked: set[str] | None = None,
    ) -> None:
        self._nodes = nodes
        self._fragments = fragments
        self._variables = variables
        self._looked: set[str] = set() if looked is None else looked
        self._fields: dict[str, Selection] | None = None

    @property
    def fields(self) -> Mapping[str, "Selection"]:
        """Name -> what is selected below it."""
        if self._fields is None:
            found: dict[str, list[FieldNode]] = {}
            spread: set[str] = set()
            for node in self._nodes:
                for field in self._within(node.selection_set, spread):
                    found.setdefault(field.name.value, []).append(field)
            self._fields = {name: self._of(nodes) for name, nodes in found.items()}
        return self._fields

    def __contains__(self, name: str) -> bool:
        return name in self.fields

    def under(self, *paths: str) -> "Selection":
        """All that is selected below these dotted paths, together."""
        nodes: list[FieldNode] = []
        for path in paths:
            here: Selection | None = self
            for name in path.split("."):
                here = here.fields.get(name) if here is not None else None
            if here is not None:
                nodes += here._nodes
        return self._of(nodes)

    @property
    def varies(self) -> bool:
        """Whether an argument has been looked at, here or further down, that depends on the operation's variables."""
        return bool(self._looked)

    def _of(self, nodes: Sequence[FieldNode]) -> "Selection":
        return Selection(nodes, self._fragments, self._variables, self._looked)

    def arguments(self, name: str) -> list[Any]:
        """The value of an argument at each of the nodes selected here; None where it is not given."""
        return [
            next((self._value(one.value) for one in node.arguments or () if one.name.value == name), None)
            for node in self._nodes
        ]

    def _value(self, written: ValueNode) -> Any:
        mentioned = _Mentioned(self._looked)
        visit(written, mentioned)
        return value_from_ast_untyped(written, dict(self._variables))

    def _within(self, selections: SelectionSetNode | None, spread: set[str]) -> Iterator[FieldNode]:
        for node in selections.selections if selections else ():
            if not self._included(node):
                continue
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                yield from self._within(node.selection_set, spread)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
                spread.add(node.name.value)
                fragment = self._fragments.get(node.name.value)
                if fragment is not None:
                    yield from self._within(fragment.selection_set, spread)

    def _included(self, node: Any) -> bool:
        for directive in node.directives or ():
            name = directive.name.value
            if name in ("skip", "include"):
                condition = value_from_ast_untyped(directive.arguments[0].value, dict(self._variables))
                if bool(condition) is (name == "skip"):
                    return False
        return True


class _Mentioned(Visitor):
    """Notes the variables in a value."""

    def __init__(self, names: set[str]) -> None:
        super().__init__()
        self._names = names

    def enter_variable(self, node: VariableNode, *_: Any) -> None:
        self._names.add(node.name.value)


def derived(info: Info, make: Callable[..., T], *arguments: Any) -> T:
    """What `make(*arguments, selection)` makes of what is selected below the field that is being resolved.

    It is made once for all requests that share a plan, unless it hangs on variables: it must look at nothing else.
    """
    known = info.derived if isinstance(info, core.LateInfo) else _known(info)
    key = (make, *arguments)
    found: T | None = known.get(key)
    if found is not None:
        return found
    below = selection(info)
    made = make(*arguments, below)
    if not below.varies:
        known[key] = made
    return made


def _known(info: Any) -> dict[Any, Any]:
    """What was made of the field before; not of one that Strawberry's ordinary execution asks for."""
    raw = core.raw_info(info)
    return raw.derived if isinstance(raw, core.Info) else {}


def selection(info: Info) -> Selection:
    """What is selected below the field that is being resolved."""
    raw: GraphQLResolveInfo[Any] = core.raw_info(info)
    variables: Any = raw.variable_values  # graphql-core's own executor hands over coerced values and their sources
    return Selection(raw.field_nodes, raw.fragments, getattr(variables, "coerced", variables))
