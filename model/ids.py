"""Global ids: opaque to clients, a noun and its key to us [Relay server specification]."""

import binascii
from typing import Final

from model.nouns import NOUNS

REMEMBERED = 5_000
"""So many ids of a noun are remembered, some 2 MB: to write one takes ten times as long as to look it up."""

_FOR_URLS, _FROM_URLS = bytes.maketrans(b"+/", b"-_"), bytes.maketrans(b"-_", b"+/")


class Ids(dict[str, str]):
    """The global ids of a noun's things by their keys, written when they are first looked up."""

    def __init__(self, noun: str) -> None:
        super().__init__()
        self.noun = noun

    def __missing__(self, key: str) -> str:
        """Write one; what is remembered is forgotten when it is too much."""
        if len(self) >= REMEMBERED:
            self.clear()
        found = self[key] = _written(self.noun, key)
        return found


IDS: Final = {noun: Ids(noun) for noun in NOUNS}


def _written(noun: str, key: str) -> str:
    written = binascii.b2a_base64(f"{noun}:{key}".encode(), newline=False)
    return written.translate(_FOR_URLS, b"=").decode()


def encode_id(noun: str, key: str) -> str:
    """A thing's global id."""
    return IDS[noun][key]


def decode_id(text: str) -> tuple[str, str] | None:
    """The noun and key that a global id means; None if it is none of ours."""
    try:
        padded = text.encode("ascii").translate(_FROM_URLS) + b"=="
        noun, _, key = binascii.a2b_base64(padded).decode().partition(":")
    except ValueError:
        return None
    return (noun, key) if noun in NOUNS and key and _written(noun, key) == text else None
