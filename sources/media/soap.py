"""Answers in SOAP: an envelope around the element that answers, or around a fault, whatever the status."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Protocol

from model.faults import Drifted, Malformed
from model.keys import Lookup
from sources.answers import check_status
from sources.elements import can_say
from sources.envelopes import Envelopes
from sources.grammar.soap import SoapDeclaration, SoapLookupDeclaration
from sources.markup import MarkupReading
from sources.paths import Wanted
from sources.requests import Written
from sources.rows import Mapper
from sources.soap_faults import check_fault, is_fault
from sources.transport import Response
from sources.xml_reader import Element, XmlReader, without_namespaces
from sources.xpaths import XPaths


class Description(Protocol):
    """What is known of a service's operations, from its WSDL or from what is declared."""

    def written(self, lookup: SoapLookupDeclaration, said: Mapping[str, Any]) -> tuple[Mapping[str, str], bytes]:
        """The headers and the envelope of a request."""
        ...

    def answered_by(self, lookup: SoapLookupDeclaration) -> str:
        """The name of the element that answers it."""
        ...


class SoapMedium:
    """The medium of a source that is spoken to in SOAP."""

    charset = "utf-8"
    apart = True

    def __init__(self, source: str, declared: SoapDeclaration, envelopes: Envelopes, service: Description) -> None:
        self.paths = XPaths(declared.namespaces)
        self.accept = "text/xml" if declared.version == "1.1" else "application/soap+xml"
        self._source = source
        self._faults = declared.faults
        self._plain = not declared.namespaces
        self._envelopes = envelopes
        self._service = service
        texts = [self.paths.compile(path, Wanted.THINGS) for path in declared.xml_in]
        self._reader = XmlReader(
            source, declared.limits.depth, encoding=declared.encoding, plain=self._plain, texts=texts
        )

    def can_say(self, text: str) -> bool:
        """What XML has a place for."""
        return can_say(text)

    def writer(self, declared: SoapLookupDeclaration) -> Written:
        """As an envelope."""
        return partial(self._service.written, declared)

    def decoded(self, response: Response) -> Element | None:
        """The element that answers; None for a fault which means that there is no such thing."""
        held = self._held(response)
        if is_fault(held):
            check_fault(self._source, held, self._faults)
            return None
        check_status(self._source, response)
        if self._plain:
            without_namespaces(held)
        return self._reader.unfolded(held)

    def reading(
        self, lookup: Lookup, declared: SoapLookupDeclaration, mapper: Mapper, fields: frozenset[str], *, raw: bool
    ) -> MarkupReading:
        """By XPaths, from the element that answers this lookup."""
        answered = partial(self._answered, lookup, declared)
        return MarkupReading(answered, self.paths, lookup, declared, mapper, fields, raw=raw, sure=True)

    def _held(self, response: Response) -> Element:
        """What the envelope holds; where there is none, the status says more than that."""
        try:
            return self._envelopes.opened(self._reader.read(response, plain=False))
        except Malformed:
            check_status(self._source, response)
            raise

    def _answered(self, lookup: Lookup, declared: SoapLookupDeclaration, response: Response) -> Element | None:
        found = self.decoded(response)
        answer = self._service.answered_by(declared)
        if found is not None and str(found.tag).rpartition("}")[2] != answer:
            raise Drifted(self._source, f"{lookup}: an answer that is no {answer!r}")
        return found
