"""From declarations to sources: which connector speaks for a source, and which guards stand around it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, Protocol

import anyio

from model.keys import Lookup
from sources.connectors.graphql import Graphql
from sources.connectors.prometheus import Prometheus
from sources.connectors.rest import Rest
from sources.contract import Source
from sources.controls import Controls
from sources.grammar.source import SourceDeclaration
from sources.guards.breaker import Breaker
from sources.guards.bulkhead import Bulkhead
from sources.guards.cache import Cache
from sources.guards.deadline import Deadline
from sources.guards.fallback import Fallback, Reserve
from sources.guards.guard import lookup_of
from sources.guards.hedging import Hedging
from sources.guards.maintenance import Maintenance
from sources.guards.meter import Meter
from sources.guards.pacing import Pacing
from sources.guards.retries import Retries
from sources.guards.single_flight import SingleFlight
from sources.guards.together import together
from sources.guards.trace import Trace
from sources.presets.netbox import NetBox
from sources.transport import Transport


class Connector(Protocol):
    """Makes a source of a name and the declaration that `speaks` calls for, over its own connections or others."""

    def __call__(self, name: str, declared: Any, transport: Transport | None = None) -> Source:
        """The source; nothing is asked of it yet."""
        ...


@dataclass(frozen=True)
class Surroundings:
    """What guards share with those of other sources: the switches, and these sources themselves."""

    controls: Controls
    sources: dict[str, Source]


Guarding = Callable[[Source, SourceDeclaration, Surroundings], Source]
"""Puts a guard around a source, if the declaration wants it."""


def _pages(name: str, declared: Any, transport: Transport | None = None) -> Source:
    from sources.connectors.html import Pages  # what reads pages and XML is megabytes, for who has such sources

    return Pages(name, declared, transport)


def _xml(name: str, declared: Any, transport: Transport | None = None) -> Source:
    from sources.connectors.xml import Xml

    return Xml(name, declared, transport)


def _soap(name: str, declared: Any, transport: Transport | None = None) -> Source:
    from sources.connectors.soap import Soap

    return Soap(name, declared, transport)


CONNECTORS: Mapping[str, Connector] = MappingProxyType(
    {
        "rest": Rest,
        "html": _pages,
        "xml": _xml,
        "soap": _soap,
        "graphql": Graphql,
        "prometheus": Prometheus,
        "netbox": NetBox,
    }
)
"""`speaks` -> who speaks it."""


def _measured(source: Source, _: SourceDeclaration, __: Surroundings) -> Source:
    return Meter(source)


def _paced(source: Source, declared: SourceDeclaration, _: Surroundings) -> Source:
    return Pacing(source, declared.guards.pace) if declared.guards.pace else source


def _hedged(source: Source, declared: SourceDeclaration, _: Surroundings) -> Source:
    return Hedging(source, declared.guards.hedge) if declared.guards.hedge else source


def _broken(source: Source, declared: SourceDeclaration, _: Surroundings) -> Source:
    return Breaker(source, declared.guards.breaker, declared.timeout) if declared.guards.breaker else source


def _retried(source: Source, declared: SourceDeclaration, _: Surroundings) -> Source:
    return Retries(source, declared.guards.retries) if declared.guards.retries else source


def _queued(source: Source, declared: SourceDeclaration, _: Surroundings) -> Source:
    return Bulkhead(source, declared.concurrency, declared.guards.queue)


def _set_aside(source: Source, _: SourceDeclaration, around: Surroundings) -> Source:
    return Maintenance(source, around.controls.set_aside)


def _shared(source: Source, declared: SourceDeclaration, around: Surroundings) -> Source:
    shared = SingleFlight(source, declared.guards.shared_for)
    around.controls.watch(shared.flights)
    return shared


def _punctual(source: Source, _: SourceDeclaration, __: Surroundings) -> Source:
    return Deadline(source)


def _together(source: Source, _: SourceDeclaration, __: Surroundings) -> Source:
    return together(source)


def _backed(source: Source, declared: SourceDeclaration, around: Surroundings) -> Source:
    if not declared.guards.fallback:
        return source
    others = {lookup_of(text, source.name): other for text, other in declared.guards.fallback.items()}
    return Fallback(source, others, around.sources)


def _cached(source: Source, declared: SourceDeclaration, around: Surroundings) -> Source:
    if declared.guards.cache is None:
        return source
    version = _version(source.name, declared)
    cache = Cache(source, declared.guards.cache, declared.timeout, around.controls.second, version)
    around.controls.watch(cache.kept)
    return cache


def _followed(source: Source, _: SourceDeclaration, __: Surroundings) -> Source:
    return Trace(source)


GUARDS: Sequence[Guarding] = (
    _measured,
    _paced,
    _hedged,
    _broken,
    _retried,
    _queued,
    _set_aside,
    _shared,
    _punctual,
    _together,
    _backed,
    _cached,
    _followed,
)
"""What stands around every source, the innermost first."""


@dataclass(frozen=True)
class Former:
    """Sources that have been built already, and what they were built of."""

    declarations: Mapping[str, SourceDeclaration]
    sources: Mapping[str, Source]


def build(
    declarations: Mapping[str, SourceDeclaration], controls: Controls | None = None, former: Former | None = None
) -> dict[str, Source]:
    """The sources, guarded, in the order of their declarations. Nothing is asked of them yet.

    former: those of before, which stay as they are, with their connections and all that their guards have learnt, where
    they are declared as they were.
    """
    around = Surroundings(controls or Controls(), {})
    standing = _standing(declarations, former) if former is not None else {}
    for name, declared in declarations.items():
        around.sources[name] = (
            _unreserved(standing[name])
            if name in standing
            else guarded(CONNECTORS[declared.speaks](name, declared), declared, around)
        )
    kept_back = _kept_back(declarations)
    return {
        name: standing.get(name) or (Reserve(source, frozenset(kept_back[name])) if name in kept_back else source)
        for name, source in around.sources.items()
    }


def _standing(declarations: Mapping[str, SourceDeclaration], former: Former) -> dict[str, Source]:
    """Sources that are declared as before, as are those that answer in their place."""
    now, then = _kept_back(declarations), _kept_back(former.declarations)

    def as_before(name: str) -> bool:
        # what a secret is, is not part of its declaration: it is read when it is shown
        return repr(declarations.get(name)) == repr(former.declarations.get(name))

    return {
        name: source
        for name, source in former.sources.items()
        if name in declarations
        and now.get(name) == then.get(name)
        and all(map(as_before, (name, *declarations[name].guards.fallback.values())))
    }


def _unreserved(source: Source) -> Source:
    return source.inner if isinstance(source, Reserve) else source


def guarded(source: Source, declared: SourceDeclaration, around: Surroundings) -> Source:
    """The source within its guards."""
    for guard in GUARDS:
        source = guard(source, declared, around)
    return source


def _kept_back(declarations: Mapping[str, SourceDeclaration]) -> dict[str, set[Lookup]]:
    """By source, what it is asked only in another's place."""
    kept: dict[str, set[Lookup]] = {}
    for declared in declarations.values():
        for text, other in declared.guards.fallback.items():
            kept.setdefault(other, set()).add(lookup_of(text, other))
    return kept


def _version(name: str, declared: SourceDeclaration) -> str:
    """Names a source as it is configured: what it said under another configuration is not taken for its word."""
    return f"{name}:{blake2b(repr(declared).encode(), digest_size=8).hexdigest()}"


async def close(sources: Iterable[Source]) -> None:
    """Let go of all connections, at once."""
    async with anyio.create_task_group() as group:
        for source in sources:
            group.start_soon(source.aclose)
