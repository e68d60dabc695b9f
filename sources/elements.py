"""What is said to a source, plain data, as elements of XML."""

from collections.abc import Mapping
from typing import Any

from lxml import etree

from sources.requests import constant
from sources.xml_names import TEXT, Names

Element = etree._Element


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
    if name == TEXT:
        parent.text = constant(value)
    elif name.startswith("@"):
        parent.set(names.tag(name[1:], attribute=True), constant(value))
    else:
        child = etree.SubElement(parent, names.tag(name))
        if isinstance(value, Mapping):
            fill(child, value, names)
        else:
            child.text = constant(value)
