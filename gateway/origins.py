"""Which pages may make a browser ask: this gateway's own, and those of the origins that the settings name.

A browser sends a form, an image or a script's address to any site, with that site's cookies. It asks first only where
a request is not simple [Fetch, CORS protocol]. POSTs here are never simple, for they must be JSON. A GET may be, so it
must show that it comes from no foreign page: by what the browser says of it (`Sec-Fetch-Site`, `Origin`), by a
header that no simple request has, or by bringing no cookie that could be misused.
"""

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from gateway.refusals import foreign_origin

PREFLIGHTED = (
    "authorization",
    "apollo-require-preflight",
    "graphql-require-preflight",
    "x-apollo-operation-name",
    "x-requested-with",
    "x-trunkline-customer",
    "x-trunkline-timeout",
)
"""Headers that no page can send elsewhere without asking first."""
_OWN = ("same-origin", "none")


def check_origin(headers: Mapping[str, str], method: str, allowed: Collection[str]) -> None:
    """Refuse a request that a foreign page has made a browser send."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site in _OWN or (site is None and origin is None and "cookie" not in headers):
        return
    if origin is not None:
        known = origin in allowed or (site is None and _is_own(origin, headers.get("host", "")))
    else:
        known = site is None and (method == "POST" or "json" in headers.get("accept", ""))
        known = known or any(name in headers for name in PREFLIGHTED)
    if not known:
        raise foreign_origin()


def _is_own(origin: str, host: str) -> bool:
    """Whether an origin is where the request goes; a proxy may have taken off the TLS, so schemes are not compared."""
    return urlsplit(origin).netloc.lower() == host.lower() != ""
