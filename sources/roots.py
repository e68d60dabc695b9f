"""A lookup that a root field of GraphQL answers, compiled once: what is asked for which keys, and what of them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from typing import Any

import msgspec

from model.ask import Ask, Condition, Operator
from model.keys import Key, Lookup
from sources.answered import AnsweredLookup
from sources.contract import Terms
from sources.documents import Operation, Variables, operation, root, written
from sources.grammar.fields import FieldDeclaration
from sources.grammar.graphql import (
    Constants,
    GraphqlDeclaration,
    GraphqlFilterDeclaration,
    GraphqlKeysDeclaration,
    GraphqlLookupDeclaration,
    GraphqlPagingDeclaration,
)
from sources.medium import Medium
from sources.paging import Position
from sources.paths import ITSELF
from sources.requests import placed
from sources.rows import Mapper
from sources.selections import Places, Selection, printed, reached
from sources.values import text

_ALIASES_AT_MOST = 20
"""Root fields in one document, unless declared: more of them look like an attack to many servers."""
_SELECTIONS_AT_MOST = 256


class Root(msgspec.Struct, frozen=True):
    """A root field to ask for: the keys that it answers (none, for a list), and the position it goes on from."""

    keys: Sequence[Key]
    position: Position


class RootLookup(AnsweredLookup):
    """One lookup of a source that speaks GraphQL, ready to be asked."""

    def __init__(
        self,
        lookup: Lookup,
        declared: GraphqlLookupDeclaration,
        mapper: Mapper,
        source: GraphqlDeclaration,
        medium: Medium[Any],
    ) -> None:
        super().__init__(lookup, declared, mapper, source, medium)
        self.asked = declared
        self.way = declared.ask.split(".")
        self.join = declared.keys.joined(source.join) if declared.keys else "one"
        self._selections: dict[frozenset[str], Selection] = {}
        self.terms = self._terms(declared.keys)

    def fits(self, key: Key) -> bool:
        """Whether a key has as many parts as are asked for."""
        return self.asked.keys is not None and len(_parts(self.written(key))) == self.asked.keys.parts

    def calls(self, keys: Sequence[Key]) -> Iterator[list[Root]]:
        """The root fields that answer these keys, by the calls that they go into."""
        start = self.paging.first(self.size)
        most = self.terms.keys_at_most or max(1, len(keys))
        for place in range(0, len(keys), most):
            chunk = keys[place : place + most]
            yield [Root(chunk, start)] if self.join == "list" else [Root([key], start) for key in chunk]

    def operations(self, roots: Sequence[Root], ask: Ask) -> list[Operation]:
        """What asks for these root fields, under the aliases k0, k1 ...: one operation, or one each."""
        if self.join == "array":
            return [self._operation([one], ask) for one in roots]
        return [self._operation(roots, ask)]

    def _operation(self, roots: Sequence[Root], ask: Ask) -> Operation:
        variables = Variables()
        around = {name: variables.put("a", type_, value) for name, type_, value in self._constants(ask)}

        def within(way: str) -> str:
            fields = _typed(self.asked.within.get(way, {}))
            return written({name: variables.put("a", type_, value) for name, type_, value in fields})

        selection = printed(self.selection(ask.fields), within)
        roots_written = [
            root(f"k{number}", self.way, {**around, **self._own(one, variables)}, selection)
            for number, one in enumerate(roots)
        ]
        return operation(variables, roots_written)

    def _own(self, one: Root, variables: Variables) -> dict[str, str]:
        """The arguments of one root field that no other has: its keys, and where it goes on."""
        keys = self.asked.keys
        found = {}
        if keys is not None and self.join == "list":
            said = [_said(keys, self.written(key)) for key in one.keys]
            found[keys.argument[0]] = variables.put("k", keys.types[0], said)
        elif keys is not None:
            for name, type_, part in zip(keys.argument, keys.types, _parts(self.written(one.keys[0])), strict=True):
                found[name] = variables.put("k", type_, part)
        paged = self.paging_declared
        for name, value in one.position.items():
            type_ = paged.type_of(name) if isinstance(paged, GraphqlPagingDeclaration) else "String"
            found[name] = variables.put("p", type_, int(value) if type_.startswith("Int") else value)
        return found

    def _constants(self, ask: Ask) -> Iterator[tuple[str, str, Any]]:
        """The arguments that all root fields of a call have, each with its type: constants, conditions, the order."""
        yield from _typed(self.asked.arguments)
        for one in ask.filter:
            if (one.field, one.operator) in self.terms.filters:
                yield _condition(self.asked.filters[one.field], one)
        orders = self.asked.orders
        if orders is not None and len(ask.order) == 1 and ask.order[0].field in self.terms.orders:
            (rank,) = ask.order
            yield orders.argument, orders.type, (orders.descending if rank.descending else orders.ascending)[rank.field]

    def selection(self, fields: frozenset[str]) -> Selection:
        """What is asked for within the root field, so that these fields can be read, and no more."""
        wanted = fields & self.mapper.fields
        if wanted not in self._selections:
            if len(self._selections) >= _SELECTIONS_AT_MOST:
                self._selections.clear()
            self._selections[wanted] = self._selected(wanted)
        return self._selections[wanted]

    def _selected(self, fields: frozenset[str]) -> Selection:
        selection: Selection = {}
        parents: Places = ()
        rows: Places = [selection]
        for step in self.declared.each:
            parents, rows = rows, reached(step, rows)
        for declared in self.mapper.needed(fields):
            _select(declared, rows, parents)
        for one in self.match_declared if isinstance(self.match_declared, list) else ():
            reached(one.at, parents if one.of == "parent" else rows)
        paged = self.paging_declared
        for told in (paged.total, paged.next, paged.more) if paged else ():
            if told is not None and told.at is not None:
                reached(told.at, [selection])
        return selection

    def _terms(self, keys: GraphqlKeysDeclaration | None) -> Terms:
        usual = {"list": None, "one": 1}.get(self.join, _ALIASES_AT_MOST)
        orders = self.asked.orders
        return Terms(
            fields=self.mapper.fields & self.noun.fields,
            keys=frozenset(self.mapper.spaces),
            space=self.space,
            keys_at_most=(usual if self.join == "one" else keys.at_most or usual) if keys else None,
            filters=frozenset(
                (field, operator)
                for field, one in self.asked.filters.items()
                for operator in Operator
                if one.parameter(operator) is not None
            ),
            orders=frozenset(orders.ascending.keys() & orders.descending.keys()) if orders else frozenset(),
            named=True,
            limit=keys is None and self.paging_declared is not None and self.paging_declared.limit is not None,
        )


def _select(declared: FieldDeclaration, rows: Places, parents: Places) -> None:
    if declared.constant is not None or declared.of == "key":
        return
    places = parents if declared.of == "parent" else rows
    path = declared.each or declared.at or ITSELF
    inner = reached(path, places)
    for one in (declared.record or {}).values():
        _select(one, inner, parents)


def _typed(constants: Constants) -> Iterable[tuple[str, str, Any]]:
    return ((name, one.type, one.value) for name, one in constants.items())


def _condition(declared: GraphqlFilterDeclaration, condition: Condition) -> tuple[str, str, Any]:
    """The argument that says a condition, its type and its value."""
    name = declared.parameter(condition.operator) or ""
    if condition.operator is Operator.IN:
        return name, f"[{declared.type}]", [_value(declared, one) for one in condition.value]
    return name, declared.type, _value(declared, condition.value)


def _value(declared: GraphqlFilterDeclaration, value: Any) -> Any:
    if isinstance(value, Enum):
        value = value.value
    if isinstance(value, datetime):
        value = value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return declared.values.get(text(value), value)


def _said(keys: GraphqlKeysDeclaration, key: Key) -> Any:
    """A key in a list: text, or an object of its parts."""
    if not keys.objects:
        return key
    said: Mapping[str, Any] = {}
    for name, part in zip(keys.objects, _parts(key), strict=True):
        said = placed(said, name, part)
    return said


def _parts(key: Key) -> tuple[str, ...]:
    return key if isinstance(key, tuple) else (key,)
