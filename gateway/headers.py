"""Headers: those that a request brings, and those that every answer carries."""

from collections.abc import Mapping

from starlette.types import Scope

SAFE = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
"""Nothing is guessed, kept, framed or run by a browser, where the answer does not say otherwise."""


def safe_headers(hsts: int) -> Mapping[str, str]:
    """What every answer carries; `hsts`: seconds for which browsers shall come by HTTPS only."""
    return SAFE | ({"strict-transport-security": f"max-age={hsts}; includeSubDomains"} if hsts else {})


def headers_of(scope: Scope) -> dict[str, str]:
    """A request's headers by their names in lower case; of several under one name, the first."""
    headers = {}
    for name, value in reversed(scope["headers"]):
        headers[name.decode("latin-1")] = value.decode("latin-1")
    return headers
