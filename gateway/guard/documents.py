"""What is known of a document: it is measured, parsed and validated once, and then remembered by its text."""

import re
from collections.abc import Mapping
from typing import Any

import anyio
from graphql import (
    DocumentNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    parse,
    validate,
)
from msgspec import Struct
from msgspec.structs import force_setattr

from gateway.guard.bounds import DocumentBounds
from gateway.guard.cost import Asked, Reader
from gateway.guard.excess import Excess
from gateway.guard.overlaps import Overlaps
from gateway.guard.scan import scan
from gateway.guard.shape import Shape
from gateway.telling import tell

_SUGGESTION = re.compile(r" Did you mean [^?]*\?")
LARGE = 2_000
"""Characters from which documents that nobody knows yet are looked at one after the other, with pauses for others."""
CHARACTERS_REMEMBERED = 8_000_000
"""So many characters of documents are kept at most, whatever their number."""


class OneOf(Struct, frozen=True):
    """One operation of a document: what it does, and what its upstream systems will be asked."""

    reads: bool
    asked: Asked


class Known(Struct, frozen=True):
    """A document that has been looked at.

    excess: the bound that it passes. mistakes: what is wrong with it, as clients are told. introspects: it asks
    for the schema. only, sole: the name, if it has one, and what is known of its operation, where it has one only.
    """

    operations: Mapping[str, OneOf]
    excess: Excess | None = None
    mistakes: tuple[dict[str, Any], ...] = ()
    introspects: bool = False
    only: str | None = None
    sole: OneOf | None = None

    def __post_init__(self) -> None:
        """Keep apart what most documents have: one operation only."""
        if len(self.operations) == 1:
            ((name, operation),) = self.operations.items()
            force_setattr(self, "only", name or None)
            force_setattr(self, "sole", operation)

    def operation(self, name: str | None) -> OneOf | None:
        """The operation that is meant; None where none, or more than one, is."""
        return self.sole if name is None else self.operations.get(name)


class Documents:
    """Looks at documents, and remembers those that were used last."""

    def __init__(self, schema: GraphQLSchema, bounds: DocumentBounds) -> None:
        self._schema = schema
        self._bounds = bounds
        self._reader = Reader(schema)
        self._known: dict[str, Known] = {}
        self._characters = 0
        self._turn = anyio.Lock()
        self._rest_until = 0.0

    async def learn(self, text: str) -> Known:
        """What this document is. A large new one waits for its turn, so that others are served in between."""
        if len(text) < LARGE or len(text) > self._bounds.bytes or text in self._known:
            return self.know(text)
        async with self._turn:
            await anyio.sleep_until(self._rest_until)
            started = anyio.current_time()
            known = self.know(text)
            now = anyio.current_time()
            self._rest_until = now + 2 * (now - started)  # as long again for its execution, and for others
            return known

    def known(self, text: str) -> Known | None:
        """What this document is, if it is remembered."""
        known = self._known.pop(text, None)
        if known is not None:
            self._known[text] = known  # as the one that was used last
        return known

    def know(self, text: str) -> Known:
        """What this document is, at once."""
        known = self.known(text)
        if known is None:
            known = self._look(text)
            if len(text) <= self._bounds.bytes:
                self._known[text] = known
                self._characters += len(text)
                self._make_room()
        return known

    def _make_room(self) -> None:
        while len(self._known) > self._bounds.remembered or self._characters > CHARACTERS_REMEMBERED:
            oldest = next(iter(self._known))
            del self._known[oldest]
            self._characters -= len(oldest)

    def _look(self, text: str) -> Known:
        try:
            scan(text, self._bounds)
            document = parse(text)
            shape = self._measured(document)
        except Excess as excess:
            return Known({}, excess=excess.again())
        except GraphQLSyntaxError as error:
            return Known({}, mistakes=tuple(tell([error])))
        mistakes = validate(self._schema, document, max_errors=self._bounds.errors)
        if mistakes:
            return Known(_kinds(shape), mistakes=tuple(tell(mistakes)), introspects=shape.introspects)
        return Known(self._operations(shape), introspects=shape.introspects)

    def _measured(self, document: DocumentNode) -> Shape:
        shape = Shape(document, self._bounds)
        shape.measure()
        overlaps = Overlaps(shape.fragments, self._bounds.overlaps)
        for definition in (*shape.operations, *shape.fragments.values()):
            overlaps.count(definition.selection_set)
        return shape

    def _operations(self, shape: Shape) -> dict[str, OneOf]:
        return {_name(node): OneOf(_reads(node), self._reader.read(node, shape.fragments)) for node in shape.operations}


def _kinds(shape: Shape) -> dict[str, OneOf]:
    """What the operations of a mistaken document would do; who may only read hears that first."""
    return {_name(node): OneOf(_reads(node), Asked(())) for node in shape.operations}


def _name(node: OperationDefinitionNode) -> str:
    return node.name.value if node.name else ""


def _reads(node: OperationDefinitionNode) -> bool:
    return node.operation is OperationType.QUERY


def without_suggestions(mistake: dict[str, Any]) -> dict[str, Any]:
    """A mistake that names nothing but what the client has written itself."""
    return {**mistake, "message": _SUGGESTION.sub("", mistake["message"])}
