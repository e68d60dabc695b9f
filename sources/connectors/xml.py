"""XML over HTTP, as declared."""

from sources.auth import auth
from sources.declared import DeclaredSource
from sources.grammar.xml import XmlDeclaration
from sources.media.xml import XmlMedium
from sources.transport import Transport


class Xml(DeclaredSource):
    """A source that speaks XML over HTTP."""

    def __init__(self, name: str, declared: XmlDeclaration, transport: Transport | None = None) -> None:
        super().__init__(name, declared, XmlMedium(name, declared), transport, way_in=auth(name, declared))
