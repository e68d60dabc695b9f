"""JSON over HTTP, as declared."""

from sources.declared import DeclaredSource
from sources.grammar.rest import RestDeclaration
from sources.media.json import Json
from sources.notations import notation
from sources.transport import Transport


class Rest(DeclaredSource):
    """A source that speaks JSON over HTTP."""

    def __init__(self, name: str, declared: RestDeclaration, transport: Transport | None = None) -> None:
        how = notation(declared.written, declared.encoding, declared.delimiter)
        super().__init__(name, declared, Json(name, declared.limits.depth, how, declared.json_in), transport)
