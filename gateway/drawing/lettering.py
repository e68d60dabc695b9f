"""How wide a text will be, without a font at hand: generous, so that whatever font a browser takes, nothing overlaps.

Widths are those of the widest common sans-serif faces, in ems; Chinese, Japanese and Korean characters are one em.
"""

import unicodedata
from functools import lru_cache

ELLIPSIS = "…"

_NARROW = frozenset("il.,:;|'!()[]/\\ jftrI-`")
_BROAD = frozenset("mwMWQ@%&—…")


@lru_cache(maxsize=4096)
def _ems(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    if unicodedata.east_asian_width(character) in "WF" or not character.isascii():
        return 1.0
    if character in _NARROW:
        return 0.42
    if character in _BROAD:
        return 1.0
    return 0.73 if character.isupper() else 0.65


def width(text: str, size: float, *, bold: bool = False) -> float:
    """How wide a line of text is at a font size, in the picture's units."""
    return sum(map(_ems, text)) * size * (1.08 if bold else 1.0)


def clipped(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """The text if there is room for it, else as much of its beginning as there is room for."""
    if width(text, size, bold=bold) <= room:
        return text
    while text and width(text + ELLIPSIS, size, bold=bold) > room:
        text = text[:-1]
    return text.rstrip() + ELLIPSIS


def wrapped(text: str, size: float, room: float, *, lines: int, bold: bool = False) -> list[str]:
    """The text on no more than so many lines, broken where words, codes or Chinese characters allow it."""
    found: list[str] = []
    while text and len(found) < lines - 1 and width(text, size, bold=bold) > room:
        at = _break(text, size, room, bold=bold)
        found.append(text[:at].rstrip())
        text = text[at:].lstrip()
    return [*found, clipped(text, size, room, bold=bold)] if text else found


def _break(text: str, size: float, room: float, *, bold: bool) -> int:
    """Where a line ends at the latest that still fits: behind a blank, a hyphen or a wide character if possible."""
    fits = 1
    while fits < len(text) and width(text[: fits + 1], size, bold=bold) <= room:
        fits += 1
    good = [
        at
        for at in range(fits, fits // 3, -1)
        if text[at - 1] in " -/_·,，、" or text[at] == " " or _ems(text[at]) == 1
    ]
    return good[0] if good else fits
