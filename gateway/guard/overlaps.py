"""How often a document selects the same: each such pair of fields costs validation a comparison.

Validation holds every two fields that answer under the same name at the same place against each other, and all that
is below them. 1,500 copies of one field are a million comparisons, and three seconds.
"""

from collections.abc import Iterator, Mapping, Sequence

from graphql import FieldNode, FragmentDefinitionNode, FragmentSpreadNode, InlineFragmentNode, SelectionSetNode

from gateway.guard.excess import Excess


class Overlaps:
    """Counts such pairs up to a bound, in a document whose unfolded size is known to be small."""

    def __init__(self, fragments: Mapping[str, FragmentDefinitionNode], bound: int) -> None:
        self._fragments = fragments
        self._bound = bound
        self._found = 0

    def count(self, definition: SelectionSetNode) -> None:
        """Count the pairs of one operation or fragment; Excess once there are too many."""
        self._count([definition])

    def _count(self, together: Sequence[SelectionSetNode]) -> None:
        named: dict[str, list[SelectionSetNode | None]] = {}
        spread: set[str] = set()
        for selections in together:
            for node in self._fields(selections, spread):
                named.setdefault((node.alias or node.name).value, []).append(node.selection_set)
        for alike in named.values():
            self._found += len(alike) * (len(alike) - 1) // 2
            if self._found > self._bound:
                raise Excess("TOO_MANY_OVERLAPS", "pairs of alike fields", self._found, self._bound, at_least=True)
            if below := [one for one in alike if one is not None]:
                self._count(below)

    def _fields(self, selections: SelectionSetNode, spread: set[str]) -> Iterator[FieldNode]:
        for node in selections.selections:
            if isinstance(node, FieldNode):
                yield node
            elif isinstance(node, InlineFragmentNode):
                yield from self._fields(node.selection_set, spread)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in spread:
                spread.add(node.name.value)
                if fragment := self._fragments.get(node.name.value):
                    yield from self._fields(fragment.selection_set, spread)
