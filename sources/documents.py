"""GraphQL documents: one operation with a root field or more, everything that varies in variables."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

_NULLABLE = re.compile(r"([\w\]])(?=\]|$)")
Arguments = Mapping[str, str]
"""Argument, with dots where it stands within an input object -> the variable that fills it."""


class Operation(msgspec.Struct, frozen=True):
    """One operation as it is sent [GraphQL over HTTP, 5.2]."""

    query: str
    variables: Mapping[str, Any]


class Variables:
    """The variables of one operation; the same value of the same type is one variable."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {}
        self._types: dict[str, str] = {}
        self._known: dict[tuple[str, bytes], str] = {}

    def put(self, letter: str, type_: str, value: Any) -> str:
        """A variable of this value, called after a letter: `$k0`.

        It is declared as never null, which it is not, so that it fits wherever its type does [GraphQL, 5.8.5].
        """
        type_ = _NULLABLE.sub(r"\1!", type_)
        said = (type_, msgspec.json.encode(value))
        if said not in self._known:
            name = f"{letter}{sum(known.startswith(letter) for known in self.values)}"
            self.values[name], self._types[name] = value, type_
            self._known[said] = f"${name}"
        return self._known[said]

    @property
    def declared(self) -> str:
        """Their definitions, at the head of the operation."""
        told = ", ".join(f"${name}: {type_}" for name, type_ in self._types.items())
        return f"({told})" if told else ""


def operation(variables: Variables, roots: Iterable[str]) -> Operation:
    """An operation that asks for these root fields."""
    return Operation(f"query Trunkline{variables.declared} {{{' '.join(roots)}}}", variables.values)


def root(alias: str, way: Sequence[str], arguments: Arguments, selection: str) -> str:
    """One root field under an alias; the arguments and the selection belong to the last field of the way."""
    around = "".join(f"{name} {{" for name in way[:-1])
    return f"{alias}: {around}{way[-1]}{written(arguments)} {selection}{'}' * (len(way) - 1)}"


def written(arguments: Arguments) -> str:
    """Arguments in their brackets; those within an input object share it."""
    if not arguments:
        return ""
    outer: dict[str, Any] = {}
    for name, variable in arguments.items():
        *within, last = name.split(".")
        place = outer
        for step in within:
            place = place.setdefault(step, {})
        place[last] = variable
    return f"({_fields(outer)})"


def _fields(arguments: Mapping[str, Any]) -> str:
    return ", ".join(
        f"{name}: {value if isinstance(value, str) else '{' + _fields(value) + '}'}"
        for name, value in arguments.items()
    )
