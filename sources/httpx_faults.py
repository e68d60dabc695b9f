"""What can go wrong with httpx, which speaks to sign-in pages and to token endpoints, as faults."""

import logging

import httpx

from model.faults import Malformed, Refused, Rejected, SourceFault, TimedOut, Unavailable

logging.getLogger("httpx").setLevel(logging.WARNING)  # it would log every URL, keys of customers and all


def fault_of(source: str, err: Exception) -> SourceFault:
    """The fault that an exception of httpx stands for; its text may hold URLs and stays out."""
    kind = type(err).__name__
    match err:
        case httpx.TimeoutException():
            return TimedOut(source, kind)
        case httpx.ConnectError():
            return Refused(source, kind)
        case httpx.UnsupportedProtocol() | httpx.InvalidURL() | httpx.LocalProtocolError() | UnicodeError():
            return Rejected(source, f"a request that cannot be sent ({kind})")
        case httpx.DecodingError():
            return Malformed(source, kind)
        case _:
            return Unavailable(source, kind)
