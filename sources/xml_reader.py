"""Documents of XML: parsed with everything off that XML can do besides being data."""

from collections.abc import Sequence
from typing import Any

from lxml import etree

from model.faults import Malformed
from sources.paths import Getter
from sources.transport import Response

Element = etree._Element
_NAMESPACED = etree.XPath("descendant-or-self::*[namespace-uri()]")


class XmlReader:
    """Reads what one source sends as XML, nested no deeper than `depth`.

    No entity is expanded but the five of XML itself, no document type is taken, nothing is fetched. encoding: of all
    that it sends, whatever that says of itself. plain: names are read without their namespaces.
    texts: lead to elements whose text is a document once more.
    """

    def __init__(
        self, source: str, depth: int, *, encoding: str | None = None, plain: bool, texts: Sequence[Getter] = ()
    ) -> None:
        self._texts = texts
        self._source = source
        self._encoding = encoding
        self._plain = plain
        self._depth = depth
        self._deeper = etree.XPath(f"boolean({'/*' * (depth + 1)})")

    def read(self, response: Response, *, plain: bool | None = None) -> Element:
        """The root of the document that an answer is; Malformed when it is none. plain: if not as all others."""
        body = response.body.lstrip()
        if not body:
            raise Malformed(self._source, "an empty body")
        if body[:1] not in b"<\xef\xfe\xff":
            raise Malformed(self._source, "something else than XML")
        root = self._parsed(body, self._told(response, body))
        return self._checked(root, plain=self._plain if plain is None else plain)

    def unfolded(self, root: Element) -> Element:
        """An element, with the documents that are texts within it read, too."""
        for get in self._texts:
            for element in get(root):
                self._unfold(element)
        return root

    def _unfold(self, element: Element) -> None:
        """Put the document that an element's text is in the place of that text."""
        text = (element.text or "").strip()
        if text and not len(element):
            element.text = None
            element.append(self._checked(self._parsed(text.encode(), "utf-8"), plain=self._plain))

    def _checked(self, root: Element, *, plain: bool) -> Element:
        """A document, plain data only, and no deeper than is listened to."""
        if root.getroottree().docinfo.internalDTD is not None:
            raise Malformed(self._source, "XML with a document type")
        if self._deeper(root):
            raise Malformed(self._source, f"XML nested deeper than {self._depth}")
        if plain:
            without_namespaces(root)
        return root

    def _parsed(self, body: bytes, encoding: str | None) -> Element:
        try:
            parser = etree.XMLParser(
                encoding=encoding,
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                dtd_validation=False,
                huge_tree=False,
                remove_comments=True,
                remove_pis=True,
            )
            return etree.fromstring(body, parser)
        except (etree.XMLSyntaxError, ValueError, LookupError) as err:
            raise Malformed(self._source, "a body that is no XML, or not all of it") from err

    def _told(self, response: Response, body: bytes) -> str | None:
        """The encoding, where the document does not say it itself [RFC 7303, 3.2]."""
        if self._encoding is not None or body.startswith(b"<?xml"):
            return self._encoding
        _, _, charset = response.headers.get("content-type", "").lower().partition("charset=")
        return charset.split(";")[0].strip(" \"'") or None


def without_namespaces(root: Element) -> None:
    """Names as they are in no namespace."""
    found: Any = _NAMESPACED(root)
    for element in found:
        element.tag = str(element.tag).partition("}")[2]
