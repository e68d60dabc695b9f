"""Global ids: opaque to clients, a noun and its key to us [Relay server specification]."""

import base64
import binascii
from functools import lru_cache

from model.nouns import NOUNS

REMEMBERED = 10_000
"""So many ids are remembered, some 4 MB: to write one takes four times as long as to look it up."""

_FOR_URLS = bytes.maketrans(b"+/", b"-_")


@lru_cache(REMEMBERED)
def encode_id(noun: str, key: str) -> str:
    """A thing's global id."""
    written = binascii.b2a_base64(f"{noun}:{key}".encode(), newline=False)
    return written.translate(_FOR_URLS, b"=").decode()


def decode_id(text: str) -> tuple[str, str] | None:
    """The noun and key that a global id means; None if it is none of ours."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        noun, _, key = raw.decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    return (noun, key) if noun in NOUNS and key and encode_id(noun, key) == text else None
