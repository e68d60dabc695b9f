"""The plans of a schema: made when a document is used again, kept within bounds, shared by all requests."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import strawberry
from graphql import GraphQLSchema

from engine.compile import Reason, Unplannable, compile_operation
from engine.documents import Document, read_document
from engine.lru import Lru
from engine.plan import Plan

_NONE: Mapping[str, Any] = {}


class Plans:
    """Finds the plan of an operation by its text.

    documents, plans: how many are kept. characters: so many of documents, whose trees take some 80 bytes for each;
    fields: so many of plans, which take some 2,500 for each. planned_at: the use of a document at which plans are made
    for it; 1 makes them at once, 2 spares the work for what is asked only once.
    """

    def __init__(
        self,
        schema: strawberry.Schema | GraphQLSchema,
        *,
        documents: int = 1000,
        plans: int = 1000,
        characters: int = 500_000,
        fields: int = 30_000,
        planned_at: int = 2,
    ) -> None:
        self._schema = schema
        self._planned_at = planned_at
        self._uses: Lru[str, int] = Lru(documents, characters)
        self._documents: Lru[str, Document | Reason] = Lru(documents, characters)
        self._plans: Lru[tuple[Any, ...], Plan | Reason] = Lru(plans, fields)
        self.fallbacks: Counter[Reason] = Counter()

    def find(
        self, text: str, operation_name: str | None = None, variables: Mapping[str, Any] | None = None
    ) -> Plan | None:
        """The plan, or None for what runs as a whole through Strawberry; why is counted."""
        document = self._documents.get(text) or self._document(text)
        if isinstance(document, Reason):
            return self._fall_back(document)
        try:
            conditions = document.conditions(operation_name, variables or _NONE)
        except Unplannable as refusal:
            return self._fall_back(refusal.reason)
        key = (text, operation_name, *conditions.values()) if conditions else (text, operation_name)
        found = self._plans.get(key)
        if found is None:
            found = self._make(document, operation_name, conditions)
            self._plans.put(key, found, 1 if isinstance(found, Reason) else found.fields)
        return self._fall_back(found) if isinstance(found, Reason) else found

    def prepare(self, text: str) -> None:
        """Read a document ahead of its first use."""
        if self._documents.get(text) is None:
            self._documents.put(text, read_document(self._schema, text), len(text))

    def counts(self) -> dict[str, Any]:
        """Hits, misses and evictions of the caches, and fallbacks by reason."""
        return {
            "documents": self._documents.counts(),
            "plans": self._plans.counts(),
            "fallbacks": {reason.value: count for reason, count in sorted(self.fallbacks.items())},
        }

    def _fall_back(self, reason: Reason) -> Plan | None:
        self.fallbacks[reason] += 1
        return None

    def _document(self, text: str) -> Document | Reason:
        """Read a document that is worth it by now."""
        uses = (self._uses.get(text) or 0) + 1
        if uses < self._planned_at:
            self._uses.put(text, uses, len(text))
            return Reason.FIRST_USE
        found = read_document(self._schema, text)
        self._documents.put(text, found, len(text))
        return found

    def _make(
        self, document: Document, operation_name: str | None, conditions: Mapping[str, bool | None]
    ) -> Plan | Reason:
        known = {name: value for name, value in conditions.items() if value is not None}
        try:
            return compile_operation(self._schema, document.node, operation_name, known)
        except Unplannable as refusal:
            return refusal.reason
