"""The little of PromQL that the metrics system understands: one vector selector, `name{label="value", ...}`.

Everything else is refused in Prometheus' own form, `bad_data`, at the column where it stops making sense.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_OPERATOR = re.compile(r"=~|!~|!=|=")
_SPACE = re.compile(r"\s*")
_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|`[^`]*`')
_ESCAPE = re.compile(r"\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|[0-7]{3}|.)", re.DOTALL)
_SIMPLE_ESCAPES = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v",
                   "\\": "\\", "'": "'", '"': '"'}  # fmt: skip
_NOT_IN_RE2 = re.compile(r"(?<!\\)(?:\\\\)*(\(\?(?:[=!]|<[=!]|>|P=|\()|\\[1-9]|[*+?}]\+)")
_LITERALS = re.compile(r"(?:[\w \-:/@,#%&=~\"'<>;!\x80-\U0010ffff|]|\\[^\w\s])*")


class BadQueryError(ValueError):
    """Raised for a query that is no selector; the message is Prometheus' own, or like it."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """One condition on one label; `only` are the values that can meet it, where it says so outright."""

    label: str
    accepts: Callable[[str], bool]
    only: frozenset[str] | None = None


def selector(query: str) -> list[Matcher]:
    """Read a selector; a label that a series does not have is empty."""
    return _Reader(query).selector()


class _Reader:
    """Reads one query from left to right."""

    def __init__(self, query: str) -> None:
        self._query = query
        self._at = 0

    def selector(self) -> list[Matcher]:
        matchers = []
        if name := self._take(_NAME):
            matchers.append(_equal("__name__", name))
        if self._takes("{"):
            while not self._takes("}"):
                matchers.append(self._matcher())
                if not self._takes(","):
                    self._demand("}", 'in label matching, expected "," or "}"')
                    break
        if not self._ends():
            raise self._unexpected("; this system answers vector selectors only")
        if all(matcher.accepts("") for matcher in matchers):
            why = (
                "vector selector must contain at least one non-empty matcher"
                if matchers
                else "no expression found in input"
            )
            raise BadQueryError(f'invalid parameter "query": 1:1: parse error: {why}')
        return matchers

    def _matcher(self) -> Matcher:
        label = self._take(_LABEL)
        if not label:
            raise self._unexpected(' in label matching, expected identifier or "}"')
        operator = self._take(_OPERATOR)
        if not operator:
            raise self._unexpected(" in label matching, expected label matching operator")
        column, quoted = self._at + 1, self._take(_STRING)
        if not quoted:
            raise self._unexpected(" in label matching, expected string")
        return _MATCHERS[operator](label, _unquoted(quoted, column))

    def _take(self, pattern: re.Pattern[str]) -> str:
        self._skip()
        found = pattern.match(self._query, self._at)
        if found is None:
            return ""
        self._at = found.end()
        return found[0]

    def _takes(self, sign: str) -> bool:
        self._skip()
        taken = self._query.startswith(sign, self._at)
        self._at += len(sign) if taken else 0
        return taken

    def _demand(self, sign: str, otherwise: str) -> None:
        if not self._takes(sign):
            raise self._unexpected(f" {otherwise}")

    def _ends(self) -> bool:
        self._skip()
        return self._at == len(self._query)

    def _skip(self) -> None:
        found = _SPACE.match(self._query, self._at)
        self._at = found.end() if found else self._at

    def _unexpected(self, where: str) -> BadQueryError:
        rest = self._query[self._at :].split(maxsplit=1)
        found = f'"{rest[0][:20]}"' if rest else "end of input"
        return BadQueryError(f'invalid parameter "query": 1:{self._at + 1}: parse error: unexpected {found}{where}')


def _unquoted(quoted: str, column: int) -> str:
    """Undo a string's quotes and escapes, which are Go's; a back-quoted string has none."""
    if quoted[0] == "`":
        return quoted[1:-1]

    def escaped(found: re.Match[str]) -> str:
        sign = found[1]
        if sign in _SIMPLE_ESCAPES:
            return _SIMPLE_ESCAPES[sign]
        if len(sign) > 1:
            return chr(int(sign[1:], 16)) if sign[0] in "xuU" else chr(int(sign, 8))
        raise BadQueryError(
            f'invalid parameter "query": 1:{column}: parse error: unknown escape sequence U+{ord(sign):04X} {sign!r}'
        )

    return _ESCAPE.sub(escaped, quoted[1:-1])


def _equal(label: str, value: str) -> Matcher:
    return Matcher(label, lambda other: other == value, frozenset({value}))


def _unequal(label: str, value: str) -> Matcher:
    return Matcher(label, lambda other: other != value)


def _like(label: str, pattern: str) -> Matcher:
    literals = _alternatives(pattern)
    if literals is not None:
        return Matcher(label, lambda other: other in literals, literals)
    compiled = _compiled(pattern)
    return Matcher(label, lambda other: compiled.fullmatch(other) is not None)


def _unlike(label: str, pattern: str) -> Matcher:
    compiled = _compiled(pattern)
    return Matcher(label, lambda other: compiled.fullmatch(other) is None)


_MATCHERS = {"=": _equal, "!=": _unequal, "=~": _like, "!~": _unlike}


def _alternatives(pattern: str) -> frozenset[str] | None:
    r"""Read `A|B\.C` as the values that it stands for; None where it is more than that."""
    if not _LITERALS.fullmatch(pattern):
        return None
    return frozenset(re.sub(r"\\(.)", r"\1", part) for part in re.split(r"(?<!\\)\|", pattern))


def _compiled(pattern: str) -> re.Pattern[str]:
    """Compile an expression of RE2's dialect, which has no look-around and no back-references; it is anchored."""
    if foreign := _NOT_IN_RE2.search(pattern):
        raise BadQueryError(
            f'invalid parameter "query": 1:1: parse error: error parsing regexp: '
            f"invalid or unsupported Perl syntax: `{foreign[1]}`"
        )
    try:
        return re.compile(pattern.replace(r"\z", r"\Z"), re.DOTALL)
    except re.error as err:
        raise BadQueryError(f'invalid parameter "query": 1:1: parse error: error parsing regexp: {err.msg}') from err
