"""What is said to a source, plain data, as elements of XML."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from lxml import etree

from sources.requests import constant

Element = etree._Element
_NAME = re.compile(r"(?:([A-Za-z_][\w.-]*):)?([A-Za-z_][\w.-]*)")
_TEXT = "#text"


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
                    if name != _TEXT:
                        self.tag(name.removeprefix("@"))
                except ValueError as err:
                    yield str(err)
                yield from self.unknown(value)


def fill(parent: Element, said: Mapping[str, Any], names: Names) -> None:
    """Put children into an element: a list is an element each, null is none, `@name` an attribute, `#text` its text."""
    for name, value in said.items():
        for one in value if isinstance(value, list) else [value]:
            if one is not None:
                _put(parent, name, one, names)


def written(root: Element) -> bytes:
    """The document in UTF-8."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def can_say(text: str) -> bool:
    """Whether XML can hold a text: control characters and halves of surrogate pairs have no place in it."""
    try:
        etree.Element("probe").text = text
    except (ValueError, UnicodeError):
        return False
    return True


def _put(parent: Element, name: str, value: Any, names: Names) -> None:
    if name == _TEXT:
        parent.text = constant(value)
    elif name.startswith("@"):
        parent.set(names.tag(name[1:], attribute=True), constant(value))
    else:
        child = etree.SubElement(parent, names.tag(name))
        if isinstance(value, Mapping):
            fill(child, value, names)
        else:
            child.text = constant(value)
