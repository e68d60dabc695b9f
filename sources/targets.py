"""Targets of requests, in their origin form [RFC 9112, 3.2.1]."""

import re
from urllib.parse import quote

_SAFE = "%/:=&?~+!$,;'@()*[]"
"""What a target may hold besides letters and digits [RFC 3986, 2], and what is written in the wild."""
_authority = re.compile(r"[^:/?#]+://[^/?#]*").match

is_target = re.compile(r"/[!\"$-~]*").fullmatch
"""Tells whether a text stands as it is for a target."""


def after_authority(url: str) -> str:
    """What of an absolute URL is neither scheme nor authority [RFC 3986, 3]."""
    found = _authority(url)
    return url[found.end() :] if found else url


def target_of(url: str) -> str:
    """The target of a request to a URL, as redirects write it, or without a path, or with what has to be escaped."""
    rest = after_authority(url)
    target = rest if rest.startswith("/") else f"/{rest}"
    return target if is_target(target) else quote(target.partition("#")[0], safe=_SAFE)
