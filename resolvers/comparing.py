"""The form in which two sources' words are compared."""

import unicodedata
from enum import Enum
from typing import Any

import msgspec
from msgspec import Struct


def comparable(value: Any) -> Any:
    """A value in the form in which two sources' words are compared: width and blanks of text do not count."""
    if isinstance(value, str) and not isinstance(value, Enum):
        return " ".join(unicodedata.normalize("NFKC", value).split())
    if isinstance(value, Struct):
        return msgspec.json.encode(value)
    if isinstance(value, list | tuple):
        return tuple(comparable(one) for one in value)
    return value
