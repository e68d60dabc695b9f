"""From declarations to sources: which connector speaks for a source, and which guards stand around it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import anyio

from sources.connectors.prometheus import Prometheus
from sources.connectors.rest import Rest
from sources.contract import Source
from sources.grammar.source import SourceDeclaration
from sources.guards.deadline import Deadline

Connector = Callable[[str, Any], Source]
"""Makes a source of a name and the declaration that `speaks` calls for."""
Guard = Callable[[Source], Source]

CONNECTORS: Mapping[str, Connector] = MappingProxyType({"rest": Rest, "prometheus": Prometheus})
"""`speaks` -> who speaks it."""
GUARDS: Sequence[Guard] = (Deadline,)
"""What stands around every source, the innermost first."""


def build(declarations: Mapping[str, SourceDeclaration]) -> dict[str, Source]:
    """The sources, guarded, in the order of their declarations. Nothing is asked of them yet."""
    return {name: guarded(CONNECTORS[declared.speaks](name, declared)) for name, declared in declarations.items()}


def guarded(source: Source) -> Source:
    """The source within its guards."""
    for guard in GUARDS:
        source = guard(source)
    return source


async def close(sources: Iterable[Source]) -> None:
    """Let go of all connections, at once."""
    async with anyio.create_task_group() as group:
        for source in sources:
            group.start_soon(source.aclose)
