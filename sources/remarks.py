"""What the head of an answer tells about its body: read once of a head that is met again and again."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from msgspec import Struct

from sources.clients.plain_heads import Fields

UTF8: Final = frozenset({"", "utf-8", "utf8", "us-ascii", "ascii"})
"""What is claimed of a body in UTF-8; "" for nothing."""
_COUNT: Final = re.compile(r"[0-9]{1,12}", re.ASCII)
_LINK: Final = re.compile(r"<([^>]*)(?:>([^<]*)|\Z)")
_NEXT: Final = re.compile(r'\brel\s*=\s*"?[^";,]{0,200}\bnext\b', re.IGNORECASE)


class Remarks(Struct, frozen=True, gc=False):
    """What a head tells.

    charset: what it claims the body to be written in, "" where it claims nothing. in_utf8: whether that is UTF-8, as it
    is where nothing is claimed. following: where a list goes on [RFC 8288]. total: how many things there are in all, by
    an `X-Total-Count` [TMF630].
    """

    charset: str
    in_utf8: bool
    following: str | None
    total: int | None


def remarks(headers: Mapping[str, str]) -> Remarks:
    """What these fields tell."""
    if headers.__class__ is not Fields:
        return _read(headers)
    known: Remarks | None = headers.remarks
    if known is None:
        known = headers.remarks = _read(headers)
    return known


def _read(headers: Mapping[str, str]) -> Remarks:
    get = headers.get
    return _told(get("content-type", ""), get("link", ""), get("x-total-count", ""))


@lru_cache(maxsize=64)
def _told(content_type: str, link: str, count: str) -> Remarks:
    """Heads that tell the same share their remarks."""
    _, _, claimed = content_type.lower().partition("charset=")
    charset = claimed.split(";")[0].strip(" \"'")
    following = next((url for url, parameters in _LINK.findall(link) if _NEXT.search(parameters)), None)
    total = int(count) if _COUNT.fullmatch(count) else None
    return Remarks(charset, charset in UTF8, following, total)
