"""Rows that are no list of objects: an object of them, each under its key, or lists of values under names."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sources.grammar.lookup import AnsweredDeclaration
from sources.grammar.rest import RestLookupDeclaration
from sources.jmespaths import compile_path
from sources.paths import ABSENT, Getter


def shaped(declared: AnsweredDeclaration, steps: Sequence[Getter]) -> list[Getter]:
    """The steps to the rows, each of which gives objects, whatever shape a lookup declares them to have."""
    if not isinstance(declared, RestLookupDeclaration):  # only JSON written by hand has others
        return list(steps)
    found = list(steps)
    if declared.columns is not None:
        found[-1] = _columned(found[-1], declared.columns)
    for place, name in enumerate(reversed(declared.keyed), 1):
        outer = declared.keyed[-place - 1] if place < len(declared.keyed) else None
        found[-place] = _keyed(found[-place], name, outer)
    return found


def has_plain_rows(declared: AnsweredDeclaration) -> bool:
    """Whether rows stand as objects where the steps lead, and are answers all."""
    if not isinstance(declared, RestLookupDeclaration):
        return True
    return declared.columns is None and not declared.keyed and declared.outcome is None


def _keyed(get: Getter, name: str, outer: str | None) -> Getter:
    """`outer`: what the object around got its own key as, which is none of the keys within it."""

    def rows(data: Any) -> Any:
        found = get(data)
        if type(found) is not dict:
            return found
        return [
            {**_object(one), name: key}
            for key, value in found.items()
            if value is not None and key != outer
            for one in (value if type(value) is list else [value])
        ]

    return rows


def _object(value: Any) -> Mapping[str, Any]:
    return value if type(value) is dict else {"value": value}


def _columned(get: Getter, columns: str | Sequence[str]) -> Getter:
    names: Callable[[Any], Any] = compile_path(columns) if isinstance(columns, str) else lambda data: columns

    def rows(data: Any) -> Any:
        found, known = get(data), names(data)
        if type(found) is not list or known is ABSENT or known is None:
            return found
        return [_named(one, known) for one in found]

    return rows


def _named(values: Any, names: Sequence[str]) -> Any:
    """An object of values under their names; values of another number than the names stay as they are, no object."""
    listed = values if type(values) is list else [values]
    return dict(zip(names, listed, strict=True)) if len(listed) == len(names) else values
