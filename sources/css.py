"""Paths into pages: CSS selectors, with what tables and forms of pages need besides.

    td.code                  the text of the first such element, blanks made one
    a.detail@href            an attribute of it; `@href` alone: of the row itself
    :column(带宽)             the cell of this row under that head
    table.info :label(产品)   the cell or description beside that label
    :column(电路) a@href      each goes on as a selector does

A blank cell says that there is nothing. Heads and labels are compared without blanks, colons at the end and full-width
forms; in quotes they may hold brackets.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from sources.pages import Part, said
from sources.paths import ABSENT, ITSELF, BadPath, Getter, Wanted
from sources.units import plain

_ATTRIBUTE = re.compile(r"(.*?)@([A-Za-z_][\w:.-]*)", re.DOTALL)
_HEADED = re.compile(
    r"""(.*?):(column|label)\(\s*(?:"([^"]+)"|'([^']+)'|([^()"']+?))\s*\)(.*)""",
    re.DOTALL,
)
_NOTHING = LexborHTMLParser("<p></p>")
_LABELS = "dt, th, td, label"
_CELLS = frozenset({"td", "th"})
_BESIDE = frozenset({"dd", "td", "th", "input", "span", "div"})
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


def folded(head: str) -> str:
    """A head or a label as it is compared."""
    return "".join(plain(head).rstrip(":").split()).casefold()


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
    first, lead, last = _finder(around.strip()), _column if kind == "column" else _label, _finder(within.strip())

    def beside(part: Part) -> list[LexborNode]:
        found = [cell for node in first(part) if (cell := lead(part, node, head)) is not None]
        return [node for cell in found for node in last(Part(cell, part.heads))]

    return beside


def _checked(selector: str) -> str:
    try:
        _NOTHING.css(selector)
    except (SelectolaxError, ValueError) as err:
        raise BadPath("it cannot be read") from err
    return selector


def _thing(find: Find) -> Getter:
    def first(part: Part) -> Any:
        found = find(part)
        return Part(found[0], part.heads) if found else ABSENT

    return first


def _things(find: Find) -> Getter:
    return lambda part: [Part(node, part.heads) for node in find(part)]


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


def _column(part: Part, row: LexborNode, head: str) -> LexborNode | None:
    """The cell of a row under a head of its table; spans of columns count, spans of rows do not."""
    table = _around(row, "table")
    if table is None:
        return None
    key = (table.mem_id, "column")
    if key not in part.heads:
        part.heads[key] = _columns(table)
    column = part.heads[key].get(head)
    return None if column is None else next((cell for at, cell in _cells(row) if at == column), None)


def _columns(table: LexborNode) -> dict[str, int | LexborNode]:
    """The heads of a table's first row with any, or else of its first row."""
    rows = [row for row in table.css("tr") if (own := _around(row, "table")) and own.mem_id == table.mem_id]
    headed = next((row for row in rows if any(cell.tag == "th" for _, cell in _cells(row))), None)
    first = headed or (rows[0] if rows else None)
    columns: dict[str, int | LexborNode] = {}
    for at, cell in _cells(first) if first is not None else ():
        columns.setdefault(folded(said(cell) or ""), at)
    return columns


def _cells(row: LexborNode) -> Iterable[tuple[int, LexborNode]]:
    at = 0
    for cell in row.iter():
        if cell.tag in _CELLS:
            yield at, cell
            span = cell.attributes.get("colspan") or "1"
            at += min(int(span), 1000) if span.isascii() and span.isdecimal() else 1


def _around(node: LexborNode, tag: str) -> LexborNode | None:
    outer = node.parent
    while outer is not None and outer.tag != tag:
        outer = outer.parent
    return outer


def _label(part: Part, node: LexborNode, label: str) -> LexborNode | None:
    """What stands beside a label within an element."""
    key = (node.mem_id, "label")
    if key not in part.heads:
        part.heads[key] = _labels(node)
    found = part.heads[key].get(label)
    return None if isinstance(found, int) else found


def _labels(node: LexborNode) -> dict[str, int | LexborNode]:
    labels: dict[str, int | LexborNode] = {}
    for one in node.css(_LABELS):
        beside = _next(one)
        if beside is not None and (label := said(one)) is not None:
            labels.setdefault(folded(label), beside)
    return labels


def _next(node: LexborNode) -> LexborNode | None:
    beside = node.next
    while beside is not None and not beside.is_element_node:
        beside = beside.next
    return beside if beside is not None and beside.tag in _BESIDE else None
