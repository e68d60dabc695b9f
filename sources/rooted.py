"""The lookups of a source that speaks GraphQL, compiled; and what they would ask, for whoever wants to check that."""

from collections.abc import Iterator, Mapping

from model.ask import Ask, Condition, Sort
from model.caller import Caller
from model.keys import Key, Lookup
from sources.declared import mappers
from sources.documents import Operation
from sources.grammar.graphql import GraphqlDeclaration
from sources.media.json import Json
from sources.oddities import Oddities
from sources.roots import Root, RootLookup
from sources.selections import GraphqlPaths


def rooted(name: str, declared: GraphqlDeclaration, oddities: Oddities) -> dict[str, RootLookup]:
    """The lookups, as the declaration calls them."""
    medium = Json(name, declared.limits.depth, paths=GraphqlPaths())
    found = {}
    for text, mapper in mappers(name, declared, medium, oddities).items():
        asked = Lookup.parse(text)
        lookup = Lookup(asked.noun, name if asked.by == "self" else asked.by)
        found[text] = RootLookup(lookup, declared.lookups[text], mapper, declared, medium)
    return found


def sampled(name: str, declared: GraphqlDeclaration) -> Mapping[str, list[Operation]]:
    """For each lookup what would be asked for all fields, under each of its conditions and orders."""
    lookups = rooted(name, declared, Oddities(name))
    return {text: [operation for ask in _asks(one) for operation in _asked(one, ask)] for text, one in lookups.items()}


def _asks(one: RootLookup) -> Iterator[Ask]:
    everything = Ask(fields=one.noun.fields, caller=Caller(one.source), deadline=0.0)
    yield everything
    for field, operator in sorted(one.terms.filters):
        condition = Condition(field, operator, ("",) if operator == "in" else "")
        yield Ask(fields=frozenset(), caller=everything.caller, deadline=0.0, filter=(condition,))
    for field in sorted(one.terms.orders):
        yield Ask(fields=frozenset(), caller=everything.caller, deadline=0.0, order=(Sort(field),))


def _asked(one: RootLookup, ask: Ask) -> list[Operation]:
    keys = one.asked.keys
    key: Key = ("",) * keys.parts if keys is not None and keys.parts > 1 else ""
    return one.operations([Root([key] if keys else [], one.paging.first(one.size))], ask)
