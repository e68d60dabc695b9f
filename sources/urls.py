"""URLs as configuration writes them and upstreams answer them."""

from urllib.parse import urlsplit

_PORTS = {"http": 80, "https": 443}
Origin = tuple[str, str, int]
"""Scheme, host in lower case, port."""


def check_url(url: str) -> str:
    """The URL without a slash at its end; ValueError for what is no absolute http(s) URL of a plain place."""
    try:
        parts = urlsplit(url)
        origin(url)
    except ValueError as err:
        raise ValueError("expected an http or https URL") from err
    if parts.username or parts.password:
        raise ValueError("expected a URL without credentials: they belong under auth")
    if parts.query or parts.fragment or any(char.isspace() for char in url):
        raise ValueError("expected a URL without query, fragment or blanks")
    return url.rstrip("/")


def origin(url: str) -> Origin:
    """Where a URL leads to, as far as trust goes; ValueError when that is nowhere on http(s)."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("neither http nor https")
    return parts.scheme, parts.hostname, parts.port or _PORTS[parts.scheme]
