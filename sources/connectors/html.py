"""Pages made for people, as declared."""

from sources.declared import DeclaredSource
from sources.form_login import FormLogin
from sources.grammar.html import HtmlDeclaration
from sources.media.html import Html
from sources.oddities import Oddities
from sources.transport import Transport


class Pages(DeclaredSource):
    """A source that answers in HTML."""

    def __init__(self, name: str, declared: HtmlDeclaration, transport: Transport | None = None) -> None:
        oddities = Oddities(name)
        medium = Html(name, declared, oddities)
        way_in = FormLogin(name, declared.login, declared, oddities) if declared.login else None
        super().__init__(name, declared, medium, transport, way_in=way_in, oddities=oddities)
