"""Plain requests, outside of what is timed."""

import urllib.request
from collections.abc import Mapping

PATIENCE = 60.0


def get(url: str) -> str:
    """What is at a URL, as text."""
    with urllib.request.urlopen(url, timeout=PATIENCE) as answer:  # noqa: S310 - of the loopback
        told: bytes = answer.read()
        return told.decode()


def post(url: str, body: bytes, headers: Mapping[str, str] | None = None) -> bytes:
    """The answer to a GraphQL request."""
    said = {"content-type": "application/json", "accept": "application/json", **(headers or {})}
    request = urllib.request.Request(url, body, said)  # noqa: S310 - see above
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 - see above
        told: bytes = answer.read()
        return told
