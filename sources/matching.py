"""Which of the keys that were asked for a row answers: no row counts that says none of them."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product

from model.keys import Key
from sources.grammar.lookup import MatchDeclaration, WrittenDeclaration
from sources.paths import ABSENT, Paths, Wanted
from sources.rows import Row
from sources.values import text

_FOLDS: Mapping[str, Callable[[str], str]] = {"keep": lambda text: text, "upper": str.upper, "lower": str.lower}
_ALL = re.compile("(.*)", re.DOTALL).search
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
    return key if case else _each_part(str.casefold, key)


def spelling(declared: WrittenDeclaration | None) -> Callable[[Key], Key]:
    """How a system writes a key; one that is written so already stays as it is."""
    if declared is None:
        return lambda key: key
    fold = _FOLDS[declared.case]
    take_apart = re.compile(declared.parts).fullmatch if declared.parts is not None else None

    def written(part: str) -> str:
        for ours, instead in declared.replace.items():
            part = part.replace(ours, instead)
        part = fold(part)
        return part if part.startswith(declared.before) else declared.before + part

    def in_parts(key: Key) -> Key:
        found = take_apart(key) if take_apart is not None and isinstance(key, str) else None
        return _each_part(written, key if found is None else found.groups(""))

    return in_parts


def _each_part(change: Callable[[str], str], key: Key) -> Key:
    return change(key) if isinstance(key, str) else tuple(map(change, key))


def spoken(found: Sequence[object], case: bool) -> Sequence[Key]:
    """The keys that a row says, from what stands where it says each part of them."""
    parts = [_said(one, case=case) for one in found]
    return parts[0] if len(parts) == 1 else tuple(product(*parts))


def _part(declared: MatchDeclaration, paths: Paths, *, case: bool) -> Callable[[Row], Sequence[str]]:
    get = paths.compile(declared.at, Wanted.VALUES)
    within = narrowing(declared)
    level = 1 if declared.of == "parent" else 0
    if within is None:
        return lambda row: _said(get(row[level]), case=case)
    return lambda row: _said(within(get(row[level])), case=case)


def narrowing(declared: MatchDeclaration) -> Callable[[object], list[str]] | None:
    """From what stands where a row says a key to the keys within it, where they are to be found in a text."""
    if declared.separator is None and declared.pattern is None:
        return None
    find = re.compile(declared.pattern).search if declared.pattern is not None else _ALL

    def within(found: object) -> list[str]:
        texts = [one for one in (found if type(found) is list else [found]) if type(one) is str]
        keys = [match[1] for one in texts if (match := find(one)) is not None and match[1]]
        return [part.strip() for key in keys for part in key.split(declared.separator)] if declared.separator else keys

    return within


def _said(found: object, *, case: bool) -> Sequence[str]:
    if type(found) is str:
        return (found,) if case else (found.casefold(),)
    if found is ABSENT or found is None:
        return ()
    return list(dict.fromkeys(_texts(found if type(found) is list else [found], case=case)))


def _texts(values: Iterable[object], *, case: bool) -> Iterable[str]:
    for value in values:
        try:
            said = text(value)
        except ValueError:
            continue
        yield said if case else said.casefold()
