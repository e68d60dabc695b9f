"""How names of elements and attributes are written in XML that is said to a source."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

TEXT = "#text"
"""What stands for the text of an element among the names of those within."""

_NAME = re.compile(r"(?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*)")


class Names:
    """How names are written: with a declared prefix, or in the namespace of all others (None: in none)."""

    def __init__(self, namespaces: Mapping[str, str], namespace: str | None = None) -> None:
        self.namespaces = dict(namespaces)
        self._namespace = namespace

    def tag(self, name: str, *, attribute: bool = False) -> str:
        """A name as lxml takes it; ValueError for what is no name, or has a prefix that is not declared."""
        match = _NAME.fullmatch(name)
        if match is None:
            raise ValueError(f"{name!r} is no name")
        prefix, local = match.groups()
        if prefix is not None and prefix not in self.namespaces:
            raise ValueError(f"the prefix {prefix!r} is not declared")
        space = self.namespaces[prefix] if prefix is not None else None if attribute else self._namespace
        return f"{{{space}}}{local}" if space else local

    def unknown(self, said: Any) -> Iterable[str]:
        """What is wrong with the names in what is to be said."""
        for one in said if isinstance(said, list) else [said]:
            for name, value in one.items() if isinstance(one, Mapping) else ():
                try:
                    if name != TEXT:
                        self.tag(name.removeprefix("@"))
                except ValueError as err:
                    yield str(err)
                yield from self.unknown(value)
