"""Numbers as systems write them: full-width digits, thousands, `155M`, kilobits."""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

UNITS: Mapping[str, float] = MappingProxyType(
    {
        "bps": 1.0,
        "kbps": 1e3,
        "Mbps": 1e6,
        "Gbps": 1e9,
        "Tbps": 1e12,
        "m": 1e-3,
        "km": 1.0,
    }
)
"""Unit -> what one of it is in the record's own unit (bits a second, kilometres)."""

_PREFIXES = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12}
_RATE = re.compile(
    r"([\d.,]+)\s*(?:([kmgt])\s*(?:b(?:it)?(?:ps|/s)?|bits/s|e|be)?|(b(?:it)?(?:ps|/s)|bits/s))", re.IGNORECASE
)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:[,  ]\d{3})+(?:\.\d+)?")


def plain(text: str) -> str:
    """The text without full-width forms and without blanks around it."""
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).strip()


def number(value: Any) -> float | int:
    """A finite number, or text that writes one; ValueError else."""
    if isinstance(value, bool):
        raise ValueError("no number")  # noqa: TRY004 - one kind of error for all that cannot be read
    if isinstance(value, str):
        value = _written(plain(value))
    if not isinstance(value, (int, float)) or not math.isfinite(value):
        raise ValueError("no number")
    return value


def whole(value: Any) -> int:
    """A number without a fraction."""
    if type(value) is int:
        return value
    found = number(value)
    if found != int(found):
        raise ValueError("no whole number")
    return int(found)


def in_unit(unit: str) -> Callable[[Any], float | int]:
    """A reader of numbers in this unit; text may name another one (`155M`, `10GE`, `2048 kbit/s`)."""
    factor = UNITS[unit]
    rate = unit.endswith("bps")

    def read(value: Any) -> float | int:
        if rate and isinstance(value, str) and (match := _RATE.fullmatch(plain(value))):
            return number(match[1]) * _PREFIXES[(match[2] or "").lower()]
        return number(value) * factor

    return read


def _written(text: str) -> float | int:
    if _THOUSANDS.fullmatch(text):
        text = re.sub(r"[,  ]", "", text)
    if "_" in text or len(text) > 40:
        raise ValueError("no number")
    try:
        return int(text)
    except ValueError:
        return float(text)
