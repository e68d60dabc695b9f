"""Paths into JSON, compiled once: JMESPath, with its everyday forms as plain Python.

The everyday forms, each some ten times faster than the interpreter: `a.b.c`, `a[].b` (every one), `a[0].b`,
and the first of a list by a name, `a[?name=='tier'].value | [0]`, as TM Forum writes characteristics.
A path that leads nowhere gives ABSENT; one that leads to JSON null gives None. For the other expressions
JMESPath itself makes no difference between the two: they give ABSENT.
Names in other scripts and with hyphens (`数据.编号`, `circuit-no`) need no quotes.
"""

import re
from typing import Any

import jmespath
from jmespath.exceptions import JMESPathError

from sources.paths import ABSENT, BadPath, Getter, Wanted

_WORD = r"[^\W\d](?:[\w-]*\w)?"
_NAME = rf'(?:{_WORD}|"[^"\\]+")'
_DOTTED = rf"{_NAME}(?:\.{_NAME})*"
_IS_DOTTED = re.compile(_DOTTED)
_IS_PROJECTED = re.compile(rf"({_DOTTED})\[\](?:\.({_DOTTED}))?")
_IS_INDEXED = re.compile(rf"({_DOTTED})\[(\d+)\](?:\.({_DOTTED}))?")
_IS = rf"{_NAME}\s*==\s*'[^'\\]*'"
_IS_NAMED = re.compile(rf"({_DOTTED})\[\?\s*({_IS}(?:\s*\|\|\s*{_IS})*)\s*\](?:\.({_DOTTED}))?(\s*\|\s*\[0\])?")
_IS_EITHER = re.compile(rf"not_null\(\s*({_DOTTED}(?:\s*,\s*{_DOTTED})*)\s*\)")
_QUOTED_OR_WORD = re.compile(rf"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|`(?:[^`\\]|\\.)*`|({_WORD})""")
_ONLY_JMESPATH_S = re.compile(r"[A-Za-z_][0-9A-Za-z_]*")
_COMPARISON = re.compile(rf"({_NAME})\s*==\s*'([^'\\]*)'")


class JmesPaths:
    """The language of paths into JSON, where things and values stand as they are, one or several."""

    called = "a JMESPath"

    def compile(self, path: str, wanted: Wanted) -> Getter:
        """As `compile_path`."""
        del wanted
        return compile_path(path)

    def name(self, path: str) -> str | None:
        """As `single_name`."""
        return single_name(path)

    def attributes(self, path: str) -> frozenset[str] | None:
        """As `top_attributes`."""
        return top_attributes(path)

    def told(self, found: Any) -> Any:
        """As it stands, which is plain."""
        return found


def compile_path(path: str) -> Getter:
    """A function from a row to the value at the path, or ABSENT; BadPath says what is wrong with it."""
    text = path.strip()
    if text == "@":
        return _itself
    if _IS_DOTTED.fullmatch(text):
        return _dotted(_names(text))
    if match := _IS_PROJECTED.fullmatch(text):
        return _projected(_dotted(_names(match[1])), _inner(match[2]))
    if match := _IS_INDEXED.fullmatch(text):
        return _indexed(_dotted(_names(match[1])), int(match[2]), _inner(match[3]))
    if match := _IS_EITHER.fullmatch(text):
        return _either([_dotted(_names(one)) for one in match[1].split(",")])
    if (match := _IS_NAMED.fullmatch(text)) and len(names := _compared(match[2])) == 1:
        named = _named if match[4] else _all_named
        (name, wanted), *_ = names.items()
        return named(_dotted(_names(match[1])), name, wanted, _inner(match[3]))
    return _searched(text)


def dotted(path: str) -> list[str] | None:
    """The names of a path that is names with dots between them; None for any other."""
    return _names(path) if _IS_DOTTED.fullmatch(path.strip()) else None


def single_name(path: str) -> str | None:
    """The name that is all of a path, if it is only that."""
    names = dotted(path)
    return names[0] if names is not None and len(names) == 1 else None


def top_attributes(path: str) -> frozenset[str] | None:
    """The attributes of the row itself that a path reads; None when it may read any."""
    return _tops(expression(path).parsed)


