"""Envelopes of SOAP, 1.1 and 1.2: written without a WSDL, closed with their headers, opened."""

import warnings
from collections.abc import Mapping
from functools import cache
from typing import Any

from lxml import etree

from model.faults import Malformed, Unauthorised
from sources.elements import fill, written
from sources.grammar.soap import SecurityDeclaration, SoapDeclaration, SoapLookupDeclaration
from sources.secrets import revealed
from sources.xml_reader import Element

SPACES = {
    "1.1": "http://schemas.xmlsoap.org/soap/envelope/",
    "1.2": "http://www.w3.org/2003/05/soap-envelope",
}
"""Version of SOAP -> the namespace of its envelopes."""


class Envelopes:
    """Writes what one source is asked."""

    def __init__(self, source: str, declared: SoapDeclaration) -> None:
        self._source = source
        self._declared = declared
        self._space = SPACES[declared.version]

    def written(self, lookup: SoapLookupDeclaration, said: Mapping[str, Any]) -> tuple[Mapping[str, str], bytes]:
        """A request of an operation, as its lookup names it."""
        envelope = etree.Element(self._tag("Envelope"), nsmap={"soap": self._space, **self._declared.namespaces})
        body = etree.SubElement(envelope, self._tag("Body"))
        asked = etree.SubElement(body, self._declared.names.tag(lookup.operation), nsmap=self._prefixes())
        fill(asked, said, self._declared.names_within)
        return told(self._declared.version, lookup.action or ""), self.closed(envelope)

    def answered_by(self, lookup: SoapLookupDeclaration) -> str:
        """The name of the element that answers a lookup."""
        return lookup.answered_by

    def closed(self, envelope: Element) -> bytes:
        """An envelope with the headers that are declared, as bytes."""
        declared = self._declared
        try:
            if declared.header is not None:
                fill(_header(envelope), declared.header.said(), declared.names)
            if declared.security is not None:
                _secure(envelope, declared.security)
        except LookupError as err:
            raise Unauthorised(self._source, f"expected {err.args[0]}") from err
        return written(envelope)

    def opened(self, root: Element) -> Element:
        """What the body of an envelope holds: an answer or a fault."""
        space, _, local = str(root.tag).rpartition("}")
        if local != "Envelope" or space[1:] not in SPACES.values():
            raise Malformed(self._source, "XML that is no envelope")
        body = root.find(f"{space}}}Body")
        if body is None or len(body) == 0:
            raise Malformed(self._source, "an envelope without content")
        return body[0]

    def _tag(self, local: str) -> str:
        return f"{{{self._space}}}{local}"

    def _prefixes(self) -> Any:
        """Names without a prefix stand in their namespace by default, unless those within stand in none."""
        own = self._declared.namespace
        return {None if self._declared.qualified else "own": own} if own else {}


def version_of(envelope: Element) -> str:
    """The version of SOAP that an envelope is of."""
    return next(version for version, space in SPACES.items() if str(envelope.tag).startswith(f"{{{space}}}"))


def told(version: str, action: str) -> Mapping[str, str]:
    """The headers that tell what a request is [SOAP 1.1, 6.1.1; SOAP 1.2 part 2, 7.1.2]."""
    if version == "1.1":
        return {"content-type": "text/xml; charset=utf-8", "soapaction": f'"{action}"'}
    about = f'; action="{action}"' if action else ""
    return {"content-type": f"application/soap+xml; charset=utf-8{about}"}


def _header(envelope: Element) -> Element:
    space = str(envelope.tag).rpartition("}")[0]
    found = envelope.find(f"{space}}}Header")
    if found is None:
        found = etree.Element(f"{space}}}Header")
        envelope.insert(0, found)
    return found


def _secure(envelope: Element, declared: SecurityDeclaration) -> None:
    _header(envelope)
    user, password = revealed(declared.user), declared.password.value()
    _username_token()(user, password, use_digest=declared.digest).apply(envelope, {})


@cache
def _username_token() -> Any:
    """Imported when first needed: it brings much that a gateway without SOAP has no use for."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        from zeep.wsse.username import UsernameToken

    return UsernameToken
