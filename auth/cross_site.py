"""Whether a browser's cookie was meant: it is sent along whoever's page asks, so the page must be one of ours.

Browsers tell in `Sec-Fetch-Site` whose page asks [Fetch Metadata], older ones in `Origin` [RFC 6454]. A program that
uses a cookie tells neither; it says by a header that no other site's page can set without asking us first.
"""

from collections.abc import Mapping
from urllib.parse import urlsplit

from auth.refused import CrossSite

MEANT = "x-trunkline-request"
"""The header by which a program says that it means its cookie; its value does not matter."""


def check_same_site(method: str, headers: Mapping[str, str], origin: str | None = None) -> None:
    """Raise CrossSite unless our own page asks, or the user. origin: where we are found, if not at `Host`."""
    site = headers.get("sec-fetch-site")
    looking = method in ("GET", "HEAD")
    if site is not None:
        if site == "same-origin" or (looking and (site == "none" or _is_link(headers))):
            return
        raise CrossSite(f"Sec-Fetch-Site: {site!r:.40}")
    asked_from = headers.get("origin")
    if asked_from is not None:
        if _is_ours(asked_from, headers, origin):
            return
        raise CrossSite(f"Origin: {asked_from!r:.80}")
    if not looking and MEANT not in headers:
        raise CrossSite("nothing tells whose page asks")


def _is_link(headers: Mapping[str, str]) -> bool:
    """Whether somebody follows a link: they see what they get, the page that has the link does not."""
    return headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"


def _is_ours(asked_from: str, headers: Mapping[str, str], origin: str | None) -> bool:
    if origin is not None:
        return asked_from == origin
    return bool(asked_from) and urlsplit(asked_from).netloc == headers.get("host")