def expression(path: str) -> Any:
    """The path as JMESPath's own library has it; BadPath says what is wrong with it."""
    try:
        return jmespath.compile(_QUOTED_OR_WORD.sub(_with_quotes, path))
    except JMESPathError as err:
        raise BadPath(str(err).splitlines()[0]) from err


def _with_quotes(found: re.Match[str]) -> str:
    """A name that JMESPath would not read as it stands."""
    return f'"{found[1]}"' if found[1] and not _ONLY_JMESPATH_S.fullmatch(found[1]) else found[0]


def _tops(node: Any) -> frozenset[str] | None:
    match node["type"]:
        case "field":
            return frozenset({node["value"]})
        case "literal":
            return frozenset()
        case "current":
            return None
        case "subexpression" | "index_expression" | "projection" | "value_projection" | "flatten" | "filter_projection":
            return _tops(node["children"][0])
        case "pipe":
            return _tops(node["children"][0])
        case _:
            found = [_tops(child) for child in node["children"]]
            return None if None in found else frozenset().union(*(one for one in found if one is not None))


def _names(dotted: str) -> list[str]:
    return [name.strip('"') for name in re.findall(_NAME, dotted)]


def _inner(dotted: str | None) -> Getter:
    return _dotted(_names(dotted)) if dotted else _itself


def _itself(row: Any) -> Any:
    return row


def _compared(comparisons: str) -> dict[str, frozenset[str]]:
    """`role=='a' || role=='b'` as {role: {a, b}}."""
    found: dict[str, frozenset[str]] = {}
    for name, value in _COMPARISON.findall(comparisons):
        found[name.strip('"')] = found.get(name.strip('"'), frozenset()) | {value}
    return found


def _either(getters: list[Getter]) -> Getter:
    def first_said(row: Any) -> Any:
        for get in getters:
            found = get(row)
            if found is not None and found is not ABSENT:
                return found
        return ABSENT

    return first_said


def _dotted(names: list[str]) -> Getter:
    if len(names) == 1:
        only = names[0]

        def one(row: Any) -> Any:
            return row.get(only, ABSENT) if type(row) is dict else ABSENT

        return one

    def many(row: Any) -> Any:
        for name in names:
            if row is None:
                return None
            if type(row) is not dict:
                return ABSENT
            row = row.get(name, ABSENT)
        return row

    return many


def _projected(get: Getter, inner: Getter) -> Getter:
    def every(row: Any) -> Any:
        found = get(row)
        if type(found) is not list:
            return None if found is None else ABSENT
        values: list[Any] = []
        for item in found:
            for one in item if type(item) is list else (item,):
                value = inner(one)
                if value is not None and value is not ABSENT:
                    values.append(value)
        return values

    return every


def _indexed(get: Getter, place: int, inner: Getter) -> Getter:
    def at(row: Any) -> Any:
        found = get(row)
        return inner(found[place]) if type(found) is list and place < len(found) else ABSENT

    return at


def _says(item: dict[str, Any], name: str, wanted: frozenset[str]) -> bool:
    value = item.get(name)
    return type(value) is str and value in wanted


def _named(get: Getter, name: str, wanted: frozenset[str], inner: Getter) -> Getter:
    def first(row: Any) -> Any:
        found = get(row)
        if type(found) is list:
            for item in found:
                if type(item) is dict and _says(item, name, wanted):
                    return inner(item)
        return ABSENT

    return first


def _all_named(get: Getter, name: str, wanted: frozenset[str], inner: Getter) -> Getter:
    def every(row: Any) -> Any:
        found = get(row)
        if type(found) is not list:
            return ABSENT
        values = [inner(item) for item in found if type(item) is dict and _says(item, name, wanted)]
        return [value for value in values if value is not None and value is not ABSENT]

    return every


def _searched(text: str) -> Getter:
    compiled = expression(text)

    def search(row: Any) -> Any:
        try:
            found = compiled.search(row)
        except JMESPathError:
            return ABSENT
        return ABSENT if found is None else found

    return search
