"""Paths into XML: XPath 1.0, relative to the element where it starts.

    circuit/code            the text of the first such element
    circuit/@id             an attribute
    p:circuit[p:state='1']  with the prefixes that are declared; without any, names are compared without namespaces

An element without text, or with `xsi:nil`, says that there is nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from lxml import etree

from sources.paths import ABSENT, ITSELF, BadPath, Getter, Wanted

_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_TRUE = frozenset({"true", "1"})
_NOTHING = etree.Element("nothing")


class XPaths:
    """The language of paths into XML. namespaces: prefix -> URI."""

    called = "an XPath"

    def __init__(self, namespaces: Mapping[str, str]) -> None:
        self._namespaces = dict(namespaces)

    def compile(self, path: str, wanted: Wanted) -> Getter:
        """A function from an element to texts, numbers or elements."""
        find = self._finder(path.strip())
        match wanted:
            case Wanted.THING:
                return _thing(find)
            case Wanted.THINGS:
                return lambda element: _elements(find(element))
            case Wanted.VALUE:
                return _value(find)
            case Wanted.VALUES:
                return _every(find)

    def name(self, path: str) -> None:
        """No element is a dict."""

    def attributes(self, path: str) -> None:
        """XML is asked for whole."""

    def holds(self, thing: Any, found: Sequence[Any]) -> bool:
        """By going up from these."""
        return any(thing is one or thing in one.iterancestors() for one in found)

    def told(self, found: Any) -> Any:
        """Elements by their texts."""
        return [_read(one) for one in found] if type(found) is list else _read(found)

    def _finder(self, path: str) -> Callable[[Any], Any]:
        if path == ITSELF:
            return lambda element: [element]
        try:
            find = etree.XPath(path, namespaces=self._namespaces, smart_strings=False, regexp=False)
            find(_NOTHING)  # only then prefixes and functions are looked up
        except (etree.XPathError, ValueError, TypeError) as err:
            raise BadPath(str(err) or "it cannot be read") from err
        return find


def _listed(found: Any) -> list[Any]:
    return found if type(found) is list else [found]


def _elements(found: Any) -> list[Any]:
    """What may be read further, or at least stands there."""
    if type(found) is list:
        return [one for one in found if isinstance(one, etree._Element)]
    return []


def _thing(find: Callable[[Any], Any]) -> Getter:
    def first(element: Any) -> Any:
        found = _elements(find(element))
        return found[0] if found else ABSENT

    return first


def _value(find: Callable[[Any], Any]) -> Getter:
    def first(element: Any) -> Any:
        found = find(element)
        if type(found) is not list:
            return _read(found)
        return _read(found[0]) if found else ABSENT

    return first


def _every(find: Callable[[Any], Any]) -> Getter:
    def every(element: Any) -> Any:
        found = _listed(find(element))
        return [one for one in map(_read, found) if one is not None] if found else ABSENT

    return every


def _read(found: Any) -> Any:
    """The text of an element or an attribute, or a number or truth value that an expression gives."""
    if type(found) is str:
        return found.strip() or None
    if not isinstance(found, etree._Element):
        return found
    text = found.text if len(found) == 0 else "".join(map(str, found.itertext()))
    return None if text is None or found.get(_NIL) in _TRUE else text.strip() or None
