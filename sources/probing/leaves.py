"""What stands in a row, value by value, each under the path that would read it; and each can be disturbed.

Whether a declaration reads a value is seen by disturbing it: if nothing that is read changes, nobody reads it. That
holds for every language of paths, filters and functions included.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any

from lxml import etree
from selectolax.lexbor import LexborNode

from sources.pages import Part
from sources.tables import Known, said

_MARK = "⁂"
_TOLD = frozenset({"href", "src", "value", "title", "alt"})
"""Attributes of a page's elements that tell something of a thing; the others are about how it looks."""
_LABELS = frozenset({"th", "dt", "label"})


@dataclass(frozen=True)
class Leaf:
    """One value in a row. disturbed: makes it another one for as long as a block lasts."""

    path: str
    value: str
    disturbed: Callable[[], AbstractContextManager[None]]


def leaves(row: Any, namespaces: Mapping[str, str]) -> Iterator[Leaf]:
    """The values of a row, whatever it is made of; namespaces: the prefixes of paths into XML."""
    match row:
        case Part():
            yield from _of_a_page(row)
        case etree._Element():
            yield from _of_xml(row, row, {uri: prefix for prefix, uri in namespaces.items()})
        case _:
            yield from _of_json(row, "")


def as_new(row: Any) -> Any:
    """A row of which nothing is known yet."""
    return Part(row.node, Known(row.known.heads)) if isinstance(row, Part) else row


def _of_json(around: Any, way: str) -> Iterator[Leaf]:
    places = around.items() if type(around) is dict else enumerate(around) if type(around) is list else ()
    for place, value in places:
        path = f"{way}[]" if type(around) is list else f"{way}.{place}" if way else str(place)
        if value and type(value) in (dict, list):
            yield from _of_json(value, path)
        else:
            yield Leaf(path, "null" if value is None else str(value), _put(around, place, value))


def _put(around: Any, place: Any, value: Any) -> Callable[[], AbstractContextManager[None]]:
    @contextmanager
    def disturbed() -> Iterator[None]:
        around[place] = _MARK
        try:
            yield
        finally:
            around[place] = value

    return disturbed


def _of_xml(row: Any, element: Any, prefixes: Mapping[str, str]) -> Iterator[Leaf]:
    way = _way(row, element, prefixes)
    for name, value in element.attrib.items():
        yield Leaf(f"{way}/@{_named(name, prefixes)}".lstrip("/"), str(value), _attribute(element.attrib, name))
    if (element.text or "").strip():
        yield Leaf(way or ".", element.text.strip(), _text(element))
    for inner in element.iterchildren(tag=etree.Element):
        yield from _of_xml(row, inner, prefixes)


def _way(row: Any, element: Any, prefixes: Mapping[str, str]) -> str:
    steps: list[str] = []
    while element is not row:
        steps.insert(0, _named(element.tag, prefixes))
        element = element.getparent()
    return "/".join(steps)


def _named(tag: str, prefixes: Mapping[str, str]) -> str:
    name = etree.QName(tag)
    prefix = prefixes.get(name.namespace or "")
    return f"{prefix}:{name.localname}" if prefix else name.localname


def _text(element: Any) -> Callable[[], AbstractContextManager[None]]:
    @contextmanager
    def disturbed() -> Iterator[None]:
        text = element.text
        element.text = _MARK
        try:
            yield
        finally:
            element.text = text

    return disturbed


def _of_a_page(part: Part) -> Iterator[Leaf]:
    named = part.known.named(part.node)
    for node in part.node.traverse(include_text=False):
        way = named.get(node.mem_id) or _selector(node)
        for name, value in node.attributes.items():
            if value and (name in _TOLD or name.startswith("data-")):
                yield Leaf(f"{way}@{name}", value, _attribute(node.attrs, name))
        if node.tag not in _LABELS and _has_own_text(node):
            yield Leaf(way, said(node) or "", _marked(node))


def _selector(node: LexborNode) -> str:
    names = (node.attributes.get("class") or "").split()
    return f"{node.tag}.{names[0]}" if names else str(node.tag)


def _has_own_text(node: LexborNode) -> bool:
    return any(inner.is_text_node and said(inner) for inner in node.iter(include_text=True))


def _marked(node: LexborNode) -> Callable[[], AbstractContextManager[None]]:
    @contextmanager
    def disturbed() -> Iterator[None]:
        node.insert_child(_MARK)
        try:
            yield
        finally:
            if node.last_child is not None:
                node.last_child.remove()

    return disturbed


def _attribute(attributes: Any, name: str) -> Callable[[], AbstractContextManager[None]]:
    @contextmanager
    def disturbed() -> Iterator[None]:
        value = attributes[name]
        attributes[name] = _MARK
        try:
            yield
        finally:
            attributes[name] = value

    return disturbed
