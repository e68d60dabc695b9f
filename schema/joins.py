"""What the nouns' files share: from a field's parents and arguments to one call of a resolver.

What comes back are records and listings, which the GraphQL types read; the types are not instantiated.
"""

from collections.abc import Awaitable, Sequence
from typing import Any

from strawberry import Info

from engine.selection import Selection, derived, selection
from model.ask import Window
from model.enums import Kpi
from model.faults import SourceFault
from model.records import Element, Record
from resolvers.circuits_sessions import domains_of_circuits, sessions_of_circuits
from resolvers.customers_alarms import alarms_of_customers
from resolvers.identity import as_refs
from resolvers.join import Join
from resolvers.kpis import kpis_of
from resolvers.listing import Listing, Paging
from resolvers.references import referred, referred_lists
from resolvers.related import related
from resolvers.request import Request
from resolvers.roots import root_list
from resolvers.routes import routes_of
from resolvers.rows import Root
from resolvers.search import SEARCHED, search
from schema.arguments import paging
from schema.wanted import wanted, wanted_of_nodes

Context = Info[Request, None]
"""What a field is told of the operation."""


def belongings(
    parents: Sequence[Record], info: Context, noun: str, by: str, part: Paging, *, parent: str | None = None
) -> Awaitable[Sequence[Any]]:
    """A connection's column: the things of a noun that belong to each parent."""
    return related(info.context, derived(info, _join, noun, by, parent or by), parents, part)


def _join(noun: str, by: str, parent: str, below: Selection) -> Join:
    want = wanted_of_nodes(noun, below)
    return Join(noun, by, parent, want.fields, want.raw, want.told)


def customers_alarms(parents: Sequence[Record], info: Context, part: Paging) -> Awaitable[Sequence[Any]]:
    """The column of customers' alarms."""
    return alarms_of_customers(info.context, derived(info, _join, "alarm", "circuit", "circuit"), parents, part)


async def found(info: Context, text: str, first: int) -> Any:
    """What a text names."""
    below = selection(info)
    return await search(info.context, text, first, {noun: wanted_of_nodes(noun, below).fields for noun in SEARCHED})


def root(info: Context, noun: str, part: Paging) -> Awaitable[Any]:
    """A root list."""
    want = derived(info, wanted_of_nodes, noun)
    return root_list(info.context, Root(noun, want.fields, want.raw, want.counted), part)


def references(parents: Sequence[Any], info: Context, noun: str, field: str) -> Awaitable[Sequence[Any]]:
    """What a reference field of each parent means."""
    want = derived(info, wanted, noun)
    values = [getattr(parent, field) for parent in parents]
    return referred(info.context, noun, values, want.fields, raw=want.raw)


def reference_lists(
    parents: Sequence[Any], info: Context, noun: str, field: str, part: Paging
) -> Awaitable[Sequence[Any]]:
    """A connection's column of what a reference field of each parent names."""
    want = derived(info, wanted_of_nodes, noun)
    values = [getattr(parent, field) for parent in parents]
    return referred_lists(info.context, noun, values, want.fields, part, raw=want.raw)


def circuits_routes(parents: Sequence[Record], info: Context) -> Awaitable[Sequence[Any]]:
    """The column of circuits' routes."""
    return routes_of(info.context, parents, derived(info, wanted, "route").fields)


async def circuits_kpis(parents: Sequence[Record], info: Context, kpi: Kpi, window: Window | None) -> Sequence[Any]:
    """The column of circuits' measurements."""
    return await kpis_of(info.context, parents, kpi, window)


async def circuits_domains(parents: Sequence[Record], info: Context) -> Sequence[Any]:
    """The column of the VPDN domains to which circuits lead."""
    want = derived(info, wanted, "domain")
    return await domains_of_circuits(info.context, parents, want.fields, raw=want.raw)


async def circuits_sessions(parents: Sequence[Record], info: Context, part: Paging) -> Sequence[Any]:
    """The column of circuits' VPDN sessions."""
    return await sessions_of_circuits(info.context, derived(info, _join, "session", "domain", "domain"), parents, part)


async def first_circuits(parents: Sequence[Any], info: Context) -> Sequence[Any]:
    """The first circuit, of those that each parent refers to, which the caller may see."""
    want = derived(info, wanted, "circuit")
    columns = [
        parent.circuits if isinstance(parent.circuits, SourceFault) else as_refs(parent.circuits) for parent in parents
    ]
    refs = list(dict.fromkeys(ref for column in columns if not isinstance(column, SourceFault) for ref in column))
    meant = dict(zip(refs, await referred(info.context, "circuit", refs, want.fields, raw=want.raw), strict=True))
    firsts: list[Record | SourceFault | None] = []
    for column in columns:
        if isinstance(column, SourceFault):
            firsts.append(column)
            continue
        told = [meant[ref] for ref in column]
        seen = (circuit for circuit in told if isinstance(circuit, Record))
        firsts.append(next(seen, next((fault for fault in told if fault is not None), None)))
    return firsts


async def one(info: Context, noun: str, key: str | None) -> Any:
    """One thing by its business key."""
    if key is None:
        return None
    want = derived(info, wanted, noun)
    return (await referred(info.context, noun, [key], want.fields, raw=want.raw))[0]


async def hops_alarms(parents: Sequence[Any], info: Context, part: Paging) -> Sequence[Any]:
    """The alarms on the elements that hops pass; a hop whose element nobody tells has none."""
    normalise = info.context.upstreams.policy("element").normalise
    passed = [normalise(parent.element) if isinstance(parent.element, str) else None for parent in parents]
    elements = list(dict.fromkeys(key for key in passed if key is not None))
    found = await belongings([Element(element_id=key) for key in elements], info, "alarm", "element", part)
    by_element: dict[str | None, Any] = dict(zip(elements, found, strict=True))
    return [by_element.get(key) or Listing() for key in passed]


__all__ = [
    "Context",
    "belongings",
    "circuits_domains",
    "circuits_kpis",
    "circuits_routes",
    "circuits_sessions",
    "customers_alarms",
    "first_circuits",
    "found",
    "hops_alarms",
    "one",
    "paging",
    "reference_lists",
    "references",
    "root",
]
