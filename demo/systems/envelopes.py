"""SOAP 1.1 as the provisioning system speaks it: envelopes, the security header, faults."""

from typing import TypeAlias

from lxml import etree
from starlette.responses import Response

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
SECURITY = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
SERVICE = "urn:operator:provisioning:service:v2"
TYPES = "urn:operator:provisioning:types:v2"
NAMES = {"soapenv": SOAP, "wsse": SECURITY, "svc": SERVICE, "typ": TYPES}
Element: TypeAlias = "etree._Element"


class FaultError(Exception):
    """Raised for whatever is refused: SOAP's own code, the system's code and words, the HTTP status they come with."""

    def __init__(self, code: str, own: str, words: str, status: int = 500) -> None:
        super().__init__(words)
        self.code, self.own, self.status = code, own, status


def opened(body: bytes) -> Element:
    """Read an envelope; entities and other documents are no part of one."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        envelope = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as err:
        raise FaultError("soapenv:Client", "PRV-1001", "报文不是合法的XML") from err
    if envelope.tag != f"{{{SOAP}}}Envelope":
        raise FaultError("soapenv:VersionMismatch", "PRV-1002", "仅支持SOAP 1.1")
    return envelope


def texts(within: Element, path: str) -> list[str]:
    """The texts of what a path leads to."""
    return [(one.text or "").strip() for one in within.iterfind(path, NAMES)]


def element(name: str, *content: "str | Element") -> Element:
    """Write an element, called `prefix:name` or in no namespace, with what is in it: a text, or elements."""
    prefix, _, local = name.rpartition(":")
    own = {prefix: NAMES[prefix]} if prefix else {}
    made = etree.Element(f"{{{own[prefix]}}}{local}" if prefix else local, nsmap=own)
    for one in content:
        if isinstance(one, str):
            made.text = one
        else:
            made.append(one)
    return made


def enveloped(said: Element) -> Response:
    """Wrap what went well."""
    return _answer(said, 200)


def fault(error: FaultError) -> Response:
    """Wrap what did not."""
    words = str(error)
    own = element("svc:ProvisioningFault", element("svc:errorCode", error.own), element("svc:errorText", words))
    parts = element("faultcode", error.code), element("faultstring", words), element("detail", own)
    return _answer(element("soapenv:Fault", *parts), error.status)


def _answer(said: Element, status: int) -> Response:
    envelope = element("soapenv:Envelope", element("soapenv:Header"), element("soapenv:Body", said))
    body = etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")
    return Response(body, status, media_type="text/xml")
