"""Which of the keys that were asked for a row answers: no row counts that says none of them."""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import product

from model.keys import Key
from sources.grammar.lookup import MatchDeclaration
from sources.paths import ABSENT, Paths, Wanted
from sources.rows import Row
from sources.values import text

Match = Callable[[Row], Iterable[Key]]
"""From a row to the keys that it answers, as text (or tuples of it), folded where case does not matter."""


def matcher(declared: Sequence[MatchDeclaration], paths: Paths, *, case: bool) -> Match:
    """How rows say their keys: one path, or one for each part of a composite key."""
    parts = [_part(one, paths, case=case) for one in declared]
    if len(parts) == 1:
        return parts[0]
    return lambda row: product(*(part(row) for part in parts))


def folded(key: Key, *, case: bool) -> Key:
    """A key as `matcher` gives it."""
    if case:
        return key
    return key.casefold() if isinstance(key, str) else tuple(part.casefold() for part in key)


def _part(declared: MatchDeclaration, paths: Paths, *, case: bool) -> Callable[[Row], Sequence[str]]:
    get = paths.compile(declared.at, Wanted.VALUES)
    pattern = re.compile(declared.pattern) if declared.pattern is not None else None
    level = 1 if declared.of == "parent" else 0

    def said(row: Row) -> Sequence[str]:
        found = get(row[level]) if pattern is None else _within(pattern, get(row[level]))
        if type(found) is str:
            return (found,) if case else (found.casefold(),)
        if found is ABSENT or found is None:
            return ()
        return list(dict.fromkeys(_texts(found if type(found) is list else [found], case=case)))

    return said


def _texts(values: Iterable[object], *, case: bool) -> Iterable[str]:
    for value in values:
        try:
            said = text(value)
        except ValueError:
            continue
        yield said if case else said.casefold()


def _within(pattern: re.Pattern[str], found: object) -> list[str]:
    matches = [pattern.search(one) for one in (found if type(found) is list else [found]) if type(one) is str]
    return [match[1] for match in matches if match is not None and match[1] is not None]
