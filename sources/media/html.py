"""Answers in HTML: paths are CSS selectors, a row is an element of a page."""

from functools import partial

from model.faults import Unauthorised
from model.keys import Lookup
from sources.answers import check_status
from sources.css import CssPaths
from sources.grammar.html import HtmlDeclaration, HtmlLookupDeclaration
from sources.markup import MarkupReading
from sources.oddities import Oddities
from sources.pages import Part, markup_of, parsed
from sources.requests import Written, as_form, encodable
from sources.rows import Mapper
from sources.sign_in_page import SignInPage
from sources.tables import Known
from sources.transport import Response


class Html:
    """The medium of a source whose answers are pages."""

    paths = CssPaths()
    accept = "text/html, application/xhtml+xml;q=0.9"
    apart = True

    def __init__(self, source: str, declared: HtmlDeclaration, oddities: Oddities) -> None:
        self._source = source
        self._encoding = declared.encoding
        self.charset = declared.encoding or "utf-8"
        self._oddities = oddities
        self._sign_in = SignInPage(declared.login) if declared.login else None

    def can_say(self, text: str) -> bool:
        """What the encoding of its pages and forms has."""
        return encodable(text, self.charset)

    def writer(self, declared: HtmlLookupDeclaration) -> Written:
        """As a form."""
        del declared
        return lambda said: as_form(said, self.charset)

    def decoded(self, response: Response) -> Part | None:
        """As a page; Unauthorised when it is the one that asks to sign in, whatever its status."""
        check_status(self._source, response)
        if response.status == 204 and not response.body:
            return None
        markup = markup_of(self._source, response, self._oddities, self._encoding)
        found = parsed(self._source, markup)
        if self._sign_in is not None and self._sign_in.is_this(markup, found):
            raise Unauthorised(self._source, "a page that asks to sign in")
        return found

    def reading(
        self, lookup: Lookup, declared: HtmlLookupDeclaration, mapper: Mapper, fields: frozenset[str], *, raw: bool
    ) -> MarkupReading:
        """By selectors."""
        decoded = partial(self._headed, declared.heads) if declared.heads else self.decoded
        return MarkupReading(decoded, self.paths, lookup, declared, mapper, fields, raw=raw)

    def _headed(self, heads: str, response: Response) -> Part | None:
        """A page of which it is declared which rows hold heads."""
        page = self.decoded(response)
        return None if page is None else Part(page.node, Known(heads))
