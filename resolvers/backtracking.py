"""In how many ways a regular expression may try to match a text: more than a few would let one key hold up everybody.

Python's matcher goes back and tries again; `(a+)+b` tries twice as often for each letter more. A bound on the length
of a text alone does not help, so the ways are counted, from the expression's own structure, before it is believed.
"""

import re
from collections.abc import Iterable
from math import prod
from re import _parser  # type: ignore[attr-defined]  # the only one who knows the structure of an expression
from typing import Any

LONGEST = 64
"""Letters of the longest text that is held against an expression."""
WAYS_AT_MOST = 300_000
"""So many ways take some milliseconds at worst: three repetitions without end, side by side."""


def ways(expression: str) -> int:
    """In how many ways it may be tried on the longest text, at most; re.error if it is none."""
    return _of_all(_parser.parse(expression, re.ASCII))


def _of_all(items: Iterable[tuple[Any, Any]]) -> int:
    return min(prod(_of_one(str(name), inner) for name, inner in items), WAYS_AT_MOST + 1)


def _of_one(name: str, inner: Any) -> int:
    match name:
        case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
            least, most, repeated = inner
            return _repeated(_of_all(repeated), least, min(int(most), LONGEST))
        case "BRANCH":
            return sum(map(_of_all, inner[1]))
        case "GROUPREF_EXISTS":
            return sum(_of_all(one) for one in inner[1:] if one)
        case "SUBPATTERN" | "ASSERT" | "ASSERT_NOT":
            return _of_all(inner[-1])
        case "ATOMIC_GROUP":
            return _of_all(inner)
        case _:
            return 1


def _repeated(once: int, least: int, most: int) -> int:
    total = 0
    for times in range(min(least, most), most + 1):
        total += once**times
        if total > WAYS_AT_MOST:
            break
    return total
