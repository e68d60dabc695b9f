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
_LINK: Final = re.compile(r"<([^>]*)>([^<]*)")
_NEXT: Final = re.compile(r'rel\s*=\s*"?[^";,]*\bnext\b', re.IGNORECASE)


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
    charset = _charset(get("content-type", ""))
    return _made(charset, charset in UTF8, _following(get("link", "")), _total(get("x-total-count", "")))


_made = lru_cache(maxsize=64)(Remarks)
"""Heads that tell the same share their remarks."""


@lru_cache(maxsize=64)
def _charset(content_type: str) -> str:
    _, _, charset = content_type.lower().partition("charset=")
    return charset.split(";")[0].strip(" \"'")


def _following(link: str) -> str | None:
    return next((url for url, parameters in _LINK.findall(link) if _NEXT.search(parameters)), None)


def _total(count: str) -> int | None:
    return int(count) if _COUNT.fullmatch(count) else None
