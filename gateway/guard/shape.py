"""The second look at a document, after its parse: what it amounts to with its fragments laid open.

One pass. A fragment is measured once, however often it is spread, so that the figures of a document whose fragments
would unfold to 2^20 fields are known in microseconds, and nothing is ever unfolded.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    ListValueNode,
    ObjectValueNode,
    OperationDefinitionNode,
    SelectionSetNode,
)

from gateway.guard.bounds import DocumentBounds
from gateway.guard.excess import Excess

_INTROSPECTION = frozenset({"__schema", "__type"})


@dataclass(slots=True)
class Size:
    """What a selection amounts to: fields within each other, in all, side by side, at their widest; aliased ones."""

    depth: int = 0
    fields: int = 0
    width: int = 0
    breadth: int = 0
    aliases: int = 0

    def add(self, other: "Size") -> None:
        """Count what lies at the same place."""
        self.depth = max(self.depth, other.depth)
        self.fields += other.fields
        self.width += other.width
        self.breadth = max(self.breadth, other.breadth)
        self.aliases += other.aliases


class Shape:
    """Measures one document."""

    def __init__(self, document: DocumentNode, bounds: DocumentBounds) -> None:
        self.bounds = bounds
        self.introspects = False
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self.operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
        self._definitions = len(document.definitions) - len(self.operations)
        self._directives = 0
        self._sizes: dict[str, Size] = {}

    def measure(self) -> None:
        """Refuse a document that passes a bound; one that passes none may be validated."""
        bounds = self.bounds
        _hold("TOO_MANY_DEFINITIONS", "fragments", self._definitions, bounds.fragments)
        _hold("TOO_MANY_DEFINITIONS", "operations", len(self.operations), bounds.operations)
        whole = Size()
        for name in _inner_first(self.fragments):
            self._sizes[name] = self._size(self.fragments[name])
        for operation in self.operations:
            self._values(operation.variable_definitions)
            size = self._size(operation)
            _hold("TOO_MANY_FIELDS", "root fields", size.width, bounds.root_fields)
            whole.add(size)
        for size in self._sizes.values():  # a fragment that nobody spreads is validated all the same
            whole.depth = max(whole.depth, size.depth)
            whole.breadth = max(whole.breadth, size.breadth)
            whole.fields, whole.aliases = max(whole.fields, size.fields), max(whole.aliases, size.aliases)
        _hold("TOO_DEEP", "nested fields", whole.depth, bounds.depth)
        _hold("TOO_MANY_FIELDS", "fields", whole.fields, bounds.fields)
        _hold("TOO_MANY_FIELDS", "fields in one selection", whole.breadth, bounds.breadth)
        _hold("TOO_MANY_ALIASES", "aliases", whole.aliases, bounds.aliases)

    def _size(self, node: OperationDefinitionNode | FragmentDefinitionNode) -> Size:
        self._directed(node)
        return self._selected(node.selection_set)

    def _selected(self, selections: SelectionSetNode) -> Size:
        size = Size()
        for node in selections.selections:
            self._directed(node)
            if isinstance(node, FieldNode):
                size.add(self._field(node))
            elif isinstance(node, InlineFragmentNode):
                size.add(self._selected(node.selection_set))
            elif isinstance(node, FragmentSpreadNode):
                size.add(self._sizes.get(node.name.value, _NOTHING))
        size.breadth = max(size.breadth, size.width)
        return size

    def _field(self, node: FieldNode) -> Size:
        self.introspects = self.introspects or node.name.value in _INTROSPECTION
        self._values(node.arguments)
        below = self._selected(node.selection_set) if node.selection_set else _NOTHING
        aliased = below.aliases + (node.alias is not None)
        return Size(below.depth + 1, below.fields + 1, 1, below.breadth, aliased)

    def _directed(self, node: Any) -> None:
        for directive in node.directives or ():
            self._directives += 1
            self._values(directive.arguments)
        _hold("TOO_MANY_DIRECTIVES", "directives", self._directives, self.bounds.directives)

    def _values(self, arguments: Iterable[Any] | None) -> None:
        """Bound arguments or variables, and the lists and objects that are written for them."""
        if not arguments:
            return
        written = list(arguments)
        _hold("TOO_MANY_ARGUMENTS", "arguments", len(written), self.bounds.arguments)
        values = [getattr(one, "value", None) or getattr(one, "default_value", None) for one in written]
        while values:
            value = values.pop()
            if isinstance(value, ListValueNode):
                items: list[Any] = list(value.values)
            elif isinstance(value, ObjectValueNode):
                items = [field.value for field in value.fields]
            else:
                continue
            _hold("TOO_MANY_ARGUMENTS", "items in one list", len(items), self.bounds.list_items)
            values += items


_NOTHING = Size()


def _hold(code: str, what: str, found: int, bound: int) -> None:
    if found > bound:
        raise Excess(code, what, found, bound)


def _inner_first(fragments: Mapping[str, FragmentDefinitionNode]) -> Iterator[str]:
    """The fragments in such an order that what one spreads comes before it; a circle is cut, and left to validation."""
    done: set[str] = set()
    for start in fragments:
        waiting = [(start, iter(_spread(fragments[start])))] if start not in done else []
        done.add(start)
        while waiting:
            name, spreads = waiting[-1]
            inner = next((one for one in spreads if one in fragments and one not in done), None)
            if inner is None:
                waiting.pop()
                yield name
            else:
                done.add(inner)
                waiting.append((inner, iter(_spread(fragments[inner]))))


def _spread(fragment: FragmentDefinitionNode) -> list[str]:
    names: list[str] = []
    sets: list[SelectionSetNode] = [fragment.selection_set]
    while sets:
        for node in sets.pop().selections:
            if isinstance(node, FragmentSpreadNode):
                names.append(node.name.value)
            elif isinstance(node, FieldNode | InlineFragmentNode) and node.selection_set:
                sets.append(node.selection_set)
    return names
