"""By whose certificates the other side is verified, where that is not left to the faster client."""

import ssl
from functools import cache

from sources.urls import origin

NO_TRUST = "the certificates that it is to be verified by cannot be read"


def verification(url: str, ca: str | None) -> ssl.SSLContext | bool:
    """What httpx needs to verify the other side; nothing where there is no TLS."""
    return _trust(ca) if origin(url)[0] == "https" else False


@cache
def _trust(ca: str | None) -> ssl.SSLContext:
    """Certificates to trust: the machine's, or those in a file; made once, for it takes milliseconds."""
    return ssl.create_default_context(cafile=ca)
