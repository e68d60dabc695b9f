"""By whose certificates the other side is verified."""

import ssl
from functools import cache
from typing import Literal

from sources.urls import origin

NO_TRUST = "the certificates that it is to be verified by cannot be read"


def verification(url: str, ca: str | None) -> ssl.SSLContext | Literal[False]:
    """What the other side is verified by, as httpx takes it: False where there is no TLS."""
    return trusted(ca) if origin(url)[0] == "https" else False


@cache
def trusted(ca: str | None) -> ssl.SSLContext:
    """Certificates to trust: the machine's, or those in a file; made once, for it takes milliseconds."""
    return ssl.create_default_context(cafile=ca)
