"""JSON over HTTP, as declared."""

from collections.abc import Iterator

from sources.declared import DeclaredSource
from sources.grammar.rest import RestDeclaration
from sources.media.json import Json
from sources.notations import notation
from sources.transport import Transport


class Rest(DeclaredSource):
    """A source that speaks JSON over HTTP."""

    def __init__(self, name: str, declared: RestDeclaration, transport: Transport | None = None) -> None:
        how = notation(declared.written, declared.encoding, declared.delimiter, names=declared.names)
        medium = Json(name, declared.limits.depth, how, declared.json_in, told=list(_told(declared)))
        super().__init__(name, declared, medium, transport)


def _told(declared: RestDeclaration) -> Iterator[str]:
    """The paths into bodies themselves."""
    if declared.outcome is not None:
        yield declared.outcome.at
    for paging in (declared.paging, *(one.paging for one in declared.lookups.values())):
        yield from paging.paths if paging is not None else ()
