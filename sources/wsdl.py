"""Requests of SOAP written as a WSDL describes them; it is loaded when first needed, and asked for until it is had."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import anyio
from anyio import from_thread, to_thread
from lxml import etree

from model.faults import BadRequest, Drifted, Malformed, SourceFault, TimedOut
from sources.answers import check_status
from sources.envelopes import Envelopes, told, version_of
from sources.grammar.soap import SoapDeclaration, SoapLookupDeclaration
from sources.held import Held
from sources.http_transport import HttpTransport
from sources.requests import Request
from sources.urls import origin

_UNREADABLE = (
    etree.LxmlError,
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RuntimeError,
    AssertionError,
)
"""What zeep raises at descriptions that it cannot make sense of, besides what it means to raise."""


_DOCUMENTS_AT_MOST = 200


class Wsdl:
    """The description of one source's operations."""

    def __init__(self, source: str, declared: SoapDeclaration, envelopes: Envelopes) -> None:
        self._source = source
        self._envelopes = envelopes
        self._where = _where(declared)
        parts = urlsplit(self._where)
        self._transport = HttpTransport(
            source,
            f"{parts.scheme}://{parts.netloc}",
            timeout=declared.timeout,
            bytes_at_most=declared.limits.bytes,
            concurrency=1,
            ca=declared.ca,
            counted=False,
        )
        self._client: Any = None
        self._held = Held(self._load)

    async def ready(self, deadline: float) -> None:
        """Load it, if that is not done; a SourceFault when it cannot be had before the deadline."""
        self._client = await self._held.held(deadline)

    def written(self, lookup: SoapLookupDeclaration, said: Mapping[str, Any]) -> tuple[Mapping[str, str], bytes]:
        """A request of an operation, as the WSDL has it."""
        from zeep.exceptions import Error

        binding = self._client.service._binding
        operation = binding.all().get(lookup.operation)
        if operation is None:
            self._held.refused(self._client)  # a new one may have it
            raise Drifted(self._source, f"the WSDL has no operation {lookup.operation!r}")
        try:
            envelope = self._client.create_message(self._client.service, lookup.operation, **said)
        except (Error, *_UNREADABLE) as err:
            raise BadRequest(self._source, f"the WSDL has no such request of {lookup.operation!r}") from err
        action = lookup.action or operation.soapaction or ""
        return told(version_of(envelope), action), self._envelopes.closed(envelope)

    def answered_by(self, lookup: SoapLookupDeclaration) -> str:
        """The name of the element that answers an operation, as the WSDL has it."""
        operation = self._client.service._binding.all().get(lookup.operation)
        body = operation.output.body if operation is not None and operation.output is not None else None
        return lookup.answered_by if lookup.answer or body is None else str(body.qname.localname)

    async def aclose(self) -> None:
        """Let go of connections."""
        await self._transport.aclose()

    async def _load(self, deadline: float) -> Any:
        loader = _Loader(self._source, self._where, self._transport, deadline)
        try:
            with anyio.fail_after(deadline - anyio.current_time()):
                return await to_thread.run_sync(_described, self._where, loader, abandon_on_cancel=True)
        except TimeoutError as err:
            raise TimedOut(self._source, "no WSDL in time") from err
        except SourceFault:
            raise
        except _UNREADABLE as err:
            raise Malformed(self._source, "a WSDL that cannot be read") from err


class _Loader:
    """Loads a WSDL and what it imports, from the WSDL's own origin only, each once; called in a thread."""

    def __init__(self, source: str, where: str, transport: HttpTransport, deadline: float) -> None:
        self._source = source
        self._origin = origin(where)
        self._transport = transport
        self._deadline = deadline
        self._loaded: dict[str, bytes] = {}

    def load(self, url: str) -> bytes:
        if url not in self._loaded:
            if len(self._loaded) >= _DOCUMENTS_AT_MOST:
                raise Malformed(self._source, f"a WSDL that imports more than {_DOCUMENTS_AT_MOST} documents")
            self._loaded[url] = from_thread.run(self._load, url)
        return self._loaded[url]

    async def _load(self, url: str) -> bytes:
        parts = urlsplit(url)
        if origin(url) != self._origin:
            raise Malformed(self._source, "a WSDL that imports from another origin")
        target = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        response = await self._transport.send(Request("GET", target, {"accept": "text/xml"}), self._deadline)
        check_status(self._source, response)
        return response.body


def _described(where: str, loader: _Loader) -> Any:
    """A client of zeep's that writes what the WSDL describes; it sends nothing."""
    # Imported when first needed: it brings much that a gateway without SOAP has no use for.
    from zeep import Client, Settings
    from zeep.exceptions import Error

    try:
        client = Client(where, transport=loader, settings=Settings(forbid_dtd=True))  # type: ignore[no-untyped-call]
        if client.wsdl.services:
            return client
    except Error as err:
        raise ValueError(str(err)) from err
    raise ValueError("no service")


def _where(declared: SoapDeclaration) -> str:
    wsdl = declared.wsdl or ""
    return f"{declared.url}{wsdl}" if wsdl.startswith(("?", "/")) else urljoin(declared.url, wsdl)
