"""Answers in XML: paths are XPaths, a row is an element."""

from collections.abc import Mapping
from typing import Any

from lxml import etree

from model.keys import Lookup
from sources.answers import check_status
from sources.elements import can_say, fill, written
from sources.grammar.markup import MarkupLookupDeclaration
from sources.grammar.xml import XmlDeclaration
from sources.markup import MarkupReading
from sources.paths import Wanted
from sources.requests import Written
from sources.rows import Mapper
from sources.transport import Response
from sources.xml_names import Names
from sources.xml_reader import Element, XmlReader
from sources.xpaths import XPaths


class XmlMedium:
    """The medium of a source whose answers are documents of XML."""

    accept = "application/xml, text/xml"
    charset = "utf-8"
    apart = True

    def __init__(self, source: str, declared: XmlDeclaration) -> None:
        self.paths = XPaths(declared.namespaces)
        self._source = source
        self._names = Names(declared.namespaces)
        plain = not declared.namespaces
        texts = [self.paths.compile(path, Wanted.THINGS) for path in declared.xml_in]
        self._reader = XmlReader(source, declared.limits.depth, encoding=declared.encoding, plain=plain, texts=texts)

    def can_say(self, text: str) -> bool:
        """What XML has a place for."""
        return can_say(text)

    def writer(self, declared: MarkupLookupDeclaration) -> Written:
        """As a document, whose root is what is said."""
        del declared
        return self._written

    def decoded(self, response: Response) -> Element | None:
        """The root element; None for 204."""
        check_status(self._source, response)
        if response.status == 204 and not response.body:
            return None
        return self._reader.unfolded(self._reader.read(response))

    def reading(
        self, lookup: Lookup, declared: MarkupLookupDeclaration, mapper: Mapper, fields: frozenset[str], *, raw: bool
    ) -> MarkupReading:
        """By XPaths."""
        return MarkupReading(self.decoded, self.paths, lookup, declared, mapper, fields, raw=raw)

    def _written(self, said: Mapping[str, Any]) -> tuple[Mapping[str, str], bytes]:
        ((root, within),) = said.items()
        element = etree.Element(self._names.tag(root), nsmap=self._names.namespaces)
        fill(element, within or {}, self._names)
        return {"content-type": "application/xml; charset=utf-8"}, written(element)
