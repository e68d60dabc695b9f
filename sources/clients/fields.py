"""Header fields of answers, from bytes to text."""

from collections.abc import Iterable
from typing import Final

_NAMES_AT_MOST: Final = 256
_NAME_BYTES_AT_MOST: Final = 64


class _Names(dict[bytes, str]):
    """Names of header fields in lower case; those that servers use again and again are remembered."""

    def __missing__(self, raw: bytes) -> str:
        name = raw.decode("latin-1").lower()
        if len(self) < _NAMES_AT_MOST and len(raw) <= _NAME_BYTES_AT_MOST:
            self[raw] = name
        return name


_names = _Names()


def told(lines: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Header fields, those that came several times put together, without those that are not ASCII [RFC 9110, 5.3]."""
    told: dict[str, str] = {}
    odd: set[str] = set()
    for raw, value in lines:
        name = _names[raw]
        if not value.isascii():
            odd.add(name)
        elif name in told:
            told[name] += f", {value.decode()}"
        else:
            told[name] = value.decode()
    return {name: value for name, value in told.items() if name not in odd} if odd else told
