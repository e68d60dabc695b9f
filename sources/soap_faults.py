"""Faults of SOAP, 1.1 and 1.2, as ours: by the codes that are declared, and else by what the standard's own mean."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from model.faults import BadRequest, Rejected, SourceFault, Unauthorised, Unavailable
from sources.xml_reader import Element

_CODE_AT_MOST = 64
_MEANT: Mapping[str, type[SourceFault]] = MappingProxyType(
    {"unauthorised": Unauthorised, "unavailable": Unavailable, "rejected": Rejected}
)
_STANDARD: Mapping[str, type[SourceFault]] = MappingProxyType(
    {
        "FailedAuthentication": Unauthorised,
        "InvalidSecurity": Unauthorised,
        "InvalidSecurityToken": Unauthorised,
        "SecurityTokenUnavailable": Unauthorised,
        "FailedCheck": Unauthorised,
        "MessageExpired": Unauthorised,
        "Client": BadRequest,
        "Sender": BadRequest,
        "Server": Unavailable,
        "Receiver": Unavailable,
    }
)
"""Codes of WS-Security, SOAP 1.1 and SOAP 1.2."""


def is_fault(element: Element) -> bool:
    """Whether what an envelope holds is a fault."""
    around = element.getparent()
    own = str(around.tag).rpartition("}")[0] if around is not None else ""
    return element.tag == f"{own}}}Fault"


def check_fault(source: str, fault: Element, declared: Mapping[str, str]) -> None:
    """Raise what a fault means, unless it means that there is no such thing."""
    codes = list(dict.fromkeys(_codes(fault)))
    for code in codes:
        if declared.get(code) == "missing":
            return
        if code in declared:
            raise _MEANT[declared[code]](source, f"fault {code!r}")
    for code in codes:
        for known in (code, code.partition(".")[0]):
            if known in _STANDARD:
                raise _STANDARD[known](source, f"fault {known!r}")
    raise Rejected(source, "a fault of no known code")


def _codes(fault: Element) -> Iterable[str]:
    """Its codes, the most telling first: what its detail says and how that is called, subcodes, the code."""
    standard: list[str] = []
    for part in fault:
        match _local(part):
            case "detail" | "Detail":
                yield from _detailed(part)
            case "faultcode":
                standard.append(_unprefixed(part.text))
            case "Code":
                standard += [_unprefixed(one.text) for one in part.iter() if _local(one) == "Value"]
    yield from reversed([code for code in standard if code])


def _detailed(detail: Element) -> Iterable[str]:
    for element in detail.iterdescendants():
        yield _local(element)
        text = (element.text or "").strip()
        if len(element) == 0 and 0 < len(text) <= _CODE_AT_MOST:
            yield text


def _local(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _unprefixed(code: str | None) -> str:
    return (code or "").strip().rpartition(":")[2][:_CODE_AT_MOST]
