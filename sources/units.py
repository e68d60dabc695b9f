"""Numbers as systems write them: full-width digits, thousands, `155M`, kilobits, `12.5 公里`, `99.95%`."""

import math
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

_RATES = {"bps": 1.0, "kbps": 1e3, "Mbps": 1e6, "Gbps": 1e9, "Tbps": 1e12}
_FAMILIES: Sequence[Mapping[str, float]] = (
    _RATES,
    {"m": 1e-3, "km": 1.0},
    {"ratio": 1.0, "percent": 1e-2, "permille": 1e-3, "ppm": 1e-6},
    {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0},
    {"B": 1.0, "kB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12, "KiB": 2.0**10, "MiB": 2.0**20, "GiB": 2.0**30},
)
UNITS: Mapping[str, float] = MappingProxyType({name: one for family in _FAMILIES for name, one in family.items()})
"""Unit -> what one of it is in the record's own unit (bits a second, kilometres, ratios, seconds, octets)."""

_ALSO = {
    "%": "percent",
    "‰": "permille",
    "米": "m",
    "公里": "km",
    "千米": "km",
    "毫秒": "ms",
    "秒": "s",
    "sec": "s",
    "分": "min",
    "分钟": "min",
    "小时": "h",
    "字节": "B",
}
"""Other words for units, as text has them."""
_PREFIXES = {"": 1.0, "k": 1e3, "m": 1e6, "g": 1e9, "t": 1e12, "兆": 1e6, "千兆": 1e9}
_RATE = re.compile(
    r"([\d.,]+)\s*(?:([kmgt]|千?兆)\s*(?:b(?:it)?(?:ps|/s)?|bits/s|e|be)?|(b(?:it)?(?:ps|/s)|bits/s))", re.IGNORECASE
)
_MEASURED = re.compile(r"([+-]?\d[\d.,  ]*?)\s*([^\W\d_]+|[%‰])")
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
    """A reader of numbers in this unit; text may name another one of its kind (`155M`, `10GE`, `300 m`, `99.95%`)."""
    factor = UNITS[unit]
    named = _rate if unit in _RATES else _of_kind(next(family for family in _FAMILIES if unit in family))

    def read(value: Any) -> float | int:
        found = named(plain(value)) if isinstance(value, str) else None
        return number(value) * factor if found is None else found

    return read


def _rate(text: str) -> float | None:
    match = _RATE.fullmatch(text)
    return number(match[1]) * _PREFIXES[(match[2] or "").lower()] if match else None


def _of_kind(family: Mapping[str, float]) -> Callable[[str], float | None]:
    known = {name.casefold(): factor for name, factor in family.items()}
    known |= {word: family[name] for word, name in _ALSO.items() if name in family}

    def named(text: str) -> float | None:
        match = _MEASURED.fullmatch(text)
        factor = known.get(match[2].casefold()) if match else None
        return number(match[1]) * factor if match and factor is not None else None

    return named


def _written(text: str) -> float | int:
    if _THOUSANDS.fullmatch(text):
        text = re.sub(r"[,  ]", "", text)
    if "_" in text or len(text) > 40:
        raise ValueError("no number")
    try:
        return int(text)
    except ValueError:
        return float(text)
