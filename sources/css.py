"""Paths into pages: CSS selectors, with what tables and forms of pages need besides.

    td.code                  the text of the first such element, blanks made one
    a.detail@href            an attribute of it; `@href` alone: of the row itself
    :column(带宽)             the cell of this row under that head
    table.info :label(产品)   the cell or description beside that label
    :column(电路) a@href      each goes on as a selector does

A blank cell says that there is nothing. Heads and labels are compared without blanks, colons at the end and full-width
forms; in quotes they may hold brackets. One that several columns or things have leads nowhere: it is not guessed.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from sources.pages import Part
from sources.paths import ABSENT, ITSELF, BadPath, Getter, Wanted
from sources.tables import Known, folded, holds_heads, said

_ATTRIBUTE = re.compile(r"(.*?)@([A-Za-z_][\w:.-]*)", re.DOTALL)
_HEADED = re.compile(
    r"""(.*?):(column|label)\(\s*(?:"([^"]+)"|'([^']+)'|([^()"']+?))\s*\)(.*)""",
    re.DOTALL,
)
_NEVER_THERE = re.compile(r"(?<![\w.#-])table(?:[.#:\[][^\s>+~,]*)?\s*>\s*tr(?![\w-])")
"""What browsers never make of a page, whatever it is written like: a row without a `tbody` around it gets one."""
_NOTHING = LexborHTMLParser("<p></p>")
_LEADS: Mapping[str, Callable[[Known, LexborNode, str], LexborNode | None]] = {
    "column": Known.under,
    "label": Known.beside,
}
Find = Callable[[Part], Sequence[LexborNode]]


class CssPaths:
    """The language of paths into pages."""

    called = "a CSS selector"

    def compile(self, path: str, wanted: Wanted) -> Getter:
        """A function from a part of a page to texts or parts."""
        selector, attribute = _split(path)
        if attribute is not None and wanted in {Wanted.THING, Wanted.THINGS}:
            raise BadPath("there is nothing in an attribute")
        find = _finder(selector)
        if wanted is Wanted.VALUE and selector and attribute is None and not _HEADED.fullmatch(selector):
            return _text(selector)
        match wanted:
            case Wanted.THING:
                return _thing(find)
            case Wanted.THINGS:
                return _things(find)
            case Wanted.VALUE:
                return _value(find, attribute)
            case Wanted.VALUES:
                return _values(find, attribute)

    def name(self, path: str) -> None:
        """No row of a page is a dict."""

    def attributes(self, path: str) -> None:
        """A page cannot be asked for less of itself."""

    def holds(self, thing: Any, found: Sequence[Any]) -> bool:
        """By going up from these."""
        return any(thing.node.mem_id == one.mem_id for part in found for one in _up(part.node))

    def told(self, found: Any) -> Any:
        """Parts of a page by their texts."""
        if type(found) is list:
            return [self.told(one) for one in found]
        return said(found.node) if isinstance(found, Part) else found


def _up(node: LexborNode) -> Iterator[LexborNode]:
    around: LexborNode | None = node
    while around is not None:
        yield around
        around = around.parent


def _split(path: str) -> tuple[str, str | None]:
    text = path.strip()
    if text == ITSELF:
        return "", None
    match = _ATTRIBUTE.fullmatch(text)
    return (match[1].strip(), match[2].lower()) if match else (text, None)


def _finder(selector: str) -> Find:
    if not selector:
        return lambda part: [part.node]
    headed = _HEADED.fullmatch(selector)
    if headed is None:
        checked = _checked(selector)
        return lambda part: part.node.css(checked)
    around, kind, *heads, within = headed.groups()
    head = folded(next(one for one in heads if one))
    first, lead, last = _finder(around.strip()), _LEADS[kind], _finder(within.strip())

    def led_to(part: Part) -> list[LexborNode]:
        found = [cell for node in first(part) if (cell := lead(part.known, node, head)) is not None]
        return [node for cell in found for node in last(Part(cell, part.known))]

    return led_to


def _checked(selector: str) -> str:
    try:
        _NOTHING.css(selector)
    except (SelectolaxError, ValueError) as err:
        raise BadPath("it cannot be read") from err
    if _NEVER_THERE.search(selector):
        raise BadPath("no row stands right below its table, but in a tbody: table > tbody > tr")
    return selector


def _thing(find: Find) -> Getter:
    def first(part: Part) -> Any:
        found = find(part)
        return Part(found[0], part.known) if found else ABSENT

    return first


def _things(find: Find) -> Getter:
    return lambda part: [Part(node, part.known) for node in find(part) if not holds_heads(node)]


def _text(selector: str) -> Getter:
    def first(part: Part) -> Any:
        node = part.node.css_first(selector)
        return ABSENT if node is None else said(node)

    return first


def _value(find: Find, attribute: str | None) -> Getter:
    def first(part: Part) -> Any:
        for node in find(part):
            found = _read(node, attribute)
            if found is not ABSENT:
                return found
        return ABSENT

    return first


def _values(find: Find, attribute: str | None) -> Getter:
    def every(part: Part) -> Any:
        found = [one for node in find(part) if (one := _read(node, attribute)) is not ABSENT]
        return [one for one in found if one is not None] if found else ABSENT

    return every


def _read(node: LexborNode, attribute: str | None) -> Any:
    if attribute is None:
        return said(node)
    attributes = node.attributes
    return ((attributes[attribute] or "").strip() or None) if attribute in attributes else ABSENT
